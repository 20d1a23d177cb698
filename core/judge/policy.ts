/** How the judge is configured: what is compared, with what, and for how long. */
import * as z from 'zod';
import { durationSchema } from '../duration.ts';
import { baselineMistake, baselineSchema } from './baseline.ts';
import { reserved } from './judged.ts';
import { logMistake, mostLogMetrics } from './log-lines.ts';
import { ownMetricSchema } from './measure.ts';

const periods = [1, 5, 10, 30];
/** API Gateway's stage that has the service behind it. */
const apiSchema = z
  .strictObject({
    /** Of a REST API, by its name. */
    name: z.string().min(1).optional(),
    /** Of an HTTP API, by its id. */
    id: z
      .string()
      .regex(/^[a-z0-9]{10}$/, { error: 'the id of an HTTP API such as a1b2c3d4e5' })
      .optional(),
    stage: z.string().min(1).default('$default'),
  })
  .refine(({ name, id }) => (name === undefined) !== (id === undefined), {
    path: ['name'],
    error: 'needs one of: the name of a REST API, or the id of an HTTP API',
  })
  .transform(({ name, id, stage }) => ({
    rest: name !== undefined,
    dimensions: { ...(name ? { ApiName: name } : { ApiId: id ?? '' }), Stage: stage } as Record<
      string,
      string
    >,
  }));

const settings = z.strictObject({
  /** What kind of service it is: one behind a load balancer or an API, one without users of its own, one that empties a queue. */
  preset: z.enum(['web', 'worker', 'queue']).optional(),
  /** CloudWatch's dimension: the load balancer's ARN from `app/` on, or from `net/`. */
  loadBalancer: z
    .string()
    .regex(/^(app|net)\/[^/]+\/[0-9a-f]+$/, {
      error: 'such as app/my-alb/50dc6c495c0c9188, or net/… of a Network Load Balancer',
    })
    .optional(),
  /** CloudWatch's dimension: the target group's ARN from `targetgroup/` on. */
  targetGroup: z
    .string()
    .regex(/^targetgroup\/[^/]+\/[0-9a-f]+$/, { error: 'such as targetgroup/my-tg/6d0ecf831eec9f09' })
    .optional(),
  /** In the place of a load balancer. */
  api: apiSchema.optional(),
  /** SQS's name of the queue that it empties. */
  queue: z
    .string()
    .regex(/^[\w-]{1,80}(\.fifo)?$/, { error: 'the name of a queue such as orders, not its URL' })
    .optional(),
  /** Beside those of the preset. */
  metrics: z.array(ownMetricSchema).max(20).optional(),
  /** CloudWatch alarms that fail a release when they fire after its start. */
  alarms: z.array(z.string().min(1).max(255)).max(100).optional(),
  /** 4xx are compared, too: where clients do not make mistakes of their own. */
  clientErrors: z.boolean().optional(),
  /** A higher share of 5xx fails, whatever was before; between 0 and 1. */
  maxErrorRate: z.number().positive().lt(1).optional(),
  /** A 99th percentile above it fails, whatever was before. */
  maxP99Milliseconds: z.number().positive().optional(),
  /** Names of metrics that say what they found and decide nothing, such as latency. */
  report: z.array(z.string()).optional(),
  /** Names of metrics that a preset only reports and that decide here, such as memory. */
  decide: z.array(z.string()).optional(),
  /** What is compared with: the time before the deployment unless it says more. */
  baseline: baselineSchema.default({ baseline: 3600 }),
  /** How long the new version is watched, warm-up included. */
  window: durationSchema.default(360),
  /** How much longer it is watched where the window was not enough to judge by. */
  extension: durationSchema.optional(),
  /** After the deployment is stable, ignored for latency: caches fill, code is compiled. */
  warmUp: durationSchema.default(120),
  /** CloudWatch's period. Load balancers publish one a minute. */
  period: durationSchema.default(60),
  /** How long after the end of a period its figures are complete. */
  publicationDelay: durationSchema.default(120),
  /** A rise of durations by less than this share is accepted. */
  latencyTolerance: z.number().positive().max(10).default(0.2),
  /** What too little traffic to judge leads to. */
  onInconclusive: z.enum(['pass', 'rollback', 'ask']).default('pass'),
});

