import { describe, expect, test } from 'vitest';
import { lambdaError } from '../../local/asl/index.ts';
import { lines } from '../../local/console/page/json-lines.ts';
import { payloadOf, saysNo, troubleOf } from '../../local/console/page/payload.ts';
import { roundUp, ticks } from '../../local/console/page/scale.ts';
import { statusOf } from '../../local/console/page/states.ts';
import { duration } from '../../local/console/page/time.ts';
import { readVisits, waitedItsTime } from '../../local/console/page/visits.ts';
import type { WireEvent } from '../../local/console/wire.ts';
import { calling, machine, play, type Scene, waitingForToken } from '../support/asl-run.ts';

const reading = ({ execution }: Scene) =>
  readVisits(JSON.parse(JSON.stringify(execution.history)) as WireEvent[]);

describe('a history is read as visits', () => {
  test('of a state that was tried again until it worked', async () => {
    const Retry = [{ ErrorEquals: ['Transient'], IntervalSeconds: 2, MaxAttempts: 3 }];
    let calls = 0;
    const scene = play(machine({ Look: calling('look', { Retry, End: true }) }), {
      look() {
        calls += 1;
        if (calls < 3) throw lambdaError({ errorType: 'Transient', errorMessage: 'throttled' });
        return { status: 'pass' };
      },
    });

    await scene.over();

    const [visit] = reading(scene).visits;
    expect(visit?.status).toBe('succeeded');
    expect(visit?.attempts.map(({ error }) => error)).toEqual(['Transient', 'Transient', undefined]);
    expect(payloadOf(visit?.attempts.at(-1)?.output)).toEqual({ status: 'pass' });
    expect((visit?.exitedAt ?? 0) - (visit?.enteredAt ?? 0)).toBe(6000);
  });

  test('of a state whose error was caught, and of the way that was taken then', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Aside' }];
    const states = { Look: calling('look', { Catch, End: true }), Aside: { Type: 'Pass', End: true } };
    const scene = play(machine(states), {
      look() {
        throw lambdaError({ errorType: 'AccessDenied', errorMessage: 'not yours' });
      },
    });

    await scene.over();

    const { visits, taken, ended } = reading(scene);
    expect(visits.map(({ state, status, cameFrom }) => [state, status, cameFrom])).toEqual([
      ['Look', 'caught', undefined],
      ['Aside', 'succeeded', 'Look'],
    ]);
    expect([...taken]).toEqual(['Look Aside']);
    expect(ended?.type).toBe('ExecutionSucceeded');
  });

  test('of a state that looks again because nobody answered it in time: nothing failed', async () => {
    const caught = (Next: string) => [{ ErrorEquals: ['States.ALL'], Next }];
    const states = {
      Ask: waitingForToken('ask', { TimeoutSeconds: 60, Catch: caught('Look'), End: true }),
      Look: calling('look', { Catch: caught('Done'), End: true }),
      Done: { Type: 'Pass', End: true },
    };
    const scene = play(machine(states), {
      ask: () => undefined,
      look() {
        throw lambdaError({ errorType: 'AccessDenied', errorMessage: 'not yours' });
      },
    });

    await scene.over();

    const { visits } = reading(scene);
    const tasks = visits.filter(({ type }) => type === 'Task');
    expect(tasks.map((visit) => [visit.state, visit.status, waitedItsTime(visit)]).slice(0, 2)).toEqual([
      ['Ask', 'caught', true],
      ['Look', 'caught', false],
    ]);
  });

  test('of a state that waits for its task token, and of one that waits between attempts', async () => {
    const waiting = play(machine({ Ask: waitingForToken('ask') }), { ask: () => undefined });
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }];
    const retrying = play(machine({ Look: calling('look', { Retry, End: true }) }), {
      look() {
        throw new Error('not yet');
      },
    });

    await waiting.clock.advance(10);
    await retrying.clock.advance(10);

    expect(reading(waiting).visits.map(({ status }) => status)).toEqual(['waiting']);
    expect(reading(retrying).visits.map(({ status }) => status)).toEqual(['retrying']);
  });

  test('of an execution that was stopped: what was open in it is stopped', async () => {
    const scene = play(machine({ Rest: { Type: 'Wait', Seconds: 60, End: true } }));
    await scene.clock.advance(5000);

    scene.execution.stop({ cause: 'enough' });

    const { visits, ended } = reading(scene);
    expect(visits[0]).toMatchObject({ status: 'stopped', exitedAt: scene.clock.now() });
    expect(ended).toMatchObject({ type: 'ExecutionAborted', cause: 'enough' });
  });

  test('of a Fail state, with its error and cause', async () => {
    const scene = play(machine({ No: { Type: 'Fail', Error: 'RolledBack', Cause: 'too many errors' } }));

    await scene.over();

    expect(reading(scene).visits[0]).toMatchObject({
      status: 'failed',
      error: 'RolledBack',
      cause: 'too many errors',
    });
  });

  test('at any moment of it', async () => {
    const states = { One: calling('f', { Next: 'Two' }), Two: calling('f') };
    const scene = play(machine(states), { f: () => ({}) });
    await scene.over();
    const events = JSON.parse(JSON.stringify(scene.execution.history)) as WireEvent[];

    const counts = events.map((_, index) => readVisits(events.slice(0, index)).visits.length);

    expect(counts).toEqual(counts.toSorted());
  });
});

