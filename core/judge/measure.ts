/** What the configuration may have judged beside a preset: any metric of CloudWatch, or an expression over some. */
import * as z from 'zod';
import { logLinesSchema } from './log-lines.ts';

/** As CloudWatch names statistics: `Sum`, `p99`, `TC(0.5:)`. */
const statistic = z
  .string()
  .regex(/^(Sum|Average|Minimum|Maximum|SampleCount|IQM|p\d{1,2}(\.\d+)?|(TM|WM|TC|TS|PR)\([^)]+\))$/, {
    error: 'a statistic such as Sum, Average, Maximum or p99',
  });

const metricShape = {
  namespace: z.string().min(1).max(255),
  metric: z.string().min(1).max(255),
  dimensions: z
    .record(z.string(), z.string())
    .refine((dimensions) => Object.keys(dimensions).length <= 30, {
      error: 'CloudWatch knows at most 30 dimensions',
    })
    .optional(),
  stat: statistic.optional(),
};
const metricSchema = z.strictObject(metricShape);

const measureSchema = z
  .strictObject({
    ...metricShape,
    namespace: metricShape.namespace.optional(),
    metric: metricShape.metric.optional(),
    /** Metric math over `of`, such as `100 * misses / (hits + misses)`. */
    expression: z.string().min(1).max(1024).optional(),
    of: z
      .record(
        z.string().regex(/^[a-z]\w{0,30}$/, { error: 'a name such as hits: it begins with a small letter' }),
        metricSchema,
      )
      .refine((all) => Object.keys(all).length <= 10, { error: 'at most 10 metrics in one expression' })
      .optional(),
  })
  .superRefine(({ namespace, metric, dimensions, stat, expression, of }, context) => {
    const reject = (message: string) => context.addIssue({ code: 'custom', message });
    if (expression === undefined && of === undefined) {
      if (namespace === undefined || metric === undefined)
        reject('needs a namespace and a metric, or an expression of some');
    } else if (expression === undefined || of === undefined)
      reject('needs both: an expression, and in `of` the metrics that it names');
    else if (metric !== undefined || namespace !== undefined || dimensions || stat)
      reject('is either a metric or an expression: take the metric into `of`');
  });
export type Measure = z.infer<typeof measureSchema>;

/** Of a metric of one's own. Which fields it has says how it is judged. */
export const ownMetricSchema = z
  .strictObject({
    /** As sentences and tables call it. */
    name: z
      .string()
      .regex(/^[A-Za-z][\w .%/-]{0,39}$/, { error: 'a short name such as checkout or queue age' }),
    /** A share: how many of `of` were bad. Judged as errors of requests are. */
    bad: measureSchema.optional(),
    of: measureSchema.optional(),
    /** Lines of the logs that match: counted against `of`, or against users' requests. Judged as errors are. */
    logs: logLinesSchema.optional(),
    /** A level, compared with the one before. Higher is worse. */
    gauge: measureSchema.optional(),
    /** A level that is only held against `max`. */
    value: measureSchema.optional(),
    /** Above it fails, whatever was before: a share between 0 and 1 for `bad` and `logs`, else a value. */
    max: z.number().positive().optional(),
    /** Of a gauge: a rise by less than this share is accepted. */
    tolerance: z.number().positive().max(10).optional(),
    /** Of a gauge: a rise by less than this is nothing, in its own unit. */
    atLeast: z.number().positive().optional(),
    /** Of a gauge: it rises with users' requests, and is compared at equal load. */
    followsLoad: z.boolean().optional(),
    unit: z.string().max(8).optional(),
    /** Says what it found and decides nothing. */
    report: z.boolean().default(false),
  })
  .superRefine(({ bad, of, logs, gauge, value, max, ...onlyOfGauges }, context) => {
    const reject = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const kinds = [logs ? bad : (bad ?? of), logs, gauge, value].filter(Boolean).length;
    if (kinds !== 1)
      reject(
        'name',
        'needs one of: bad and of (a share), logs, gauge (compared with before), value with max',
      );
    if (!logs && (bad === undefined) !== (of === undefined))
      reject(bad ? 'of' : 'bad', 'is missing: a share is bad events of all events');
    if (value && max === undefined) reject('max', 'is missing: a value without it would not be judged');
    if ((bad || logs) && max !== undefined && max >= 1)
      reject('max', 'is a share of all events: below 1, such as 0.05');
    for (const field of ['tolerance', 'atLeast', 'followsLoad'] as const)
      if (!gauge && onlyOfGauges[field] !== undefined) reject(field, 'belongs to a gauge');
  });
