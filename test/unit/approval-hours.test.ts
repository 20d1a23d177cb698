/** Hours and freezes by the clock on the wall, also where that is put forward or back. */
import { expect, test } from 'vitest';
import { type Calendar, closedAt, wallClock } from '../../core/approval/hours.ts';
import { approvalPolicySchema } from '../../core/approval/rules.ts';

const at = (iso: string) => Date.parse(iso);
const office: Calendar = {
  timeZone: 'Europe/Berlin',
  hours: { days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'], from: '09:00', to: '17:00' },
  freezes: [],
};

test.each([
  { it: 'closed before nine in winter', now: '2026-11-27T07:59:00Z', open: false },
  { it: 'open at nine in winter', now: '2026-11-27T08:00:00Z', open: true },
  { it: 'open until just before five', now: '2026-11-27T15:59:59Z', open: true },
  { it: 'closed at five', now: '2026-11-27T16:00:00Z', open: false },
  { it: 'open an hour earlier by UTC in summer', now: '2026-07-03T07:00:00Z', open: true },
  { it: 'closed on a Saturday', now: '2026-11-28T10:00:00Z', open: false },
  // Berlin's clocks go back on 25 October 2026 and forward on 29 March 2026, both Sundays.
  { it: 'by the new time on the Monday after the clocks went back', now: '2026-10-26T08:00:00Z', open: true },
  { it: 'not by the old time', now: '2026-10-26T07:30:00Z', open: false },
  { it: 'by the new time on the Monday after they went forward', now: '2026-03-30T07:00:00Z', open: true },
])('the office is $it', ({ now, open }) => {
  expect(closedAt(office, at(now)) === undefined).toBe(open);
});

test('it says when it opens next, over a weekend in which the clocks change', () => {
  const closed = closedAt(office, at('2026-10-23T16:30:00Z'));

  expect(closed?.opens).toBe('Mon 2026-10-26 09:00 (Europe/Berlin)');
});

test('an hour that the clocks leave out is none: what would open in it opens after it', () => {
  const early: Calendar = {
    timeZone: 'Europe/Berlin',
    hours: { days: ['Sun'], from: '02:15', to: '04:00' },
    freezes: [],
  };

  expect(closedAt(early, at('2026-03-29T00:30:00Z'))?.opens).toBe('Sun 2026-03-29 03:00 (Europe/Berlin)');
});

test('an hour that comes twice is open twice', () => {
  const night: Calendar = {
    timeZone: 'Europe/Berlin',
    hours: { days: ['Sun'], from: '02:00', to: '03:00' },
    freezes: [],
  };

  expect(['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((now) => closedAt(night, at(now)))).toEqual([
    undefined,
    undefined,
  ]);
});

test('a freeze counts from its first minute to just before its last, by the local clock', () => {
  const freezes = [{ from: '2026-12-24T18:00', to: '2026-12-27', reason: 'holidays' }];
  const calendar: Calendar = { timeZone: 'America/New_York', freezes };

  expect(closedAt(calendar, at('2026-12-24T22:59:00Z'))).toBeUndefined();
  expect(closedAt(calendar, at('2026-12-24T23:00:00Z'))?.because).toContain('holidays');
  expect(closedAt(calendar, at('2026-12-27T04:59:00Z'))?.opens).toBe(
    'Sun 2026-12-27 00:00 (America/New_York)',
  );
  expect(closedAt(calendar, at('2026-12-27T05:00:00Z'))).toBeUndefined();
});

test('where it stays closed for longer than is looked ahead, it does not say when it opens', () => {
  const freezes = [{ from: '2026-01-01', to: '2030-01-01', reason: 'sold' }];

  expect(closedAt({ timeZone: 'UTC', freezes }, at('2026-06-01T00:00:00Z'))?.opens).toBeUndefined();
});

test('midnight is 00:00 of the new day', () => {
  expect(wallClock('UTC', at('2026-12-31T24:00:00Z'))).toEqual({
    day: 'Fri',
    date: '2027-01-01',
    time: '00:00',
  });
});

test.each([
  [{ timeZone: 'Berlin' }, 'a time zone such as Europe/Berlin'],
  [{ hours: { from: '17:00', to: '09:00' } }, 'must be later than from'],
  [{ freezes: [{ from: '2026-13-01', to: '2027-01-01', reason: 'x' }] }, 'a day such as 2026-12-19'],
  [{ timeout: '1h', waitTimer: '1h' }, 'or nobody could approve'],
  [{ timeout: '1h', reminder: '2h' }, 'must be shorter than timeout'],
  [{ who: {} }, 'names nobody'],
  [{ who: { slackUsers: ['@ada'] } }, 'the id of a Slack user'],
  [{ who: { principals: ['*'] } }, 'the ARN of an IAM user or role'],
  [
    { who: { principals: ['arn:aws:sts::111122223333:assumed-role/deploy/ada'] } },
    'whoever may take on the role chooses that name',
  ],
  [
    { who: { principals: ['arn:aws:sts::111122223333:assumed-role/dep*ada'] } },
    'whoever may take on the role chooses that name',
  ],
])('%o is refused: %s', (approval, message) => {
  const { error } = approvalPolicySchema.safeParse(approval);

  expect(error?.issues.map((issue) => issue.message).join()).toContain(message);
});

test('a session of a role of IAM Identity Center may be named', () => {
  const who = {
    principals: ['arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_1a2b/ada@example.com'],
  };

  expect(approvalPolicySchema.safeParse({ who }).success).toBe(true);
});
