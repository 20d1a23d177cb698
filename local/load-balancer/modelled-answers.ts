/** What many modelled requests come to, drawn at once: how many failed, and how often each response time was seen. */
import { add } from '../cloudwatch/distribution.ts';
import type { Behaviour } from '../engine/behaviour.ts';
import { binomial } from '../engine/random.ts';
import type { ElbPeriod } from './elb-period.ts';
import { latencyTable } from './latency-table.ts';

/** Requests to `/` of a target that behaves so; undefined where nothing listens. */
export interface Share {
  behaviour: Behaviour | undefined;
  requests: number;
}

/** Counts requests in a period, as `answerOf` would answer each of them. Answers how many of each share failed. */
export function modelledAnswers(random: () => number) {
  return (shares: readonly Share[], period: ElbPeriod): number[] => {
    const failures = shares.map(() => 0);
    const byStatus = new Map<number, number>();
    const byMedian = new Map<number, number>();
    for (const [place, { behaviour, requests }] of shares.entries()) {
      if (requests <= 0) continue;
      if (!behaviour) {
        period.failed(requests);
        failures[place] = requests;
        continue;
      }
      const failed = binomial(random, requests, behaviour.errorRate);
      failures[place] = failed;
      add(byStatus, 500, failed);
      add(byStatus, 200, requests - failed);
      // Targets of one version are drawn for together.
      add(byMedian, behaviour.latencyMs, requests);
    }
    const drawn = [...byMedian].map(([medianMs, requests]) => latencyTable(medianMs).draw(random, requests));
    period.answeredMany(byStatus, drawn);
    return failures;
  };
}
