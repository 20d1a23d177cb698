/** When a finding was first seen in a repository: the clock of its time of grace, which is ours and not that of its publication. */
import * as z from 'zod';

/** Seconds since the epoch, by identifier. */
export const firstSeenSchema = z.record(z.string(), z.number());
export type FirstSeen = z.infer<typeof firstSeenSchema>;

/** An item of DynamoDB has room for some times as many. */
const mostKept = 2000;
/** Seconds. Whatever is forgotten sooner could be brought back as new, and its time of grace would begin again. */
const longestGrace = 365 * 86_400;
/** What every identifier of an advisory looks like. Others are not kept. */
const identifier = /^[A-Za-z0-9][!-~]{0,63}$/;

export interface Sightings {
  known: FirstSeen;
  /** Something is in it that was not. */
  news: boolean;
}

/** Adds what is seen now. Beyond what can be kept, the oldest goes first that is not seen any more and can have no grace left. `now` in ms since the epoch. */
export function seeing(known: FirstSeen, ids: readonly string[], now: number): Sightings {
  const seen = new Set(ids);
  const fresh = [...seen].filter((id) => identifier.test(id) && !Object.hasOwn(known, id));
  if (fresh.length === 0) return { known, news: false };
  const kept = Object.entries(known);
  const spare = kept
    .filter(([id, at]) => !seen.has(id) && at < now / 1000 - longestGrace)
    .sort(([, one], [, other]) => one - other)
    .slice(0, Math.max(0, kept.length + fresh.length - mostKept))
    .map(([id]) => id);
  const gone = new Set(spare);
  const left = kept.filter(([id]) => !gone.has(id));
  const room = Math.max(0, mostKept - left.length);
  const added = fresh.slice(0, room).map((id): [string, number] => [id, Math.floor(now / 1000)]);
  return { known: Object.fromEntries([...left, ...added]), news: added.length > 0 };
}

/** In ms since the epoch. What could not be kept counts as seen long ago: nobody could tell when its time is over. */
export const firstSeenIn =
  (known: FirstSeen) =>
  (id: string): number =>
    Object.hasOwn(known, id) ? Number(known[id]) * 1000 : 0;
