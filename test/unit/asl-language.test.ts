/** Expressions, variables, limits and time, where no recording says it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as asl from '../../local/asl/index.ts';
import { virtualClock } from '../../local/clock.ts';
import { calling, machine, play } from '../support/asl-run.ts';

const output = async (Output: unknown, options: object = {}) => {
  const execution = await play(machine({ Look: { Type: 'Pass', Output, End: true } }), {}, options).over();
  return execution.output ?? execution.cause;
};

test.each([
  ['$hash("")', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['$hash("", "MD5")', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['$range(1, 7, 3)', [1, 4, 7]],
  ['$range(1, 1, 1)', 1],
  ['$partition([1, 2, 3], 2)', [[1, 2], [3]]],
  ['$parse("{\\"a\\": 1}")', { a: 1 }],
  ['{"a": $nothing, "b": 1}', { b: 1 }],
])('%s is answered as Step Functions answers it', async (source, answer) => {
  expect(await output(`{% ${source} %}`)).toEqual(answer);
});

test('randomness and time come from what the execution was given', async () => {
  const source = '{% {"uuid": $uuid(), "number": $random(), "millis": $millis(), "now": $now()} %}';

  const found = await output(source, { random: () => 0.5 });

  expect(found).toEqual({
    uuid: '88888888-8888-4888-8888-888888888888',
    number: 0.5,
    millis: Date.UTC(2026, 0, 5, 9),
    now: '2026-01-05T09:00:00.000Z',
  });
});

test.each([
  ['$eval("1")', 'T1006'],
  ['1 + "a"', 'T2002'],
  ['1 / 0', 'D1001'],
  ['/a/', 'returned an unsupported result type.'],
  ['{"f": function($x){$x}}', 'returned an unsupported result type.'],
  ['($f := function(){$f()}; $f())', 'D1012'],
])(
  '%s is a mistake with a reason',
  async (source, reason) => {
    expect(await output(`{% ${source} %}`)).toContain(reason);
  },
  20_000,
);

test('an output that is too large fails its state', async () => {
  const states = { Look: { Type: 'Pass', Output: '{% $pad("", 262145, "x") %}', End: true } };

  const execution = await play(machine(states)).over();

  expect(execution.error).toBe('States.DataLimitExceeded');
});

describe('what a state is given has at most 256 KiB', () => {
  /** JSON text of so many bytes, made of a smaller input. */
  const text = (bytes: number) => `{% $pad("", ${bytes - 2}, "x") %}`;
  const caught = { Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'Caught' }], Next: 'Done' };
  const ends = { Done: { Type: 'Succeed' }, Caught: { Type: 'Succeed', Output: 'caught' } };
  const branch = { StartAt: 'In', States: { In: { Type: 'Pass', Output: 'small', End: true } } };

  test.each([
    { it: 'a function by its ARN', state: { Type: 'Task', Resource: 'arn:aws:lambda:x:1:function:work' } },
    { it: 'a Parallel', state: { Type: 'Parallel', Branches: [branch] } },
  ])('$it', async ({ state }) => {
    let calls = 0;
    const work = () => {
      calls += 1;
      return 'small';
    };
    const outcome = async (bytes: number) => {
      const first = { ...state, ...caught, Arguments: text(bytes) };
      return (await play(machine({ First: first, ...ends }), { work }).over()).output;
    };

    const [fits, tooMuch] = [await outcome(262_144), await outcome(262_145)];

    expect(fits).not.toBe('caught');
    expect(tooMuch).toBe('caught');
    expect(calls).toBe(state.Type === 'Task' ? 1 : 0);
  });

  test('arguments of lambda:invoke as a whole: nothing is scheduled', async () => {
    const Arguments = { FunctionName: 'work', Payload: text(262_144) };
    const scene = play(machine({ First: { ...calling('work'), Arguments } }), { work: () => null });

    const execution = await scene.over();

    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(scene.types()).not.toContain('TaskScheduled');
  });

  test('an item of a Map', async () => {
    const each = { Type: 'Map', Items: [1], ItemProcessor: branch, ItemSelector: text(262_145), ...caught };

    expect((await play(machine({ Each: each, ...ends })).over()).output).toBe('caught');
  });
});

test.each([
  { field: 'Error', most: 256 },
  { field: 'Cause', most: 32_768 },
])('a Fail state says at most $most characters as its $field', async ({ field, most }) => {
  const failing = (length: number) =>
    play(machine({ No: { Type: 'Fail', Error: 'Mine', [field]: `{% $pad("", ${length}, "x") %}` } })).over();

  const [fits, tooMuch] = [await failing(most), await failing(most + 1)];

  expect(fits.error).toBe(field === 'Error' ? 'x'.repeat(most) : 'Mine');
  expect(tooMuch.error).toBe('States.DataLimitExceeded');
});

test('a Wait of years is waited for, although timers hold weeks', async () => {
  const year = 365 * 86_400;
  const execution = await play(machine({ Rest: { Type: 'Wait', Seconds: year - 1, End: true } })).over();

  expect((Number(execution.stopTime) - execution.startTime) / 1000).toBe(year - 1);
});

test('an execution fails rather than writing more than 25,000 events', async () => {
  const loop = {
    Again: { Type: 'Pass', Next: 'Choose' },
    Choose: { Type: 'Choice', Choices: [{ Condition: false, Next: 'Done' }], Default: 'Again' },
    Done: { Type: 'Succeed' },
  };

  const execution = await play(machine(loop)).over();

  expect(execution.history).toHaveLength(25_000);
  expect(execution.history.at(-1)?.type).toBe('ExecutionFailed');
  expect(execution.cause).toBe('The execution reached the maximum number of history events (25000).');
});

test('a listener hears every event, also those before it listened', async () => {
  const heard: number[] = [];
  const scene = play(machine({ Look: { Type: 'Pass', End: true } }));

  scene.execution.onEvent(({ id }) => heard.push(id));
  await scene.over();

  expect(heard).toEqual([1, 2, 3, 4]);
});

test('the result of a function is what is left of it as JSON', async () => {
  const work = () => ({ at: new Date(0), nothing: undefined });

  const execution = await play(machine({ Work: calling('work') }), { work }).over();

  expect(execution.output).toEqual({ at: '1970-01-01T00:00:00.000Z' });
});

test('the example in the README works', async () => {
  const readme = readFileSync(new URL('../../local/asl/README.md', import.meta.url), 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const body = code.replace(/^import .*$/gm, '');
  const printed: unknown[] = [];
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const example = new AsyncFunction('virtualClock', 'lambdaError', 'startExecution', 'console', body);

  await example(virtualClock, asl.lambdaError, asl.startExecution, {
    log: (...line: unknown[]) => printed.push(...line),
  });

  expect(printed.slice(0, 2)).toEqual(['SUCCEEDED', 42]);
});
