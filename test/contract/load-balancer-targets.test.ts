import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { awsHealthCheck, type HealthCheck, matches } from '../../local/load-balancer/health-check.ts';
import { targets } from '../../local/load-balancer/targets.ts';

const second = 1000;

function world(healthCheck: Partial<HealthCheck> = {}, deregistrationDelaySeconds = 300) {
  const clock = virtualClock();
  const began = clock.now();
  const status = new Map<number, number | undefined>();
  const group = targets({
    clock,
    name: 'web',
    healthCheck: { ...awsHealthCheck, ...healthCheck },
    deregistrationDelaySeconds,
    probe: async (port) => status.get(port),
  });
  const changes: string[] = [];
  group.onHealth((targetId, health) => changes.push(`${(clock.now() - began) / 1000} ${targetId} ${health}`));
  const register = (port: number, answers: number | null = 200) => {
    status.set(port, answers ?? undefined);
    group.register({ id: `t${port}`, port });
  };
  const chosen = (times: number) => Array.from({ length: times }, () => group.choose()?.port).sort();
  return { clock, group, status, changes, register, chosen };
}

test('a target group is named as AWS names it, the same in every run', () => {
  const { group } = world();

  expect(group.dimension).toBe('targetgroup/web/4b5e57f6eb2f42b9');
  expect(group.arn).toBe(`arn:aws:elasticloadbalancing:eu-west-1:123456789012:${group.dimension}`);
});

test('a new target is healthy after its first successful check, one interval after its registration', async () => {
  const { clock, group, changes, register } = world();

  register(1);
  await clock.advance(29 * second);
  const early = group.health('t1');
  await clock.advance(1 * second);

  expect(early).toBe('initial');
  expect(changes).toEqual(['30 t1 healthy']);
});

test.each([503, 301, null])(
  'a new target whose checks end with %s is unhealthy after two',
  async (answer) => {
    const { clock, changes, register } = world();

    register(1, answer);
    await clock.advance(120 * second);

    expect(changes).toEqual(['60 t1 unhealthy']);
  },
);

test('a target that recovers needs five successes in a row', async () => {
  const { clock, status, changes, register } = world({ intervalSeconds: 10 });
  register(1);
  await clock.advance(10 * second);

  status.set(1, 500);
  await clock.advance(20 * second);
  status.set(1, 200);
  await clock.advance(40 * second);
  status.set(1, 500);
  await clock.advance(10 * second);
  status.set(1, 200);
  await clock.advance(50 * second);

  expect(changes).toEqual(['10 t1 healthy', '30 t1 unhealthy', '130 t1 healthy']);
});

test.each([
  { matcher: '200', status: 200, is: true },
  { matcher: '200', status: 201, is: false },
  { matcher: '200,302', status: 302, is: true },
  { matcher: '200-299', status: 299, is: true },
  { matcher: '200-299', status: 300, is: false },
])('a matcher of $matcher makes of $status: $is', ({ matcher, status, is }) => {
  expect(matches(matcher, status)).toBe(is);
});

test('requests go round the healthy targets only', async () => {
  const { clock, register, chosen } = world();
  register(1);
  register(2);
  register(3, 500);
  await clock.advance(60 * second);

  expect(chosen(6)).toEqual([1, 1, 1, 2, 2, 2]);
});

test('when no target is healthy, requests go to all of them; when there is none, nowhere', async () => {
  const { clock, group, register, chosen } = world();
  const none = group.choose();
  register(1, 500);
  register(2, 500);
  const initial = chosen(4);
  await clock.advance(60 * second);

  expect(none).toBeUndefined();
  expect(initial).toEqual([1, 1, 2, 2]);
  expect(chosen(4)).toEqual([1, 1, 2, 2]);
});

test('a target that is taken out gets nothing new, and is drained when the deregistration delay has passed', async () => {
  const { clock, group, changes, register, chosen } = world({}, 20);
  register(1);
  await clock.advance(30 * second);
  let drained = 0;

  group.deregister('t1', () => drained++);
  await clock.advance(5 * second);
  group.deregister('t1', () => drained++);
  await clock.advance(15 * second - 1);
  const before = [drained, group.health('t1'), ...chosen(1)];
  await clock.advance(1);

  expect(before).toEqual([0, 'draining', undefined]);
  expect([drained, group.health('t1')]).toEqual([2, undefined]);
  expect(changes).toEqual(['30 t1 healthy', '30 t1 draining']);
});

test('a target that is not registered is drained already', () => {
  const { group } = world();
  let drained = 0;

  group.deregister('t1', () => drained++);

  expect(drained).toBe(1);
});

test('requests that outlast the deregistration delay are broken off', async () => {
  const { clock, group, register } = world({}, 5);
  register(1);
  await clock.advance(30 * second);
  const happened: string[] = [];
  group.choose()?.begin(() => happened.push('aborted'));

  group.deregister('t1', () => happened.push('drained'));
  await clock.advance(4_999);
  const before = [...happened];
  await clock.advance(1);

  expect(before).toEqual([]);
  expect(happened).toEqual(['aborted', 'drained']);
});

test('a target that is taken out is not checked any more', async () => {
  const { clock, group, status, changes, register } = world();
  register(1);

  group.deregister('t1', () => {});
  status.set(1, 500);
  await clock.advance(300 * second);

  expect(changes).toEqual(['0 t1 draining']);
});
