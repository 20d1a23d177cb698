/** Which Retry and Catch means which error. */
import { describe, expect, test } from 'vitest';
import { lambdaError, taskError } from '../../local/asl/index.ts';
import { calling, machine, play, taking, waitingForToken } from '../support/asl-run.ts';

const boom = () => {
  throw lambdaError({ errorType: 'Boom', errorMessage: 'it happened', trace: [] });
};

/** The name by which the error of `state` was caught first. */
async function caughtAs(names: string[], state: Record<string, unknown>, work: () => unknown) {
  const states = Object.fromEntries(names.map((name) => [name, { Type: 'Pass', Output: name, End: true }]));
  const Catch = names.map((name) => ({ ErrorEquals: [name], Next: name }));
  const execution = await play(machine({ Work: { ...state, Catch }, ...states }), { work }).over();
  return execution.status === 'FAILED' ? execution.error : execution.output;
}

describe('a catcher', () => {
  const slow = { ...calling('work'), TimeoutSeconds: 5 };
  const silent = { ...waitingForToken('work'), HeartbeatSeconds: 5 };

  test.each([
    {
      it: 'of States.TaskFailed takes any error of a function',
      names: ['States.TaskFailed'],
      state: calling('work'),
      work: boom,
      as: 'States.TaskFailed',
    },
    {
      it: 'of States.TaskFailed does not take a timeout',
      names: ['States.TaskFailed'],
      state: slow,
      work: undefined,
      as: 'States.Timeout',
    },
    {
      it: 'of States.ALL takes a timeout that States.TaskFailed left',
      names: ['States.TaskFailed', 'States.ALL'],
      state: slow,
      work: undefined,
      as: 'States.ALL',
    },
    {
      it: 'of States.Timeout takes a missed heartbeat',
      names: ['States.Timeout'],
      state: silent,
      work: undefined,
      as: 'States.Timeout',
    },
    {
      it: 'of States.HeartbeatTimeout takes a missed heartbeat',
      names: ['States.HeartbeatTimeout', 'States.ALL'],
      state: silent,
      work: undefined,
      as: 'States.HeartbeatTimeout',
    },
    {
      it: 'of States.HeartbeatTimeout does not take a timeout',
      names: ['States.HeartbeatTimeout', 'States.ALL'],
      state: slow,
      work: undefined,
      as: 'States.ALL',
    },
    {
      it: 'of States.ALL does not take States.Runtime',
      names: ['States.ALL'],
      state: calling('work'),
      work: () => {
        throw taskError('States.Runtime', 'broken');
      },
      as: 'States.Runtime',
    },
    {
      it: 'takes a name of the platform',
      names: ['Lambda.ServiceException'],
      state: calling('work'),
      work: () => {
        throw taskError('Lambda.ServiceException', 'unavailable');
      },
      as: 'Lambda.ServiceException',
    },
  ])('$it', async ({ names, state, work, as }) => {
    const never = () => (state === silent ? undefined : new Promise(() => {}));

    expect(await caughtAs(names, state, work ?? never)).toBe(as);
  });
});

test('the cause of an error that a function threw is the whole of what Lambda answered', async () => {
  const execution = await play(machine({ Work: calling('work') }), { work: boom }).over();

  expect(execution.error).toBe('Boom');
  expect(JSON.parse(String(execution.cause))).toEqual({
    errorType: 'Boom',
    errorMessage: 'it happened',
    trace: [],
  });
});

test('an ordinary exception gives its name as the error and its message as the cause', async () => {
  const work = () => {
    throw new RangeError('too far');
  };

  const execution = await play(machine({ Work: calling('work') }), { work }).over();

  expect([execution.error, execution.cause]).toEqual(['RangeError', 'too far']);
});

test('the random number shortens a delay with full jitter, and no other', async () => {
  const retry = (JitterStrategy: string) => ({
    ...calling('work'),
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 1, JitterStrategy }],
  });
  const seconds = async (strategy: string) => {
    const scene = play(machine({ Work: retry(strategy) }), { work: boom }, { random: () => 0.25 });
    const { startTime, stopTime = 0 } = await scene.over();
    return (stopTime - startTime) / 1000;
  };

  expect([await seconds('FULL'), await seconds('NONE')]).toEqual([2.5, 10]);
});

test('a function that answers after its task has timed out changes nothing', async () => {
  const state = {
    ...calling('work'),
    TimeoutSeconds: 5,
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Rest' }],
  };
  const scene = play(machine({ Work: state, Rest: { Type: 'Wait', Seconds: 60, End: true } }), {
    work: taking(20, 'late'),
  });

  await scene.over();

  expect(scene.types().filter((type) => type.startsWith('Task'))).toEqual([
    ...['TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskTimedOut', 'TaskStateExited'],
  ]);
});

test('the signal that a function is given says when nobody waits for it any more', async () => {
  const signals: AbortSignal[] = [];
  const scene = play(machine({ Work: { ...calling('work'), TimeoutSeconds: 5 } }), {
    work({ timeoutSignal }) {
      signals.push(timeoutSignal);
      return new Promise(() => {});
    },
  });

  await scene.clock.advance(4_999);
  const before = signals[0]?.aborted;
  await scene.clock.advance(1);

  expect([before, signals[0]?.aborted]).toEqual([false, true]);
});

test('the arguments of each attempt are evaluated anew, and see how often it was retried', async () => {
  const counts: unknown[] = [];
  const state = {
    ...calling('work', { End: true, Retry: [{ ErrorEquals: ['Boom'], MaxAttempts: 2 }] }),
    Arguments: { FunctionName: 'work', Payload: { retried: '{% $states.context.State.RetryCount %}' } },
  };
  const scene = play(machine({ Work: state }), {
    work({ payload }) {
      counts.push(payload);
      boom();
    },
  });

  await scene.over();

  expect(counts).toEqual([{ retried: 0 }, { retried: 1 }, { retried: 2 }]);
});
