/** Rows under each other in columns, as wide as what is in them. */
import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from './terminal.ts';

const gap = '  ';
const seen = (text: string) => stripVTControlCharacters(text).length;

/** The last column is broken at the terminal's width. */
export function tellTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { say, tell, paint }: Pick<Terminal, 'say' | 'tell' | 'paint'>,
): void {
  const widths = head.map((name, index) =>
    Math.max(name.length, ...rows.map((row) => seen(row[index] ?? ''))),
  );
  const padded = (row: readonly string[]) =>
    row.slice(0, -1).map((text, index) => text + ' '.repeat(Number(widths[index]) - seen(text)) + gap);
  const indent = widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, 0);
  say(paint('dim', padded(head).join('') + (head.at(-1) ?? '')));
  for (const row of rows) tell(padded(row).join(''), row.at(-1) ?? '', indent);
}