export const analysisSchema = settings
  .superRefine(presetMistakes)
  .superRefine(({ baseline, window, extension = 0, warmUp, period, metrics = [] }, context) => {
    const reject = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const mistake = baselineMistake(baseline, period);
    if (mistake) reject('baseline', mistake);
    const ofLogs = metrics.filter(({ logs }) => logs).length;
    const dear = ofLogs > 0 ? logMistake({ window, extension, period, ...baseline }) : undefined;
    if (dear) reject('baseline', dear);
    if (ofLogs > mostLogMetrics)
      reject(
        'metrics',
        `at most ${mostLogMetrics} of them count lines of logs: each reads all of them at each look`,
      );
    if (period % 60 !== 0 && !periods.includes(period)) {
      reject('period', 'must be 1s, 5s, 10s, 30s or whole minutes: CloudWatch refuses any other');
    }
    if (window + extension > 86_400)
      reject(
        extension > 0 ? 'extension' : 'window',
        'must be at most 1d: an execution has no room for more looks',
      );
    if (window < warmUp + 2 * period) {
      reject('window', 'must be at least warmUp and two periods, or no release can be judged');
    }
  })
  .transform(({ baseline, ...rest }) => ({ ...rest, ...baseline }));
/** `baseline` in seconds, as is every duration. */
export type AnalysisPolicy = z.infer<typeof analysisSchema>;

type Chosen = z.output<typeof settings>;

/** What a preset needs, and what names stand for nothing. */
function presetMistakes(policy: Chosen, context: z.RefinementCtx) {
  const reject = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const {
    preset = 'web',
    loadBalancer,
    targetGroup,
    api,
    queue,
    metrics = [],
    report = [],
    decide = [],
  } = policy;
  const web = preset === 'web';
  if (web && !api && !(loadBalancer && targetGroup))
    reject(
      [loadBalancer ? 'targetGroup' : 'loadBalancer'],
      'is missing: with preset web, name a loadBalancer and a targetGroup, or an api; a service without users of its own is preset worker',
    );
  if (!web && (api || loadBalancer || targetGroup))
    reject([api ? 'api' : loadBalancer ? 'loadBalancer' : 'targetGroup'], `has no use with preset ${preset}`);
  if (api && loadBalancer) reject(['api'], 'and a loadBalancer exclude each other');
  if (preset === 'queue' && queue === undefined) reject(['queue'], 'is missing: which one is emptied?');
  const http = web && !loadBalancer?.startsWith('net/');
  for (const field of ['clientErrors', 'maxErrorRate', 'maxP99Milliseconds'] as const)
    if (policy[field] !== undefined && !http) reject([field], 'needs an Application Load Balancer or an api');
  metrics.forEach(({ name, followsLoad, logs, of }, index) => {
    const path = ['metrics', index, 'name'];
    if (logs && !of && !web)
      reject(
        ['metrics', index, 'of'],
        `is missing: with preset ${preset} there are no requests to count lines against`,
      );
    if (followsLoad && !web)
      reject(['metrics', index, 'followsLoad'], `needs users' requests: preset ${preset} has none`);
    if ((reserved as readonly string[]).includes(name))
      reject(path, `${name} is a preset's own: take another`);
    else if (metrics.findIndex((other) => other.name === name) < index) reject(path, `${name} is used twice`);
  });
  const known = [...reserved, ...metrics.map(({ name }) => name)];
  for (const [field, names] of Object.entries({ report, decide }))
    names.forEach((name, index) => {
      if (!known.includes(name))
        reject([field, index], `${name} is no metric: known are ${known.join(', ')}`);
    });
}
