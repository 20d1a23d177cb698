/** The house rules for the state machine, and what follows from its ways for its variables. */
import { expect, test } from 'vitest';
import { dataflow } from '../../state-machines/dataflow.ts';
import { readDefinition } from '../../state-machines/definition.ts';

const payload = { execution: '{% $states.context.Execution.Id %}' };
const taskToken = '{% $states.context.Task.Token %}';

const lambda = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'look', Payload: payload },
  Next: 'Done',
};
const waiting = {
  ...lambda,
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Arguments: { FunctionName: 'look', Payload: { ...payload, taskToken } },
};
const choice = { Type: 'Choice', Choices: [{ Condition: "{% $a = 'x' %}", Next: 'Done' }], Default: 'Done' };

/** A state machine of one state, and an end. */
function machine(state: unknown) {
  return withStates({ Look: state, Done: { Type: 'Succeed' } });
}

function withStates(states: Record<string, unknown>) {
  const [StartAt] = Object.keys(states);
  return { QueryLanguage: 'JSONata', StartAt, TimeoutSeconds: 60, States: states };
}

const sending = (fields: Record<string, unknown>, state = lambda) => ({
  ...state,
  Arguments: { ...state.Arguments, Payload: { ...state.Arguments.Payload, ...fields } },
});

test.each([
  { it: 'computes in a payload', state: sending({ n: '{% $a + 1 %}' }), at: 'Look.Arguments.Payload.n' },
  { it: 'sends a literal', state: sending({ n: 1 }), at: 'Look.Arguments.Payload.n' },
  { it: 'sends a plain text', state: sending({ n: 'text' }), at: 'Look.Arguments.Payload.n' },
  {
    it: 'sends a result that it does not have yet',
    state: sending({ n: '{% $states.result %}' }),
    at: 'Look.Arguments.Payload.n',
  },
  {
    it: 'sends the state input',
    state: sending({ n: '{% $states.input %}' }),
    at: 'Look.Arguments.Payload.n',
  },
  {
    it: 'sends no execution',
    state: sending({ execution: undefined }),
    at: 'Look.Arguments.Payload.execution',
  },
  {
    it: 'sends another execution',
    state: sending({ execution: '{% $a %}' }),
    at: 'Look.Arguments.Payload.execution',
  },
  {
    it: 'sends a task token that nobody waits with',
    state: sending({ taskToken }),
    at: 'Look.Arguments.Payload.taskToken',
  },
  {
    it: 'waits without a task token',
    state: sending({ taskToken: undefined }, waiting),
    at: 'Look.Arguments.Payload.taskToken',
  },
  { it: 'assigns another variable', state: { ...lambda, Assign: { a: '{% $b %}' } }, at: 'Look.Assign.a' },
  {
    it: "assigns the answer around a Lambda's",
    state: { ...lambda, Assign: { a: '{% $states.result %}' } },
    at: 'Look.Assign.a',
  },
  {
    it: 'assigns something computed',
    state: { ...lambda, Assign: { a: '{% $states.result.Payload.n * 2 %}' } },
    at: 'Look.Assign.a',
  },
  { it: 'assigns an object', state: { ...lambda, Assign: { a: {} } }, at: 'Look.Assign.a' },
  { it: 'assigns to a name that is none', state: { ...lambda, Assign: { 'a-b': 1 } }, at: 'Look.Assign.a-b' },
  {
    it: 'assigns an error where there is a result',
    state: { ...lambda, Assign: { a: '{% $states.errorOutput %}' } },
    at: 'Look.Assign.a',
  },
  {
    it: 'assigns a result where there is an error',
    state: {
      ...lambda,
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { a: '{% $states.result %}' }, Next: 'Done' }],
    },
    at: 'Look.Catch.0.Assign.a',
  },
  {
    it: 'assigns a result where nothing answers',
    state: { Type: 'Pass', Assign: { a: '{% $states.result %}' }, Next: 'Done' },
    at: 'Look.Assign.a',
  },
  { it: 'filters its answer', state: { ...lambda, Output: '{% $states.result %}' }, at: 'Look' },
  {
    it: 'calls another service',
    state: { ...lambda, Resource: 'arn:aws:states:::sqs:sendMessage' },
    at: 'Look.Resource',
  },
  {
    it: 'compares two references',
    state: { ...choice, Choices: [{ Condition: '{% $a = $b %}', Next: 'Done' }] },
    at: 'Look.Choices.0.Condition',
  },
  {
    it: 'compares by order',
    state: { ...choice, Choices: [{ Condition: '{% $a > 1 %}', Next: 'Done' }] },
    at: 'Look.Choices.0.Condition',
  },
  {
    it: 'has a condition of two',
    state: { ...choice, Choices: [{ Condition: '{% $a = 1 and $b = 2 %}', Next: 'Done' }] },
    at: 'Look.Choices.0.Condition',
  },
  {
    it: 'has a condition without a comparison',
    state: { ...choice, Choices: [{ Condition: '{% $a %}', Next: 'Done' }] },
    at: 'Look.Choices.0.Condition',
  },
  { it: 'has no default', state: { ...choice, Default: undefined }, at: 'Look.Default' },
  {
    it: 'waits until a time',
    state: { Type: 'Wait', Timestamp: '2030-01-01T00:00:00Z', Next: 'Done' },
    at: 'Look',
  },
  {
    it: 'computes how long it waits',
    state: { Type: 'Wait', Seconds: '{% $a * 2 %}', Next: 'Done' },
    at: 'Look.Seconds',
  },
  {
    it: 'computes its cause',
    state: { Type: 'Fail', Error: 'Bad', Cause: "{% 'no ' & $a %}" },
    at: 'Look.Cause',
  },
  {
    it: 'is of a kind that is not used',
    state: { Type: 'Parallel', Branches: [], Next: 'Done' },
    at: 'Look.Type',
  },
])('a state that $it breaks the house rules', ({ state, at }) => {
  expect(() => readDefinition(machine(state))).toThrow(`States.${at}: `);
});

