/** How the judge is configured: what is compared, with what, and for how long. */
import * as z from 'zod';
import { durationSchema } from '../duration.ts';

const periods = [1, 5, 10, 30];
export const analysisSchema = z
  .strictObject({
    /** CloudWatch's dimension: the load balancer's ARN from `app/` on. */
    loadBalancer: z
      .string()
      .regex(/^app\/[^/]+\/[0-9a-f]+$/, { error: 'such as app/my-alb/50dc6c495c0c9188' }),
    /** CloudWatch's dimension: the target group's ARN from `targetgroup/` on. */
    targetGroup: z
      .string()
      .regex(/^targetgroup\/[^/]+\/[0-9a-f]+$/, { error: 'such as targetgroup/my-tg/6d0ecf831eec9f09' }),
    /** How much of the time before the deployment is compared with. */
    baseline: durationSchema.default(3600),
    /** How long the new version is watched, warm-up included. */
    window: durationSchema.default(300),
    /** After the deployment is stable, ignored for latency: caches fill, code is compiled. */
    warmUp: durationSchema.default(120),
    /** CloudWatch's period. Load balancers publish one a minute. */
    period: durationSchema.default(60),
    /** How long after the end of a period its figures are complete. */
    publicationDelay: durationSchema.default(120),
    /** A rise of the 99th percentile by less than this share is accepted. */
    latencyTolerance: z.number().positive().max(10).default(0.5),
    /** What too little traffic to judge leads to. */
    onInconclusive: z.enum(['pass', 'rollback']).default('pass'),
  })
  .superRefine(({ baseline, window, warmUp, period }, context) => {
    const reject = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (period % 60 !== 0 && !periods.includes(period)) {
      reject('period', 'must be 1s, 5s, 10s, 30s or whole minutes: CloudWatch refuses any other');
    }
    if (baseline < 3 * period)
      reject('baseline', 'must be at least three periods, or there is nothing to compare with');
    if (window > 86_400) reject('window', 'must be at most 1d: an execution has no room for more looks');
    if (baseline > 7 * 86_400)
      reject('baseline', 'must be at most 7d: CloudWatch answers no more points at once');
    if (window < warmUp + 2 * period) {
      reject('window', 'must be at least warmUp and two periods, or no release can be judged');
    }
  });
export type AnalysisPolicy = z.infer<typeof analysisSchema>;
