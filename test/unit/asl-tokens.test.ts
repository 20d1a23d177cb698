/** Task tokens: who may end a waiting task, when, and how often. */
import { expect, test } from 'vitest';
import { calling, machine, play, taking, waitingForToken } from '../support/asl-run.ts';

function waitingScene(more: Record<string, unknown> = { End: true }) {
  const given: string[] = [];
  const scene = play(machine({ Ask: waitingForToken('ask', more) }), {
    ask({ token = '', payload }) {
      given.push(token, (payload as { token: string }).token);
    },
  });
  return { ...scene, given, token: () => given[0] ?? '' };
}

test('a function is given the token that the definition put into its payload', async () => {
  const { clock, given } = waitingScene();

  await clock.advance(0);

  expect(given[0]).toBeTruthy();
  expect(given[0]).toBe(given[1]);
});

test('what is sent with success is the result of the task', async () => {
  const { clock, execution, token, types } = waitingScene();

  await clock.advance(5_000);
  execution.sendTaskSuccess(token(), { approved: true });
  await clock.advance(0);

  expect(execution.output).toEqual({ approved: true });
  expect(types().slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
});

test('a token is good for one answer', async () => {
  const { clock, execution, token } = waitingScene();
  await clock.advance(0);

  execution.sendTaskSuccess(token(), 1);

  expect(() => execution.sendTaskSuccess(token(), 2)).toThrow(
    expect.objectContaining({ name: 'TaskTimedOut' }),
  );
  await clock.advance(0);
  expect(execution.output).toBe(1);
});

test('an answer after the task has timed out is refused', async () => {
  const { clock, execution, token } = waitingScene({ End: true, TimeoutSeconds: 10 });

  await clock.advance(10_000);

  expect(execution.error).toBe('States.Timeout');
  expect(() => execution.sendTaskHeartbeat(token())).toThrow(
    expect.objectContaining({ name: 'TaskTimedOut' }),
  );
});

test('a token that was never given out is invalid', () => {
  const { execution } = waitingScene();

  expect(() => execution.sendTaskSuccess('nonsense', 1)).toThrow(
    expect.objectContaining({ name: 'InvalidToken' }),
  );
});

test('an answer counts that comes while the function is still running, even if it fails afterwards', async () => {
  const scene = play(machine({ Ask: waitingForToken('ask') }), {
    async ask({ token = '' }, clock) {
      scene.execution.sendTaskSuccess(token, 'granted');
      await new Promise<void>((resolve) => clock.after(1_000, resolve));
      throw new Error('lost connection');
    },
  });

  const { output } = await scene.over();

  expect(output).toBe('granted');
});

test('a task that is tried again waits for a new token', async () => {
  const tokens: string[] = [];
  const Retry = [{ ErrorEquals: ['Again'], MaxAttempts: 1 }];
  const scene = play(machine({ Ask: waitingForToken('ask', { End: true, Retry }) }), {
    ask: ({ token = '' }) => void tokens.push(token),
  });

  await scene.clock.advance(0);
  scene.execution.sendTaskFailure(tokens[0] ?? '', { error: 'Again' });
  await scene.clock.advance(1_000);
  scene.execution.sendTaskSuccess(tokens[1] ?? '', 'second');
  const { output } = await scene.over();

  expect(output).toBe('second');
  expect(new Set(tokens).size).toBe(2);
});

test('a failure without error and cause is caught with both as null', async () => {
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
  const definition = machine({
    Ask: waitingForToken('ask', { End: true, Catch }),
    Caught: { Type: 'Pass', End: true },
  });
  const tokens: string[] = [];
  const scene = play(definition, { ask: ({ token = '' }) => void tokens.push(token) });
  await scene.clock.advance(0);

  scene.execution.sendTaskFailure(tokens[0] ?? '');

  expect((await scene.over()).output).toEqual({ Error: null, Cause: null });
});

test('stopping an execution ends it at once and without a catcher', async () => {
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
  const definition = machine({
    Work: calling('work', { End: true, Catch }),
    Caught: { Type: 'Pass', End: true },
  });
  const scene = play(definition, { work: () => new Promise(() => {}) });
  await scene.clock.advance(1_000);

  scene.execution.stop({ error: 'ByHand', cause: 'enough' });

  expect(scene.execution).toMatchObject({ status: 'ABORTED', error: 'ByHand', cause: 'enough' });
  await scene.clock.advance(1_000);
  expect(scene.types().at(-1)).toBe('ExecutionAborted');
});

test('one heartbeat does not make up for the next that is missed', async () => {
  const { clock, execution, token } = waitingScene({ End: true, HeartbeatSeconds: 10 });

  await clock.advance(8_000);
  execution.sendTaskHeartbeat(token());
  await clock.advance(9_999);
  const before = execution.status;
  await clock.advance(1);

  expect([before, execution.error]).toEqual(['RUNNING', 'States.Timeout']);
});

test('a function that returns after its task has timed out has not submitted anything', async () => {
  const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Rest' }];
  const definition = machine({
    Ask: waitingForToken('ask', { End: true, TimeoutSeconds: 5, Catch }),
    Rest: { Type: 'Wait', Seconds: 60, End: true },
  });
  const scene = play(definition, { ask: taking(20) });

  await scene.over();

  expect(scene.types()).not.toContain('TaskSubmitted');
});
