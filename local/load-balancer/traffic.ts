/** People who use the service: requests at a steady rate, whether or not the earlier ones have been answered. */
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Clock } from '../clock.ts';
import { type Seen, tally } from './tally.ts';

export interface TrafficResult {
  /** `undefined` when there was no answer. */
  status: number | undefined;
  milliseconds: number;
  /** At most the first 4 KiB. */
  body: string;
}

export interface Traffic {
  /** Since the start or of the last seconds, at most 300. */
  seen(lastSeconds?: number): Seen;
  /** No more requests; those under way are broken off. */
  stop(): void;
}

interface TrafficOptions {
  clock: Clock;
  url: string;
  requestsPerSecond: number;
  onResult?: (result: TrafficResult) => void;
  /** Milliseconds from any origin. Only durations are measured with it. */
  stopwatch?: () => number;
  timeoutSeconds?: number;
}

export function traffic(options: TrafficOptions): Traffic {
  const { clock, url, requestsPerSecond, onResult, timeoutSeconds = 10 } = options;
  const stopwatch = options.stopwatch ?? (() => performance.now());
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const counted = tally(clock);
  const began = clock.now();
  let sent = 0;
  let stopped = false;

  function send() {
    const start = stopwatch();
    let body = '';
    let answer: IncomingMessage | undefined;
    const asked = request(url, { agent });
    const cancel = clock.after(timeoutSeconds * 1000, () => asked.destroy(new Error('no answer in time')));
    const done = (answered: number | undefined) => {
      cancel();
      if (stopped) return;
      const milliseconds = stopwatch() - start;
      counted.add(answered === undefined || answered >= 500, milliseconds);
      onResult?.({ status: answered, milliseconds, body });
    };
    asked.once('response', (response) => {
      answer = response;
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body = (body + text).slice(0, 4096);
      });
      response.on('error', () => {});
    });
    asked.on('error', () => {});
    // Also after an error, and after half an answer: then the response is not complete.
    asked.once('close', () => done(answer?.complete ? answer.statusCode : undefined));
    asked.end();
  }

  let cancelNext = () => {};
  const next = () => {
    // What a machine that slept has missed is not made up for.
    sent = Math.max(sent, Math.floor(((clock.now() - began - 1000) * requestsPerSecond) / 1000));
    const due = began + (sent * 1000) / requestsPerSecond;
    cancelNext = clock.after(due - clock.now(), () => {
      sent += 1;
      send();
      next();
    });
  };
  next();

  return {
    seen: counted.seen,
    stop() {
      stopped = true;
      cancelNext();
      agent.destroy();
    },
  };
}
