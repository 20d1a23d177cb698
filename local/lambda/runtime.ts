/** AWS Lambda: runs the real handlers, in this process, with a context and a deadline by the world's clock. */
import type { Context } from 'aws-lambda';
import { AwsError, account, region } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { type AsyncFailure, type AsyncPolicy, attempting, defaultAsyncPolicy } from './async-invocation.ts';
import { FunctionError, functionError } from './function-error.ts';
import { underWay } from './pause.ts';
import { returned, written } from './payload.ts';
import { uuid } from './uuid.ts';

// biome-ignore lint/suspicious/noExplicitAny: an event is what its producer sends; the handler checks it
export type LambdaFunction = (event: any, context: Context) => Promise<unknown>;

/** Stands between every invocation and its function: crashes and cold starts go here. Time passes by `pause`. */
export type AroundFunction = (
  functionName: string,
  run: () => Promise<unknown>,
  event: unknown,
) => Promise<unknown>;

export interface LambdaRuntimeOptions {
  clock: Clock;
  functions: Readonly<Record<string, LambdaFunction>>;
  around?: AroundFunction;
  /** How many invocations run at once now, of all functions together; without an end where absent. */
  concurrency?: () => number;
  /** From 0 to 1, for request ids. */
  random?: () => number;
  /** By a function's name. 20, SST's default, where absent. */
  timeoutSeconds?: (functionName: string) => number;
  asyncPolicy?: Partial<AsyncPolicy>;
  /** An asynchronous invocation that was given up: what an on-failure destination receives. */
  onAsyncFailure?: (failure: AsyncFailure) => void;
}

export interface InvokeOptions {
  timeoutSeconds?: number;
  /** Of an asynchronous invocation, instead of `asyncPolicy`. */
  maximumRetryAttempts?: number;
}

export interface LambdaRuntime {
  /**
   * Runs a function and answers what it returned. Rejects with `FunctionError` when it threw or ran out of time, and
   * with an `AwsError` when it was never run: `ResourceNotFoundException`, `RequestEntityTooLargeException`,
   * `TooManyRequestsException`.
   */
  invoke(functionName: string, payload: unknown, options?: InvokeOptions): Promise<unknown>;
  /** Resolves when the event is taken. What the function fails at is repeated twice, with the same request id. */
  invokeAsync(functionName: string, payload: unknown, options?: InvokeOptions): Promise<void>;
  /** The asynchronous invocations that were given up, the oldest first. */
  asyncFailures(): readonly AsyncFailure[];
}

export function lambdaRuntime(options: LambdaRuntimeOptions): LambdaRuntime {
  const { clock, functions, random = Math.random, asyncPolicy, onAsyncFailure } = options;
  const { around = (_functionName, invoke) => invoke(), concurrency = () => Number.POSITIVE_INFINITY } =
    options;
  let running = 0;
  const failures: AsyncFailure[] = [];

  function find(functionName: string): LambdaFunction {
    const found = Object.hasOwn(functions, functionName) ? functions[functionName] : undefined;
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn(functionName)}`, 404);
  }

  async function run(
    functionName: string,
    text: string,
    requestId: string,
    given: InvokeOptions,
  ): Promise<unknown> {
    const handler = find(functionName);
    if (running >= concurrency()) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    running += 1;
    const timeoutSeconds = given.timeoutSeconds ?? options.timeoutSeconds?.(functionName) ?? 20;
    const deadline = clock.now() + timeoutSeconds * 1000;
    const context = contextOf(functionName, requestId, () => Math.max(0, deadline - clock.now()));
    const over = new AbortController();
    const { promise: timedOut, reject } = Promise.withResolvers<never>();
    const cancel = clock.after(timeoutSeconds * 1000, () => {
      const message = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
      reject(new FunctionError('Sandbox.Timedout', message));
      over.abort();
    });
    const event = JSON.parse(text);
    const invoke = async () => handler(event, context);
    const working = underWay(clock, over.signal, () => around(functionName, invoke, event)).catch(
      (thrown) => {
        throw functionError(thrown);
      },
    );
    try {
      return returned(await Promise.race([working, timedOut]));
    } finally {
      running -= 1;
      cancel();
    }
  }

  return {
    async invoke(functionName, payload, given = {}) {
      return run(functionName, written(payload, 'RequestResponse'), uuid(random), given);
    },

    async invokeAsync(functionName, payload, given = {}) {
      find(functionName);
      const text = written(payload, 'Event');
      const requestId = uuid(random);
      // A turn later: the one who invokes does not wait for the function.
      clock.after(0, () => {
        void attempting({
          clock,
          policy: { ...defaultAsyncPolicy, ...asyncPolicy, ...ownPolicy(given) },
          run: () => run(functionName, text, requestId, given),
          failed(outcome) {
            const failure = { functionName, requestId, payload: JSON.parse(text), ...outcome };
            failures.push(failure);
            onAsyncFailure?.(failure);
          },
        });
      });
    },

    asyncFailures: () => failures,
  };
}

const ownPolicy = ({ maximumRetryAttempts }: InvokeOptions) =>
  maximumRetryAttempts === undefined ? {} : { maximumRetryAttempts };

export const functionArn = (functionName: string) =>
  `arn:aws:lambda:${region}:${account}:function:${functionName}`;

function contextOf(
  functionName: string,
  awsRequestId: string,
  getRemainingTimeInMillis: () => number,
): Context {
  const context: Omit<Context, 'done' | 'fail' | 'succeed'> = {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn(functionName),
    memoryLimitInMB: '1024',
    awsRequestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: '[$LATEST]local',
    getRemainingTimeInMillis,
  };
  // The type still has the callbacks that runtimes from nodejs24.x on do not give.
  return context as Context;
}
