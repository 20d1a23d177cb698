/** Lambda's own repetition of an asynchronous invocation: after one minute, and two minutes later. */
import { AwsError } from '../aws-service.ts';
import type { Clock } from '../clock.ts';

export interface AsyncPolicy {
  /** Beside the first attempt: 0 to 2. */
  maximumRetryAttempts: number;
  /** 60 to 21,600. */
  maximumEventAgeSeconds: number;
}

export const defaultAsyncPolicy: AsyncPolicy = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 };

/** As an on-failure destination tells it. */
export interface AsyncFailure {
  functionName: string;
  /** The same for every attempt. */
  requestId: string;
  payload: unknown;
  condition: 'RetriesExhausted' | 'EventAgeExceeded';
  attempts: number;
  /** What the last attempt ended with. */
  error: unknown;
}

const delaysMs = [60_000, 120_000];

/** What found no room to run in goes back to the queue, doubling from one second to five minutes. */
const queuedMs = (times: number) => Math.min(1000 * 2 ** times, 300_000);
const foundNoRoom = (error: unknown) =>
  error instanceof AwsError && error.code === 'TooManyRequestsException';

export interface Attempting {
  clock: Clock;
  policy: AsyncPolicy;
  run: () => Promise<unknown>;
  failed: (outcome: Pick<AsyncFailure, 'condition' | 'attempts' | 'error'>) => void;
}

export async function attempting({ clock, policy, run, failed }: Attempting): Promise<void> {
  const end = clock.now() + policy.maximumEventAgeSeconds * 1000;

  async function attempt(attempts: number, queued: number): Promise<void> {
    try {
      await run();
    } catch (error) {
      const noRoom = foundNoRoom(error);
      const delay = noRoom ? queuedMs(queued) : delaysMs[attempts - 1];
      if (delay === undefined || (!noRoom && attempts > policy.maximumRetryAttempts)) {
        failed({ condition: 'RetriesExhausted', attempts, error });
      } else if (clock.now() + delay > end) {
        failed({ condition: 'EventAgeExceeded', attempts, error });
      } else {
        clock.after(delay, () => void (noRoom ? attempt(attempts, queued + 1) : attempt(attempts + 1, 0)));
      }
    }
  }
  await attempt(1, 0);
}