test('a step that worked and found something against the release is not shown as a success', () => {
  const visit = { state: 'CheckScan', type: 'Task', enteredAt: 0, exitedAt: 1, status: 'succeeded' as const };
  const output = JSON.stringify({ Payload: { status: 'fail' } });

  expect(statusOf({ ...visit, attempts: [{ startedAt: 0, output }] })).toBe('said no');
  const unsure = JSON.stringify({ Payload: { status: 'inconclusive', decision: 'keep' } });
  expect(statusOf({ ...visit, attempts: [{ startedAt: 0, output: unsure }] })).toBe('not sure');
  const waited = { startedAt: 0, submittedAt: 1, error: 'States.Timeout' };
  expect(statusOf({ ...visit, status: 'caught', attempts: [waited] })).toBe('looked again');
  expect(saysNo({ decision: 'take back', status: 'inconclusive' })).toBe(true);
  expect(saysNo({ status: 'pass' })).toBe(false);
  expect(saysNo(null)).toBe(false);
});

test.each([
  { cause: '{"errorMessage":"throttled","trace":["at f"]}', message: 'throttled', trace: ['at f'] },
  { cause: 'plain words', message: 'plain words', trace: [] },
  { cause: '{"other":1}', message: '{"other":1}', trace: [] },
  { cause: undefined, message: '', trace: [] },
])('the message of $cause is read first', ({ cause, message, trace }) => {
  expect(troubleOf('E', cause)).toEqual({ error: 'E', message, trace });
});

test('JSON is laid out in lines that give the same value again', () => {
  const value = {
    a: [
      [1, 2],
      [3, 4],
    ],
    b: { c: null, d: 'x'.repeat(90), e: {} },
    f: [],
    g: [{ h: true }],
  };

  const text = lines(value).map((line) => line.map((piece) => piece.text).join(''));

  expect(JSON.parse(text.join('\n'))).toEqual(value);
  expect(text).toContain('  "a": [[1, 2], [3, 4]],');
});

test.each([
  [400, '0.4 s'],
  [42_000, '42 s'],
  [185_000, '3 min 05 s'],
  [7_800_000, '2 h 10 min'],
  [273_600_000, '3 d 4 h'],
  [-5, '0.0 s'],
])('%d ms are %s', (milliseconds, words) => {
  expect(duration(milliseconds)).toBe(words);
});

test('axes have round numbers', () => {
  expect(ticks(65, 400, 6)).toEqual([120, 180, 240, 300, 360]);
  expect([0, 0.043, 1, 22, 900].map(roundUp)).toEqual([1, 0.05, 1, 25, 1000]);
});
