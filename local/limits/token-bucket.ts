/** A token bucket: so many calls at once, and then so many a second. */
import type { Clock } from '../clock.ts';

export interface Rate {
  burst: number;
  perSecond: number;
}

export interface TokenBucket {
  /** Takes a token. False where there is none: then nothing is taken. */
  take(): boolean;
  /** Takes a token, be it one that is yet to come: answers in how many milliseconds it does. */
  await(): number;
}

/** Full at first. As in AWS's description of its own, tokens come once a second, all that belong to it. */
export function tokenBucket({ burst, perSecond }: Rate, clock: Pick<Clock, 'now'>): TokenBucket {
  let tokens = burst;
  let filledAt = clock.now();

  function fill() {
    const seconds = Math.floor((clock.now() - filledAt) / 1000);
    tokens = Math.min(burst, tokens + seconds * perSecond);
    filledAt += seconds * 1000;
  }

  return {
    take() {
      fill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },

    await() {
      fill();
      tokens -= 1;
      if (tokens >= 0) return 0;
      return filledAt + Math.ceil(-tokens / perSecond) * 1000 - clock.now();
    },
  };
}
