/** What a definition is refused for. */
import { describe, expect, test } from 'vitest';
import { checkDefinition, startExecution } from '../../local/asl/index.ts';
import { realClock } from '../../local/clock.ts';
import { calling, machine, type States } from '../support/asl-run.ts';

const end: States = { End: { Type: 'Succeed' } };
const pass = (more: object) => machine({ Look: { Type: 'Pass', End: true, ...more } });
const task = (more: object) => machine({ Work: { ...calling('work'), ...more }, ...end });
const toEnd = { ErrorEquals: ['States.ALL'], Next: 'End' };

const inMap = (state: object, more: object = {}) =>
  machine({
    First: { Type: 'Pass', Assign: { x: 1 }, Next: 'Each' },
    Each: { Type: 'Map', ItemProcessor: { StartAt: 'In', States: { In: state } }, End: true, ...more },
  });

describe('a definition is refused', () => {
  test.each([
    {
      because: 'its expression cannot be parsed',
      definition: pass({ Output: { a: '{% 1 + %}' } }),
      at: '/States/Look/Output/a',
    },
    {
      because: 'its expression asks for an input document',
      definition: pass({ Output: '{% states.input %}' }),
      at: '/States/Look/Output',
    },
    {
      because: 'it has a field that nobody knows',
      definition: pass({ Outputt: 1 }),
      at: '/States/Look/Outputt',
    },
    {
      because: 'it has a field of JSONPath',
      definition: pass({ InputPath: '$.a' }),
      at: '/States/Look/InputPath',
    },
    {
      because: 'its next state is missing',
      definition: machine({ Look: { Type: 'Pass', Next: 'Lost' } }),
      at: '/States/Look/Next',
    },
    {
      because: 'a catcher leads nowhere',
      definition: task({ Catch: [{ ErrorEquals: ['A'], Next: 'Lost' }, toEnd] }),
      at: '/States/Work/Catch[0]/Next',
    },
    {
      because: 'a state is not reached',
      definition: machine({ Look: { Type: 'Pass', End: true }, ...end }),
      at: '/States/End',
    },
    {
      because: 'no end is reached',
      definition: machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }),
      at: '/States',
    },
    {
      because: 'a state neither goes on nor ends',
      definition: machine({ Look: { Type: 'Pass' } }),
      at: '/States/Look',
    },
    {
      because: 'States.ALL is not alone',
      definition: task({ Catch: [{ ...toEnd, ErrorEquals: ['States.ALL', 'A'] }] }),
      at: '/States/Work/Catch[0]/ErrorEquals',
    },
    {
      because: 'States.ALL is not last',
      definition: task({ Catch: [toEnd, { ...toEnd, ErrorEquals: ['A'] }] }),
      at: '/States/Work/Catch[0]/ErrorEquals',
    },
    {
      because: 'a retrier has an interval of nothing',
      definition: task({ Catch: [toEnd], Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 0 }] }),
      at: '/States/Work/Retry[0]/IntervalSeconds',
    },
    {
      because: 'a heartbeat is longer than the timeout',
      definition: task({ Catch: [toEnd], TimeoutSeconds: 5, HeartbeatSeconds: 5 }),
      at: '/States/Work/HeartbeatSeconds',
    },
    {
      because: 'a variable of the outer scope is assigned inside',
      definition: inMap({ Type: 'Pass', Assign: { x: 2 }, End: true }),
      at: '/States/Each/ItemProcessor/States/In/Assign/x',
    },
    {
      because: 'it assigns $states',
      definition: pass({ Assign: { states: 1 } }),
      at: '/States/Look/Assign/states',
    },
    {
      because: 'a Wait waits for two things',
      definition: machine({ W: { Type: 'Wait', Seconds: 1, Timestamp: '2026-01-05T09:00:00Z', End: true } }),
      at: '/States/W',
    },
    {
      because: 'a timestamp is none',
      definition: machine({ W: { Type: 'Wait', Timestamp: 'tomorrow', End: true } }),
      at: '/States/W/Timestamp',
    },
    {
      because: 'a condition is no expression',
      definition: machine({ C: { Type: 'Choice', Choices: [{ Condition: 'yes', Next: 'End' }] }, ...end }),
      at: '/States/C/Choices[0]/Condition',
    },
    {
      because: 'its type is unknown',
      definition: machine({ T: { Type: 'Jump', End: true } }),
      at: '/States/T/Type',
    },
    {
      because: 'its type is the name of something that every object has',
      definition: machine({ T: { Type: 'constructor', End: true } }),
      at: '/States/T/Type',
    },
    {
      because: 'its name has more than 80 characters',
      definition: machine({ ['T'.repeat(81)]: { Type: 'Pass', End: true } }),
      at: `/States/${'T'.repeat(81)}`,
    },
    {
      because: 'it calls no function by name',
      definition: task({ Catch: [toEnd], Arguments: { Payload: 1 } }),
      at: '/States/Work/Arguments',
    },
    {
      because: 'it reads the result before there is one',
      definition: task({
        Catch: [toEnd],
        Arguments: { FunctionName: 'work', Payload: { a: '{% $f(1 + $states.result.a) %}' } },
      }),
      at: '/States/Work/Arguments/Payload/a',
    },
    {
      because: 'it reads the result of a state that has none',
      definition: pass({ Output: '{% $states.result %}' }),
      at: '/States/Look/Output',
    },
    {
      because: 'it reads the result where there was an error',
      definition: task({ Catch: [{ ...toEnd, Output: '{% $states.result %}' }] }),
      at: '/States/Work/Catch[0]/Output',
    },
    {
      because: 'it reads the error where there was none',
      definition: task({ Catch: [toEnd], Output: { e: '{% $states.errorOutput.Cause %}' } }),
      at: '/States/Work/Output/e',
    },
    {
      because: 'its resource is not implemented',
      definition: task({ Catch: [toEnd], Resource: 'arn:aws:states:::sqs:sendMessage' }),
      at: '/States/Work/Resource',
    },
    {
      because: 'it calls for a distributed Map',
      definition: machine({
        M: {
          Type: 'Map',
          End: true,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED' },
            StartAt: 'E',
            States: { E: { Type: 'Succeed' } },
          },
        },
      }),
      at: '/States/M/ItemProcessor/ProcessorConfig/Mode',
    },
    {
      because: 'its language is JSONPath',
      definition: { StartAt: 'P', States: { P: { Type: 'Pass', Result: 1, End: true } } },
      at: '/States/P',
    },
  ])('because $because', ({ definition, at }) => {
    expect(checkDefinition(definition).map(({ location }) => location)).toEqual([at]);
  });
});

