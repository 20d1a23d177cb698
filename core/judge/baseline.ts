/**
 * What a release is compared with, as it is configured: the time just before and its day, a week ago beside that, or a time that
 * somebody has named.
 */
import * as z from 'zod';
import { durationSchema, spoken } from '../duration.ts';
import { keptMs, retention } from './retention.ts';

/** As the judge reads it. */
export interface Baseline {
  /** Seconds that are compared with. */
  baseline: number;
  /** What the same hours a week ago did explains what would fail. */
  week?: true | undefined;
  /** In the place of the time before the deployment; ms since the epoch. */
  pinned?: { from: number; until: number } | undefined;
}

const usual = 3600;

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/;
/** ms since the epoch; NaN of what is no time. */
const timeIn = (text: string) => (timePattern.test(text) ? Date.parse(text) : Number.NaN);

const text = z.string();
const written = z.union(
  [
    text,
    z.strictObject({
      before: text.optional(),
      week: z.boolean().optional(),
      from: text.optional(),
      for: text.optional(),
    }),
  ],
  { error: "a duration such as 1h, 'day', 'week', or { from: '2026-11-20T10:00Z', for: '1h' }" },
);

/** `'1h'`, `'day'`, `'week'`, `{ before: '2h', week: true }`, or `{ from: '2026-11-20T10:00Z', for: '1h' }`. */
export const baselineSchema = written.transform((value, context): Baseline => {
  const reject = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const secondsIn = (duration: string | undefined, path: string[], error?: string) => {
    const found = durationSchema.optional().safeParse(duration);
    if (!found.success) reject(path, error ?? found.error.issues[0]?.message ?? 'is no duration');
    return found.data ?? usual;
  };
  if (value === 'day') return { baseline: usual };
  if (value === 'week') return { baseline: usual, week: true };
  if (typeof value === 'string')
    return {
      baseline: secondsIn(
        value,
        [],
        "a duration such as 1h, 'day', 'week', { before: '1h', week: true }, or a time: { from: '2026-11-20T10:00Z', for: '1h' }",
      ),
    };
  const { before, week, from, for: length } = value;
  if (from === undefined) {
    if (length !== undefined) reject(['from'], 'is missing: since when?');
    return { baseline: secondsIn(before, ['before']), ...(week && { week }) };
  }
  if (before !== undefined || week)
    reject([week ? 'week' : 'before'], 'and a pinned time (from) exclude each other');
  const start = timeIn(from);
  if (Number.isNaN(start)) reject(['from'], 'a time such as 2026-11-20T10:00Z');
  return pinnedTo(start, secondsIn(length, ['for']));
});

export const pinnedTo = (from: number, seconds: number): Baseline => ({
  baseline: seconds,
  pinned: { from, until: from + seconds * 1000 },
});

/** What is wrong with it, whenever it is read. */
export function baselineMistake({ baseline, week, pinned }: Baseline, period: number): string | undefined {
  if (baseline < 3 * period) return 'must be at least three periods, or there is nothing to compare with';
  if (baseline > 7 * 86_400) return 'must be at most 7d: CloudWatch answers no more points at once';
  if (week && baseline > 86_400) return 'must be at most 1d with a week ago: the same hours are meant';
  if ((week || pinned) && period < 60)
    return 'needs periods of a minute or more: CloudWatch keeps shorter ones for three hours only';
  return undefined;
}

/** Why a deployment cannot be compared with the time that somebody has named, or cannot any more. */
export function unusable(
  { pinned, period }: Pick<Baseline, 'pinned'> & { period: number },
  startedAt: number,
  now: number,
): string | undefined {
  if (!pinned) return undefined;
  const from = isoMinute(pinned.from);
  if (pinned.until > startedAt)
    return `The pinned baseline from ${from} on was not over when the deployment started: pin an earlier time`;
  if (now - pinned.from > keptMs(period))
    return `The pinned baseline of ${from} is forgotten: ${retention}. Pin a later time, or take a longer period`;
  return undefined;
}

/** `the 1 h before`, as sentences go on. */
export function against({ baseline, week, pinned }: Baseline): string {
  if (pinned) return `the ${spoken(baseline)} from ${isoMinute(pinned.from)} on`;
  return `the ${spoken(baseline)} before${week ? ' and the same hours a week ago' : ''}`;
}

/** `2026-11-20T10:00Z`. */
export const isoMinute = (time: number): string => `${new Date(time).toISOString().slice(0, 16)}Z`;
