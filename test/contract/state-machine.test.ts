/** What tsc cannot see: that state machine and steps know the same errors, and that every state is robust in the same way. */

import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { rounds } from '../../core/longest-history.ts';
import type { Step } from '../../functions/step.ts';
import { steps } from '../../functions/steps/table.ts';
import { checkDefinition } from '../../local/asl/index.ts';
import { waysOut } from '../../state-machines/dataflow.ts';
import { readDefinition, type State } from '../../state-machines/definition.ts';

const asl: unknown = JSON.parse(
  await readFile(new URL('../../state-machines/deploy.asl.json', import.meta.url), 'utf8'),
);
const { States } = readDefinition(asl);
const tasks = Object.entries(States).flatMap(([name, state]) =>
  state.Type === 'Task' ? [{ name, state }] : [],
);
const stepOf = (name: string) => (steps as unknown as Record<string, Step>)[name];
const waits = ({ Resource }: { Resource: string }) => Resource.endsWith('.waitForTaskToken');
const isPlatforms = (error: string) => /^(Lambda|Runtime|Sandbox|States)\./.test(error);

test('Step Functions would accept it, and the local world runs all of it', () => {
  expect(checkDefinition(asl)).toEqual([]);
});

test('no expression uses what JSONata knows since 2.1: Step Functions has 2.0', () => {
  const expressions = [...JSON.stringify(asl).matchAll(/\{%(.*?)%\}/g)].map(([, source = '']) => source);

  expect(expressions.length).toBeGreaterThan(0);
  expect(expressions.filter((source) => /\?[?:]/.test(source))).toEqual([]);
});

test('every Task has a step, and every step is used', () => {
  expect(Object.keys(steps).toSorted()).toEqual(tasks.map(({ name }) => name).toSorted());
});

test.each(tasks)('$name calls the function of its own step', async ({ name, state }) => {
  const file = name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();

  const { handler } = await import(`../../functions/steps/${file}.ts`);

  expect(state.Arguments.FunctionName).toBe(`\${${name}}`);
  expect(stepOf(name)?.name).toBe(name);
  expect(handler).toBeTypeOf('function');
});

test.each(tasks)('$name routes every error that its step declares, and no other', ({ name, state }) => {
  const routed = [...state.Retry, ...state.Catch].flatMap(({ ErrorEquals }) => ErrorEquals);

  expect(new Set(routed.filter((error) => !isPlatforms(error)))).toEqual(new Set(stepOf(name)?.errors));
});

test.each(tasks)('$name waits for a task token just when its step does', ({ name, state }) => {
  expect(waits(state)).toBe(stepOf(name)?.waits ?? false);
});

test.each(tasks)("$name retries the platform's faults first, as every Task does", ({ state }) => {
  expect(state.Retry[0]).toEqual({
    ErrorEquals: [
      'Transient',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.Unknown',
      'Runtime.ExitError',
      'Sandbox.Timedout',
    ],
    IntervalSeconds: 2,
    BackoffRate: 2,
    // About twenty minutes.
    MaxAttempts: 40,
    MaxDelaySeconds: 60,
    JitterStrategy: 'FULL',
  });
});

test.each(tasks)('$name catches everything in its last catcher, and there alone', ({ state }) => {
  const caught = state.Catch.map(({ ErrorEquals }) => ErrorEquals);

  expect(caught.at(-1)).toEqual(['States.ALL']);
  expect(caught.slice(0, -1).flat()).not.toContain('States.ALL');
});

test.each(tasks)('$name does not wait forever', ({ state }) => {
  expect(state.TimeoutSeconds).toBeDefined();
});

test.each(tasks)('$name waits for its turn, as every Task does, where AWS throttles', ({ state }) => {
  expect(state.Retry[1]).toEqual({
    ErrorEquals: ['Throttled', 'Lambda.TooManyRequestsException'],
    IntervalSeconds: 10,
    BackoffRate: 2,
    MaxAttempts: 200,
    MaxDelaySeconds: 90,
    JitterStrategy: 'FULL',
  });
});

// A retried wait starts with a new token while the old one may still be about to be answered.
test.each(tasks.filter(({ state }) => waits(state)))('$name retries nothing else: it waits', ({ state }) => {
  expect(state.Retry).toHaveLength(2);
});

