/** What alarms were while a past deployment was looked at, and what that would have led to. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asAnswer, figuresFrom } from '../../cli/judge/data.ts';
import { type AlarmChange, alarmsAt } from '../../core/judge/alarm-history.ts';
import type { SeenAlarm } from '../../core/judge/alarms.ts';
import { judgedBy } from '../../core/judge/judged.ts';
import { replay } from '../../core/judge/replay.ts';
import { environmentWith, minute, web } from '../support/judged-metrics.ts';

const change = (
  at: number,
  from: AlarmChange['from'],
  to: AlarmChange['to'],
  name = 'disk',
): AlarmChange => ({
  ...{ name, at, from, to },
});
const now = (state: SeenAlarm['state'], since: number): SeenAlarm[] => [{ name: 'disk', state, since }];

describe('at minute 50 an alarm', () => {
  test.each([
    {
      it: 'that went into ALARM at 40 fires since then',
      changes: [change(40, 'OK', 'ALARM')],
      now: now('ALARM', 40),
      state: 'ALARM',
      since: 40,
    },
    {
      it: 'that goes into ALARM at 60 is still quiet',
      changes: [change(60, 'OK', 'ALARM')],
      now: now('ALARM', 60),
      state: 'OK',
      since: 0,
    },
    {
      it: 'that recovers at 60 has fired since before',
      changes: [change(60, 'ALARM', 'OK')],
      now: now('OK', 60),
      state: 'ALARM',
      since: 0,
    },
    {
      it: 'that fired and recovered is quiet again',
      changes: [change(45, 'ALARM', 'OK'), change(40, 'OK', 'ALARM')],
      now: now('OK', 45),
      state: 'OK',
      since: 45,
    },
    {
      it: 'that never changed is what it is now',
      changes: [],
      now: now('ALARM', 7),
      state: 'ALARM',
      since: 7,
    },
    {
      it: 'that is gone is known from its history',
      changes: [change(40, 'OK', 'ALARM')],
      now: [],
      state: 'ALARM',
      since: 40,
    },
    {
      it: 'that was set to what it was has not changed',
      changes: [change(40, 'ALARM', 'ALARM')],
      now: now('ALARM', 7),
      state: 'ALARM',
      since: 7,
    },
  ] as const)('$it', ({ changes, now, state, since }) => {
    expect(alarmsAt(['disk'], { changes, now }, 50)).toEqual([{ name: 'disk', state, since }]);
  });

  test('of which nothing is known was not there', () => {
    expect(alarmsAt(['disk'], { changes: [change(40, 'OK', 'ALARM', 'other')], now: [] }, 50)).toEqual([]);
  });
});

/** Alarms changed at these minutes after the deployment, which was stable after two. */
function looksWith(changes: AlarmChange[] | undefined) {
  const policy = environmentWith({ ...web, alarms: ['disk'] });
  const startedAt = 1440 * minute;
  const points = (value: number) =>
    Array.from({ length: 1450 }, (_, index) => [index * minute, value] as const);
  const alarmHistory = changes && {
    changes: changes.map((one) => ({ ...one, at: startedAt + one.at * minute })),
    now: now('OK', startedAt + 1000 * minute),
  };
  const looks = replay({
    ...{ policy, judged: judgedBy(policy, { cluster: 'main', service: 'orders' }), alarmHistory },
    ...{ found: { requests: points(600), p99: points(0.02) }, until: Number.POSITIVE_INFINITY },
    ...{ startedAt, stableAt: startedAt + 2 * minute },
  });
  return looks.map(({ comparison }) => comparison);
}

describe('a past deployment', () => {
  test('is taken back at the look after its alarm fired, though that is quiet by now', () => {
    const looks = looksWith([change(5.5, 'OK', 'ALARM'), change(600, 'ALARM', 'OK')]);

    expect(looks.map(({ decision }) => decision)).toEqual(['look again', 'take back']);
    expect(looks.at(-1)?.headline).toBe('alarm disk fired after the deployment had started');
  });

  test('is kept where the alarm fired before it, or between two looks, or after the last', () => {
    for (const changes of [
      [change(600, 'ALARM', 'OK')],
      [change(5.2, 'OK', 'ALARM'), change(5.8, 'ALARM', 'OK')],
      [change(300, 'OK', 'ALARM')],
    ])
      expect(looksWith(changes).at(-1)?.decision).toBe('keep');
  });

  test('is judged without alarms where nobody knows what they were', () => {
    expect(
      looksWith(undefined)
        .at(-1)
        ?.metrics.map(({ kind }) => kind),
    ).not.toContain('alarms');
  });
});

test('the history of alarms is kept in a file beside the figures, and read from it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-'));
  const file = join(folder, 'figures.json');
  const alarmHistory = { changes: [change(40_000, 'OK', 'ALARM')], now: now('ALARM', 40_000) };

  await writeFile(file, JSON.stringify(asAnswer({ found: {}, alarmHistory })));
  const read = await figuresFrom(file);
  await rm(folder, { recursive: true });

  expect(read).toEqual({ found: {}, alarmHistory });
});