describe('a definition is accepted', () => {
  test.each([
    {
      although: 'a catcher of a Map assigns what is assigned inside',
      definition: inMap(
        { Type: 'Pass', Assign: { y: 2 }, End: true },
        { Catch: [{ ErrorEquals: ['A'], Assign: { y: 3 }, Next: 'Each' }] },
      ),
    },
    {
      although: 'it reads the result and the error, each where it is',
      definition: task({
        Catch: [
          { ...toEnd, Assign: { e: '{% $states.errorOutput %}' }, Output: '{% $states.errorOutput %}' },
        ],
        Assign: { r: '{% $states.result %}' },
        Output: '{% $states.result.Payload %}',
      }),
    },
    {
      although: 'its arguments are an expression, which may name a function',
      definition: task({ Catch: [toEnd], Arguments: '{% $states.input %}' }),
    },
    {
      although: 'its name has 80 characters',
      definition: machine({ ['T'.repeat(80)]: { Type: 'Pass', End: true } }),
    },
    { although: 'a literal looks like a path', definition: pass({ Output: { 'a.$': '$.b' } }) },
    {
      although: 'one of its states, which uses no language, is left to JSONPath',
      definition: {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% 1 %}', Next: 'B' },
          B: { Type: 'Pass', End: true },
        },
      },
    },
    {
      although: 'its retriers are empty',
      definition: machine({ Work: { ...calling('work'), Retry: [], Catch: [] } }),
    },
  ])('although $although', ({ definition }) => {
    expect(checkDefinition(definition)).toEqual([]);
  });
});

test('all problems are told at once', () => {
  const definition = machine({ Look: { Type: 'Pass', Wrong: 1, Output: '{% ( %}', Next: 'Lost' } });

  expect(checkDefinition(definition)).toHaveLength(3);
});

test('what AWS would refuse is told before what is not implemented', () => {
  const definition = task({ Catch: [toEnd], Resource: 'arn:aws:states:::sqs:sendMessage', Wrong: 1 });

  expect(checkDefinition(definition).map(({ code }) => code)).toEqual(['SCHEMA_VALIDATION_FAILED']);
});

test('an execution of a refused definition does not start', () => {
  const start = () => startExecution({ definition: {}, input: {}, clock: realClock(), invoke: () => null });

  expect(start).toThrow('These fields are required: [States, StartAt] at /');
});
