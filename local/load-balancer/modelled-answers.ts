/** What many modelled requests come to, drawn at once: how many failed, and how often each response time was seen. */
import type { Behaviour } from '../engine/behaviour.ts';
import { binomial } from '../engine/random.ts';
import type { ElbPeriod } from './elb-period.ts';
import { latencyTable } from './latency-table.ts';

/** Counts requests to `/` in a period, as `answerOf` would answer each of them. */
export function modelledAnswers(random: () => number) {
  return ({ errorRate, latencyMs }: Behaviour, requests: number, period: ElbPeriod): void => {
    if (requests <= 0) return;
    const failed = binomial(random, requests, errorRate);
    const byStatus = new Map([
      [200, requests - failed],
      [500, failed],
    ]);
    period.answeredMany(byStatus, latencyTable(latencyMs).draw(random, requests));
  };
}
