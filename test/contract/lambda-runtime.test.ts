import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { lambda } from '../../functions/lambda.ts';
import { runtimeIn } from '../../functions/runtime.ts';
import { defineStep } from '../../functions/step.ts';
import { virtualClock } from '../../local/clock.ts';
import { answering } from '../../local/door/answering.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';
import { FunctionError } from '../../local/lambda/function-error.ts';
import { pause } from '../../local/lambda/pause.ts';
import { type LambdaFunction, type LambdaRuntimeOptions, lambdaRuntime } from '../../local/lambda/runtime.ts';
import { surroundings } from '../support/surroundings.ts';

const common = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

function world(handler: LambdaFunction, options: Partial<LambdaRuntimeOptions> = {}) {
  const clock = virtualClock();
  return { clock, ...lambdaRuntime({ clock, functions: { f: handler }, random: () => 0.5, ...options }) };
}
const error = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('a function', () => {
  test('receives and answers what JSON can carry', async () => {
    const { invoke } = world(async (event) => ({ event, at: new Date(0), left: undefined }));

    expect(await invoke('f', { a: 1, b: undefined })).toEqual({
      event: { a: 1 },
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  test('that answers nothing answers null', async () => {
    expect(await world(async () => undefined).invoke('f', {})).toBeNull();
  });

  test('learns who it is and how long it has', async () => {
    let seen: Context | undefined;
    const { clock, invoke } = world(async (_event, context) => {
      seen = context;
      const before = context.getRemainingTimeInMillis();
      await pause(clock, 4000);
      return [before, context.getRemainingTimeInMillis()];
    });

    const remaining = invoke('f', {}, { timeoutSeconds: 10 });
    await clock.advance(4000);

    expect(await remaining).toEqual([10_000, 6000]);
    expect(seen).toMatchObject({
      functionName: 'f',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:f',
      memoryLimitInMB: '1024',
      awsRequestId: '88888888-8888-4888-8888-888888888888',
      callbackWaitsForEmptyEventLoop: true,
    });
  });

  test('may be made by middy', async () => {
    const handler = middy<{ a: number }, number>().handler(async ({ a }) => a + 1);

    expect(await world(handler).invoke('f', { a: 1 })).toBe(2);
  });

  test("may be one of Tidegate's steps: a broken contract is told by its name", async () => {
    const input = z.strictObject({ a: z.number() });
    const step = defineStep({
      name: 'Add',
      uses: {},
      input,
      output: z.number(),
      errors: ['Transient'],
      run: async ({ a }) => a + 1,
    });
    const quiet = { info() {}, warn() {} };
    const kept: unknown[] = [];
    const table = {
      target: 'DynamoDB_20120810',
      operations: { UpdateItem: (item: unknown) => kept.push(item) && {} },
    };
    const here = surroundings({
      client: { ...common, requestHandler: inProcessHandler(answering({ services: [table] })) },
    });
    const handler = lambda(step, async () => runtimeIn(here, quiet));
    const { invoke } = world(handler);

    expect(await invoke('f', { execution: 'arn', a: 1 })).toBe(2);
    expect(kept).toMatchObject([{ Key: { key: { S: 'release arn' } }, TableName: 'tidegate' }]);
    await expect(invoke('f', { execution: 'arn', b: 1 })).rejects.toMatchObject({
      name: 'ContractViolation',
    });
  });
});

describe('a function fails with', () => {
  test('the name of what it threw, and the whole of it as JSON text', async () => {
    const { invoke } = world(async () => {
      throw error('ReleaseRejected', 'not today');
    });

    const failed = invoke('f', {});

    await expect(failed).rejects.toBeInstanceOf(FunctionError);
    await expect(failed).rejects.toMatchObject({
      name: 'ReleaseRejected',
      message: 'not today',
      cause: '{"errorType":"ReleaseRejected","errorMessage":"not today","trace":[]}',
    });
  });

  test('the type of what is no error', async () => {
    const { invoke } = world(() => Promise.reject('words'));

    await expect(invoke('f', {})).rejects.toMatchObject({ name: 'string', message: 'words' });
  });

  test('Sandbox.Timedout when its time is over, by the clock; it never goes on', async () => {
    let wentOn = false;
    const { clock, invoke } = world(async () => {
      await pause(clock, 5000);
      wentOn = true;
    });

    const failed = expect(invoke('f', {}, { timeoutSeconds: 3 })).rejects.toMatchObject({
      name: 'Sandbox.Timedout',
      message: 'RequestId: 88888888-8888-4888-8888-888888888888 Error: Task timed out after 3.00 seconds',
    });
    await clock.advance(10_000);

    await failed;
    expect(wentOn).toBe(false);
  });

  test.each([
    {
      it: 'an answer over 6 MB',
      answer: () => 'x'.repeat(6 * 1024 ** 2 + 100),
      name: 'Function.ResponseSizeTooLarge',
    },
    { it: 'an answer that is no JSON', answer: () => 1n, name: 'Runtime.MarshalError' },
  ])('$name for $it', async ({ answer, name }) => {
    await expect(world(async () => answer()).invoke('f', {})).rejects.toMatchObject({ name });
  });
});

describe('Lambda refuses', () => {
  test('a function that is not there', async () => {
    await expect(world(async () => 1).invoke('g', {})).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
      message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:g',
    });
  });

  test('a payload over 6 MB, and an event over 1 MB', async () => {
    const { invoke, invokeAsync } = world(async () => 1);
    const tooLarge = { code: 'RequestEntityTooLargeException', status: 413 };

    await expect(invoke('f', 'x'.repeat(6 * 1024 ** 2))).rejects.toMatchObject(tooLarge);
    await expect(invokeAsync('f', 'x'.repeat(1024 ** 2))).rejects.toMatchObject(tooLarge);
  });
});

describe('an asynchronous invocation', () => {
  test('is taken before the function runs', async () => {
    let ran = false;
    const { clock, invokeAsync } = world(async () => {
      ran = true;
    });

    await invokeAsync('f', {});
    expect(ran).toBe(false);
    await clock.advance(0);

    expect(ran).toBe(true);
  });

  test('is repeated after one minute and two minutes later with the same request id, and then given up', async () => {
    const attempts: [number, string][] = [];
    const told: unknown[] = [];
    const { clock, invokeAsync, asyncFailures } = world(
      async (_event, { awsRequestId }) => {
        attempts.push([clock.now(), awsRequestId]);
        throw error('Transient', 'again');
      },
      { onAsyncFailure: (failure) => told.push(failure), random: Math.random },
    );
    const start = clock.now();

    await invokeAsync('f', { a: 1 });
    await clock.advance(3_600_000);

    expect(attempts.map(([at]) => at - start)).toEqual([0, 60_000, 180_000]);
    expect(new Set(attempts.map(([, id]) => id)).size).toBe(1);
    expect(asyncFailures()).toMatchObject([
      {
        functionName: 'f',
        payload: { a: 1 },
        condition: 'RetriesExhausted',
        attempts: 3,
        error: { name: 'Transient' },
      },
    ]);
    expect(told).toEqual(asyncFailures());
  });

  test('is repeated as often as its own settings say', async () => {
    let attempts = 0;
    const { clock, invokeAsync, asyncFailures } = world(() => {
      attempts += 1;
      return Promise.reject(new Error('no'));
    });

    await invokeAsync('f', {}, { maximumRetryAttempts: 0 });
    await clock.advance(3_600_000);

    expect(attempts).toBe(1);
    expect(asyncFailures()).toMatchObject([{ condition: 'RetriesExhausted', attempts: 1 }]);
  });

  test('is not repeated beyond its age', async () => {
    const { clock, invokeAsync, asyncFailures } = world(() => Promise.reject(new Error('no')), {
      asyncPolicy: { maximumEventAgeSeconds: 90 },
    });

    await invokeAsync('f', {});
    await clock.advance(3_600_000);

    expect(asyncFailures()).toMatchObject([{ condition: 'EventAgeExceeded', attempts: 2 }]);
  });
});

describe('a virtual clock', () => {
  test('stands still while a function works for real', async () => {
    const { clock, invoke } = world(async () => {
      for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      return clock.now();
    });
    const start = clock.now();
    let answer: unknown;
    clock.after(1, () => {
      void invoke('f', {}).then((now) => {
        answer = now;
      });
    });

    await clock.advance(1_000_000);

    expect(answer).toBe(start + 1);
  });

  test('goes on while everything in a function pauses, side by side and one after the other', async () => {
    const { clock, invoke } = world(async () => {
      const start = clock.now();
      await Promise.all([pause(clock, 100), pause(clock, 3000), pause(clock, 200)]);
      await pause(clock, 50);
      return clock.now() - start;
    });

    const took = invoke('f', {});
    await clock.advance(10_000);

    expect(await took).toBe(3050);
  });

  test('can be waited for outside of any function, too', async () => {
    const clock = virtualClock();

    const paused = pause(clock, 1000).then(() => clock.now());
    await clock.advance(2000);

    expect(await paused).toBe(Date.UTC(2026, 0, 5, 9, 0, 1));
  });
});
