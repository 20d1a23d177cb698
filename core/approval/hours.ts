/** When something may be deployed: hours of the week, and freezes, by the clock on the wall of a time zone. */
import * as z from 'zod';

export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

export const timeZoneSchema = z.string().refine(isTimeZone, {
  error: 'a time zone such as Europe/Berlin or UTC',
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'a time of day such as 09:00' });
const moment = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d)?$/, {
  error: 'a day such as 2026-12-19, or a minute such as 2026-12-19T18:00',
});

export const hoursSchema = z
  .strictObject({
    days: z.array(z.enum(weekdays)).min(1).default(['Mon', 'Tue', 'Wed', 'Thu', 'Fri']),
    from: timeOfDay,
    /** Not included. */
    to: timeOfDay,
  })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'must be later than from, on the same day' });

export const freezeSchema = z
  .strictObject({
    from: moment,
    /** Not included: 2027-01-04 ends when that day begins. */
    to: moment,
    /** Told to who wants to approve meanwhile. */
    reason: z.string().min(1).max(200),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'must be later than from' });

export interface Calendar {
  timeZone: string;
  hours?: z.output<typeof hoursSchema> | undefined;
  freezes: readonly z.output<typeof freezeSchema>[];
}

export interface Closed {
  /** A sentence's part: `outside of the hours of Mon to Fri, 09:00 to 17:00 (Europe/Berlin)`. */
  because: string;
  /** By the same clock, when it is open next: `Mon 2026-11-30 09:00`. Undefined where that is more than forty days off. */
  opens: string | undefined;
}

/** Undefined while it is open. `now`: ms since the epoch. */
export function closedAt(calendar: Calendar, now: number): Closed | undefined {
  const because = why(calendar, now);
  return because === undefined ? undefined : { because, opens: nextOpening(calendar, now) };
}

function why({ timeZone, hours, freezes }: Calendar, now: number): string | undefined {
  const { day, date, time } = wallClock(timeZone, now);
  const local = `${date}T${time}`;
  // Texts of this form are in the order of time; a day without an hour stands before its minutes.
  const frozen = freezes.find(({ from, to }) => from <= local && local < to);
  if (frozen) return `frozen until ${frozen.to.replace('T', ' ')} (${timeZone}): ${frozen.reason}`;
  if (!hours || (hours.days.includes(day) && hours.from <= time && time < hours.to)) return undefined;
  return `outside of the hours: ${hours.days.join(', ')} from ${hours.from} to ${hours.to} (${timeZone})`;
}

const minute = 60_000;
const step = 15 * minute;
const farthest = 40 * 86_400_000;

/** By quarters of an hour, then minute by minute: zones have their changes at quarters. */
function nextOpening(calendar: Calendar, now: number): string | undefined {
  const start = Math.ceil(now / minute) * minute;
  for (let at = start; at <= start + farthest; at += step) {
    if (why(calendar, at) !== undefined) continue;
    let first = at;
    while (first > start && why(calendar, first - minute) === undefined) first -= minute;
    const { day, date, time } = wallClock(calendar.timeZone, first);
    return `${day} ${date} ${time} (${calendar.timeZone})`;
  }
  return undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function wallClock(timeZone: string, now: number) {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return {
    day: parts.weekday as (typeof weekdays)[number],
    date: `${parts.year}-${parts.month}-${parts.day}`,
    time: `${parts.hour}:${parts.minute}`,
  };
}

function isTimeZone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-GB', { timeZone }));
  } catch {
    return false;
  }
}
