import { describe, expect, test } from 'vitest';
import {
  decide,
  lowerLimit,
  type SeenTask,
  type Situation,
  settled,
  upperLimit,
} from '../../local/ecs/scheduler.ts';

/** `old: healthy healthy, new: pending` as tasks named o0, o1, n0. */
function seen(old: string, current: string): SeenTask[] {
  const tasks = (states: string, revision: SeenTask['revision']) =>
    states
      .split(' ')
      .filter(Boolean)
      .map((state, place) => ({
        taskArn: `${revision === 'old' ? 'o' : 'n'}${place}`,
        revision,
        state: state as SeenTask['state'],
      }));
  return [...tasks(old, 'old'), ...tasks(current, 'current')];
}

const situation = (limits: string, old: string, current: string, failed = false): Situation => {
  const [desiredCount = 0, minimumHealthyPercent = 0, maximumPercent = 0] = limits.split('/').map(Number);
  return { desiredCount, minimumHealthyPercent, maximumPercent, failed, tasks: seen(old, current) };
};

describe('the limits', () => {
  test.each([
    { limits: '2/75/200', lower: 2, upper: 4 },
    { limits: '4/75/200', lower: 3, upper: 8 },
    { limits: '3/100/125', lower: 3, upper: 3 },
    { limits: '4/100/125', lower: 4, upper: 5 },
    { limits: '1/50/150', lower: 1, upper: 1 },
    { limits: '2/50/150', lower: 1, upper: 3 },
    { limits: '3/34/100', lower: 2, upper: 3 },
    { limits: '3/33/100', lower: 1, upper: 3 },
    { limits: '0/100/200', lower: 0, upper: 0 },
    { limits: '1/0/100', lower: 0, upper: 1 },
  ])('of $limits (desired/min/max) are $lower and $upper', ({ limits, lower, upper }) => {
    expect(lowerLimit(situation(limits, '', ''))).toBe(lower);
    expect(upperLimit(situation(limits, '', ''))).toBe(upper);
  });
});

test.each([
  { it: 'starts all of a first deployment', limits: '3/100/200', old: '', now: '', start: 3, stop: [] },
  {
    it: 'starts as far as the upper limit allows',
    limits: '2/100/150',
    old: 'healthy healthy',
    now: '',
    start: 1,
    stop: [],
  },
  {
    it: 'keeps the old ones while the new ones are not healthy',
    limits: '2/100/200',
    old: 'healthy healthy',
    now: 'pending pending',
    start: 0,
    stop: [],
  },
  {
    it: 'lets one old one go for each new healthy one',
    limits: '2/100/200',
    old: 'healthy healthy',
    now: 'healthy pending',
    start: 0,
    stop: ['o0:outdated'],
  },
  {
    it: 'lets all old ones go when all new ones are healthy',
    limits: '2/100/200',
    old: 'healthy healthy',
    now: 'healthy healthy',
    start: 0,
    stop: ['o0:outdated', 'o1:outdated'],
  },
  {
    it: 'counts a draining task against the upper limit',
    limits: '2/50/100',
    old: 'stopping healthy',
    now: '',
    start: 0,
    stop: [],
  },
  {
    it: 'stops first where the lower limit allows it',
    limits: '2/50/100',
    old: 'healthy healthy',
    now: '',
    start: 0,
    stop: ['o0:outdated'],
  },
  {
    it: 'fills the place of a task that has gone',
    limits: '2/50/100',
    old: 'healthy',
    now: '',
    start: 1,
    stop: [],
  },
  {
    it: 'lets outdated tasks that never became healthy go at once',
    limits: '2/100/200',
    old: 'healthy healthy pending',
    now: '',
    start: 1,
    stop: ['o2:outdated'],
  },
  {
    it: 'leaves a failed deployment as it is',
    limits: '2/100/200',
    old: 'healthy healthy',
    now: 'pending',
    failed: true,
    start: 0,
    stop: [],
  },
  {
    it: 'still scales a failed deployment in',
    limits: '0/100/200',
    old: 'healthy',
    now: 'pending',
    failed: true,
    start: 0,
    stop: ['o0:outdated', 'n0:surplus'],
  },
  {
    it: 'scales in the newest healthy one, after those that are not healthy',
    limits: '1/100/200',
    old: '',
    now: 'healthy healthy pending',
    start: 0,
    stop: ['n2:surplus', 'n1:surplus'],
  },
  { it: 'scales to zero', limits: '0/100/200', old: '', now: 'healthy', start: 0, stop: ['n0:surplus'] },
  {
    it: 'replaces an unhealthy task before it stops it where there is room',
    limits: '1/100/200',
    old: '',
    now: 'unhealthy',
    start: 1,
    stop: [],
  },
  {
    it: 'stops the unhealthy task once its replacement is healthy',
    limits: '1/100/200',
    old: '',
    now: 'unhealthy healthy',
    start: 0,
    stop: ['n0:unhealthy'],
  },
  {
    it: 'stops one unhealthy task at a time where there is no room',
    limits: '2/100/200',
    old: 'healthy healthy',
    now: 'unhealthy unhealthy',
    start: 0,
    stop: ['n0:unhealthy'],
  },
  {
    it: 'lets an unhealthy one be while its replacement is on its way',
    limits: '1/100/200',
    old: '',
    now: 'unhealthy pending',
    start: 0,
    stop: [],
  },
])('the scheduler $it', ({ limits, old, now, failed, start, stop }) => {
  const decision = decide(situation(limits, old, now, failed));

  expect(decision.start).toBe(start);
  expect(decision.stop.map(({ taskArn, why }) => `${taskArn}:${why}`)).toEqual(stop);
});

test.each([
  { limits: '2/100/100', old: 'healthy healthy', now: '', stalled: true },
  { limits: '1/50/150', old: 'healthy', now: '', stalled: true },
  { limits: '3/100/125', old: 'healthy healthy healthy', now: '', stalled: true },
  { limits: '4/100/125', old: 'healthy healthy healthy healthy', now: '', stalled: false },
  { limits: '2/50/100', old: 'healthy healthy', now: '', stalled: false },
  { limits: '2/50/100', old: 'healthy stopping', now: '', stalled: false },
  { limits: '2/100/150', old: 'healthy healthy', now: 'pending', stalled: false },
  { limits: '2/100/100', old: '', now: 'healthy healthy', stalled: false },
])(
  'with $limits, old "$old" and new "$now", a deployment is stalled: $stalled',
  ({ limits, old, now, stalled }) => {
    expect(decide(situation(limits, old, now)).stalled).toBe(stalled);
  },
);

test.each([
  { limits: '2/100/200', old: '', now: 'healthy healthy', done: true },
  { limits: '2/100/200', old: '', now: 'healthy pending', done: false },
  { limits: '2/100/200', old: '', now: 'healthy', done: false },
  { limits: '2/100/200', old: '', now: 'healthy healthy healthy', done: false },
  { limits: '2/100/200', old: 'stopping', now: 'healthy healthy', done: false },
  { limits: '2/100/200', old: '', now: 'healthy healthy stopping', done: true },
  { limits: '0/100/200', old: '', now: '', done: true },
])('$limits with old "$old" and new "$now" is settled: $done', ({ limits, old, now, done }) => {
  expect(settled(situation(limits, old, now))).toBe(done);
});
