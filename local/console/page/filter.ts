/** Which releases somebody looks for. */
import type { Ending, ReleaseRow } from '../wire.ts';
import { endings } from './ending.ts';

/** Every word must be somewhere in the row, as it is shown. */
export function matches(row: ReleaseRow, text: string, ending: Ending | ''): boolean {
  if (ending && row.ending !== ending) return false;
  const { service, environment, tag, digest, reason, name, current } = row;
  const shown = [service, environment, tag, digest, reason, name, current?.state, endings[row.ending].words]
    .join(' ')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word));
}
