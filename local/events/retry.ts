/** EventBridge's retries of one delivery, by the clock, until its age or its attempts are used up. */
import type { Clock } from '../clock.ts';

export interface RetryPolicy {
  /** 60 to 86,400. */
  maximumEventAgeSeconds: number;
  /** Beside the first attempt: 0 to 185. */
  maximumRetryAttempts: number;
}

/** What AWS does where a target names no policy. */
export const defaultRetryPolicy: RetryPolicy = { maximumEventAgeSeconds: 86_400, maximumRetryAttempts: 185 };

/** As the attributes of a message in a dead-letter queue say it. */
export interface Failure {
  error: unknown;
  retryAttempts: number;
  /** Absent where the error is one that no retry would help. */
  exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';
}

/** A target that is gone, or that refuses us, is not asked again. */
const final = new Set(['ResourceNotFoundException', 'AccessDeniedException']);

const firstBackoffMs = 1000;
const longestBackoffMs = 600_000;

export interface Delivering {
  clock: Clock;
  random: () => number;
  policy: RetryPolicy;
  deliver: () => Promise<unknown>;
  failed: (failure: Failure) => void;
}

/** Doubling, less up to half of it by chance. The first attempt is made at once. */
export async function retrying({ clock, random, policy, deliver, failed }: Delivering): Promise<void> {
  const end = clock.now() + policy.maximumEventAgeSeconds * 1000;

  async function attempt(retryAttempts: number): Promise<void> {
    try {
      await deliver();
    } catch (error) {
      const giveUp = (exhausted?: Failure['exhausted']) =>
        failed({ error, retryAttempts, ...(exhausted && { exhausted }) });
      if (final.has((error as Error).name)) return giveUp();
      if (retryAttempts >= policy.maximumRetryAttempts) return giveUp('MaximumRetryAttempts');
      const ceiling = Math.min(firstBackoffMs * 2 ** retryAttempts, longestBackoffMs);
      const backoff = Math.ceil(ceiling * (0.5 + random() / 2));
      if (clock.now() + backoff > end) return giveUp('MaximumEventAgeInSeconds');
      clock.after(backoff, () => void attempt(retryAttempts + 1));
    }
  }
  await attempt(0);
}
