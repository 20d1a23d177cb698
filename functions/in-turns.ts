/** Looks at many things, some at a time, for as long as there is time; the next sweep goes on behind the last of them. */
import type { Sweep } from './sweep.ts';

export interface Turns<Item> {
  /** What the turns are of: each has its own order. */
  of: string;
  items: ReadonlyMap<string, Item>;
  /** How many are looked at together. */
  size: number;
  /** Whether there is time for more. The first ones always have it, so that no sweep ends where it began. */
  goOn: () => boolean;
  look: (items: Item[]) => Promise<unknown>;
}

/** Answers how many were looked at: all of them, at most. Where the table does not say whose turn it is, the first ones'. */
export async function inTurns<Item>(
  { aws: { turns }, attempt }: Pick<Sweep, 'attempt'> & { aws: Pick<Sweep['aws'], 'turns'> },
  { of, items, size, goOn, look }: Turns<Item>,
): Promise<number> {
  const keys = [...items.keys()].sort();
  const atOnce = keys.length <= size;
  const last = atOnce ? undefined : await attempt(`whose turn it is of ${of}`, () => turns.last(of));
  const next = keys.findIndex((key) => last !== undefined && key > last);
  const order = next < 0 ? keys : [...keys.slice(next), ...keys.slice(0, next)];
  let looked = 0;
  while (looked < order.length && (looked === 0 || goOn())) {
    const some = order.slice(looked, looked + size);
    // Before it is looked at: whatever ends this sweep there, the next one goes on behind it.
    if (!atOnce) await attempt(`whose turn it is of ${of}`, () => turns.mark(of, String(some.at(-1))));
    await attempt(of, () => look(some.map((key) => items.get(key) as Item)));
    looked += some.length;
  }
  return looked;
}
