/** Who changes something says why: it is kept, and told. */
import { BadUse } from './mistake.ts';

/** Throws where there is none. */
export function reasonIn(reason: string | boolean | undefined, example: string): string {
  if (typeof reason !== 'string' || reason.trim() === '')
    throw new BadUse(`say why, for the record: --reason "${example}"`);
  return reason.trim().slice(0, 500);
}