test('after StartDeployment no error and no verdict ends a release before its way back was tried', () => {
  const after = reachable('StartDeployment', new Set(['RollBack', 'RecordOutcome']));

  expect([...after]).toContain('RollBack');
  expect([...after]).not.toContain('NeedsHuman');
  expect([...after]).not.toContain('Reject');
});

test('a person is left with a new version only by a configuration that leaves doubt to people', () => {
  const leading = Object.entries(States).filter(([, state]) =>
    JSON.stringify(state).includes('"LeaveToPerson"'),
  );
  const held = States.MetricsHeld;
  const choices = held?.Type === 'Choice' ? held.Choices : [];

  expect(leading.map(([name]) => name)).toEqual(['MetricsHeld']);
  expect(
    choices.filter(({ Next }) => Next === 'LeaveToPerson').map(({ Condition }) => JSON.stringify(Condition)),
  ).toEqual([expect.stringMatching(/comparison.*decision.*ask a person/)]);
});

test('whatever happens, the outcome is recorded, and it is recorded once', () => {
  const withoutRecord = reachable('Begin', new Set(['RecordOutcome']));
  const ends = [...withoutRecord].filter((name) => ['Succeed', 'Fail'].includes(States[name]?.Type ?? ''));

  expect(withoutRecord).toContain('RecordOutcome');
  expect(ends).toEqual([]);
  expect(eventsAround('RecordOutcome', new Set())).toBe(Infinity);
});

test('no loop goes round without waiting', () => {
  for (const name of Object.keys(States)) {
    const pauses = new Set(Object.keys(States).filter((other) => other !== name && secondsIn(other) > 0));
    if (secondsIn(name) === 0) expect(eventsAround(name, pauses), name).toBe(Infinity);
  }
});

/** Step Functions fails an execution that has written so many events. */
const historyQuota = 25_000;

test.each([
  { loop: 'WaitForReleaseTask', hours: 7 },
  { loop: 'WaitForSmokeTests', hours: 3 },
  { loop: 'AwaitDeployment', hours: 60 },
  { loop: 'AwaitRollback', hours: 60 },
])('the history is long enough to go round $loop for $hours hours', ({ loop, hours }) => {
  const rounds = historyQuota / eventsAround(loop, new Set());

  expect((rounds * secondsIn(loop)) / 3600).toBeGreaterThan(hours);
});

const next = (name: string) => {
  const state = States[name];
  return state ? waysOut(state).map(({ to }) => to) : [];
};

/** Every state that some way leads to, `from` included; ways end at `borders`, which are included. */
function reachable(from: string, borders: ReadonlySet<string>): Set<string> {
  const found = new Set([from]);
  for (const name of found) {
    if (borders.has(name)) continue;
    for (const to of next(name)) found.add(to);
  }
  return found;
}

/** How many events the shortest way from a state back to itself writes, around what is to be avoided; Infinity without one. */
function eventsAround(name: string, avoiding: ReadonlySet<string>): number {
  const costs = new Map<string, number>();
  const open = [{ at: name, cost: 0 }];
  for (const { at, cost } of open) {
    for (const to of next(at)) {
      const total = cost + eventsIn(States[to]);
      if (avoiding.has(to) || total >= (costs.get(to) ?? Infinity)) continue;
      costs.set(to, total);
      open.push({ at: to, cost: total });
    }
  }
  return costs.get(name) ?? Infinity;
}

/** Entered and exited; a Task is also scheduled, started and answered, or submitted and timed out. */
function eventsIn(state: State | undefined): number {
  if (state?.Type !== 'Task') return 2;
  return waits(state) ? 6 : 5;
}

/** For how long a loop through the state rests in it, at least. */
function secondsIn(name: string): number {
  const state = States[name];
  // How long it is to be comes from the step; the schema says at least one.
  if (state?.Type === 'Wait') return typeof state.Seconds === 'number' ? state.Seconds : 1;
  const timedOut = state?.Type === 'Task' && waits(state) && next(name).includes(name);
  if (!timedOut) return 0;
  // Of a pause the schema says at least sixty.
  return typeof state.TimeoutSeconds === 'number' ? state.TimeoutSeconds : 60;
}

test.each(Object.entries(rounds))(
  '%s looks again as often as the longest history is reckoned with',
  (name, seconds) => {
    const { TimeoutSeconds, Seconds } = States[name] as {
      TimeoutSeconds?: number;
      Seconds?: number;
    };

    expect(TimeoutSeconds ?? Seconds).toBe(seconds);
  },
);