test('every violation is named at once', () => {
  const states = { A: sending({ n: 1 }), B: { ...choice, Default: undefined } };

  expect(() => readDefinition(withStates(states))).toThrow(/States\.A\..*\n.*States\.B\./);
});

test.each([
  lambda,
  waiting,
  choice,
  sending({ a: '{% $a.b.c %}', input: '{% $states.context.Execution.Input %}' }),
])('what the house rules allow is read', (state) => {
  expect(() => readDefinition(machine(state))).not.toThrow();
});

const known = (states: Record<string, unknown>, at: string) =>
  Object.fromEntries(
    [...(dataflow(readDefinition(withStates(states))).get(at) ?? [])].map(([name, types]) => [
      name,
      [...types],
    ]),
  );

test('a variable is known where every way assigns it, with the types of all of them', () => {
  const states = {
    A: {
      ...choice,
      Choices: [{ Condition: '{% $a = 1 %}', Assign: { a: 'x', b: 1 }, Next: 'Done' }],
      Assign: { a: null },
    },
    Done: { Type: 'Succeed' },
  };

  expect(known(states, 'Done')).toEqual({ a: ['null', "'x'"] });
});

test('a caught error assigns what its catcher says, and not the result', () => {
  const caught = {
    ErrorEquals: ['States.ALL'],
    Assign: { failure: '{% $states.errorOutput %}' },
    Next: 'Caught',
  };
  const states = {
    A: { ...lambda, Assign: { a: '{% $states.result.Payload.b.c %}' }, Catch: [caught] },
    Caught: { Type: 'Succeed' },
    Done: { Type: 'Succeed' },
  };

  expect(known(states, 'Caught')).toEqual({ failure: ['Failure'] });
  expect(known(states, 'Done')).toEqual({ a: ["Out<'A'>['b']['c']"] });
});

test('a later assignment takes the place of an earlier one', () => {
  const states = {
    A: { Type: 'Pass', Assign: { a: 1 }, Next: 'B' },
    B: { Type: 'Pass', Assign: { a: true }, Next: 'Done' },
    Done: { Type: 'Succeed' },
  };

  expect(known(states, 'B')).toEqual({ a: ['1'] });
  expect(known(states, 'Done')).toEqual({ a: ['true'] });
});

test('a loop brings its types back to where it began, and what only it assigns is not known there', () => {
  const states = {
    A: { Type: 'Pass', Assign: { a: 1 }, Next: 'B' },
    B: { ...choice, Choices: [{ Condition: '{% $a = 1 %}', Next: 'C' }] },
    C: { Type: 'Pass', Assign: { a: 2, b: 3 }, Next: 'B' },
    Done: { Type: 'Succeed' },
  };

  expect(known(states, 'B')).toEqual({ a: ['1', '2'] });
  expect(known(states, 'Done')).toEqual({ a: ['1', '2'] });
});

test('a way that leads nowhere is an error, and a state without a way to it', () => {
  expect(() => known({ A: { Type: 'Pass', Next: 'B' } }, 'A')).toThrow('there is no state B');
  expect(() => known({ A: { Type: 'Succeed' }, B: { Type: 'Succeed' } }, 'A')).toThrow('no way leads to B');
});
