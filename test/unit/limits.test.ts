/** Limits that make their caller wait, or that hold for all functions together. */
import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { pause } from '../../local/lambda/pause.ts';
import { lambdaRuntime } from '../../local/lambda/runtime.ts';
import { tokenBucket } from '../../local/limits/token-bucket.ts';
import { statesService } from '../../local/states/states.ts';
import { calling, machine } from '../support/asl-run.ts';

test('a bucket that is waited for answers when each token comes', () => {
  const bucket = tokenBucket({ burst: 2, perSecond: 4 }, { now: () => 500 });

  const waits = Array.from({ length: 8 }, bucket.await);

  expect(waits).toEqual([0, 0, 1000, 1000, 1000, 1000, 2000, 2000]);
});

describe('the state transitions of an account', () => {
  const definition = machine({
    First: calling('f', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }], Next: 'Second' }),
    Second: { Type: 'Pass', Next: 'Third' },
    Third: { Type: 'Succeed' },
  });

  /** How long after its start each execution entered its states. */
  async function entered(burst: number, executions: number, failures = 0) {
    const clock = virtualClock();
    const start = clock.now();
    const times: number[] = [];
    let calls = 0;
    const { service } = statesService({
      clock,
      invoke() {
        calls += 1;
        if (calls <= failures) throw new Error('again');
      },
      transitionDelayMs: tokenBucket({ burst, perSecond: 1 }, clock).await,
      onHistory: (_arn, { type, timestamp }) =>
        type.endsWith('StateEntered') && times.push((timestamp.getTime() - start) / 1000),
    });
    const created = await service.operations.CreateStateMachine?.({
      name: 'machine',
      definition: JSON.stringify(definition),
      roleArn: 'arn:aws:iam::123456789012:role/machine',
    });
    const { stateMachineArn } = created as { stateMachineArn: string };

    for (let index = 0; index < executions; index += 1) {
      await service.operations.StartExecution?.({ stateMachineArn });
    }
    await clock.advance(60_000);

    return times;
  }

  test('are delayed, not refused, when they are too many', async () => {
    expect(await entered(2, 1)).toEqual([0, 0, 1]);
  });

  test('are counted for all executions together', async () => {
    expect(await entered(2, 2)).toEqual([0, 0, 1, 2, 3, 4]);
  });

  test('include another attempt at a state', async () => {
    expect(await entered(1, 1, 1)).toEqual([0, 2, 3]);
  });
});

describe('functions at the limit of their concurrency', () => {
  function world(concurrency: number) {
    const clock = virtualClock();
    const ran: number[] = [];
    const runtime = lambdaRuntime({
      clock,
      concurrency: () => concurrency,
      functions: {
        async f() {
          ran.push(clock.now());
          await pause(clock, 5000);
        },
      },
    });
    return { clock, ran, start: clock.now(), ...runtime };
  }

  test('are refused to who waits for them', async () => {
    const { clock, invoke } = world(1);

    const first = invoke('f', {});
    const second = invoke('f', {});
    const refused = expect(second).rejects.toMatchObject({ name: 'TooManyRequestsException', status: 429 });
    await clock.advance(6000);

    await refused;
    expect(await first).toBeNull();
  });

  test('run events later, as often as it takes: that is no failure', async () => {
    const { clock, ran, start, invokeAsync, asyncFailures } = world(1);

    await invokeAsync('f', {});
    await invokeAsync('f', {});
    await clock.advance(60_000);

    expect(ran.map((at) => at - start)).toEqual([0, 7000]);
    expect(asyncFailures()).toEqual([]);
  });

  test('are free again after a function that failed', async () => {
    const clock = virtualClock();
    const { invoke } = lambdaRuntime({
      clock,
      concurrency: () => 1,
      functions: { f: () => Promise.reject(new Error('no')) },
    });

    await expect(invoke('f', {})).rejects.toThrow('no');

    await expect(invoke('f', {})).rejects.toThrow('no');
  });
});
