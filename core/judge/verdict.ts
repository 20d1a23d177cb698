/** What the judge answers, with the evidence that every number of its sentences can be computed from. */
import * as z from 'zod';
import { diagnosisSchema } from '../diagnosis/schema.ts';
import { stoppedTaskSchema } from '../rollout.ts';

/** `continue`: too early to say. `inconclusive`: too late to say more. */
const statusSchema = z.enum(['pass', 'fail', 'inconclusive', 'continue']);
export type Status = z.infer<typeof statusSchema>;

const countsSchema = z.strictObject({ requests: z.number(), errors: z.number() });
export type Counts = z.infer<typeof countsSchema>;

/** The geometric mean of so many points of the percentile that is judged, absent where there are none. */
const pointsSchema = z.strictObject({
  points: z.int(),
  p99Milliseconds: z.number().optional(),
  p90Milliseconds: z.number().optional(),
  p50Milliseconds: z.number().optional(),
});

/** Of every metric. Records of old have no `kind`: their two names, `errors` and `latency`, say it. */
const common = {
  /** The metric's: `errors` and `latency` of a load balancer, else what the configuration calls it. */
  name: z.string(),
  status: statusSchema,
  sentence: z.string(),
  /** It says what it found and decides nothing. */
  report: z.literal(true).optional(),
};

/** What the day before says: see `Rarity` in precedent.ts. */
const raritySchema = z.strictObject({
  capped: z.boolean(),
  score: z.number(),
  windows: z.int(),
  independent: z.int(),
  mean: z.number(),
  deviation: z.number(),
  highest: z.number(),
  asHigh: z.int(),
  p: z.number(),
});

/** What the same time of a week ago was, where that was asked for: see season.ts. It explains a rise, or does not. */
const weekOfCountsSchema = z.strictObject({
  before: countsSchema,
  after: countsSchema,
  /** The count test of now against `after` then, and of `after` against `before`. */
  p: z.number(),
  rose: z.number(),
});
const weekOfLevelsSchema = z.strictObject({
  before: z.number(),
  after: z.number(),
  /** How many times that now is. */
  times: z.number(),
});

const errorsSchema = z.strictObject({
  kind: z.literal('errors'),
  ...common,
  before: countsSchema,
  /** The last five minutes before the deployment started. */
  last: countsSchema,
  after: countsSchema,
  /** What the day before says, where it does; else the count test of `after` against `before`, with `ratio` and `phi`. Fails at or below `limit`. */
  p: z.number().optional(),
  limit: z.number().optional(),
  ratio: z.number(),
  phi: z.number(),
  /** Of records of old: the count test, where the day had its say too. */
  countP: z.number().optional(),
  rarity: raritySchema.optional(),
  /** The rate after is at most this, with 95 % confidence; passes at or below `acceptable`. */
  atMost: z.number().optional(),
  acceptable: z.number().optional(),
  /** The smallest rate that this look finds four times in five; absent where it would not find any. */
  detectable: z.number().optional(),
  /** Fails where the rate is certain to be a catastrophe: at least this, with 99.99 % confidence. */
  atLeast: z.number().optional(),
  /** What the traffic before would have brought; only where no request came. */
  expectedRequests: z.number().optional(),
  /** 5xx of the load balancer itself, for whichever target group, and the chance of so many without a change. */
  balancer: z
    .strictObject({ before: z.number(), after: z.number(), p: z.number(), rose: z.boolean() })
    .optional(),
  weekAgo: weekOfCountsSchema.optional(),
});
export type ErrorsFinding = z.infer<typeof errorsSchema>;

const latencySchema = z.strictObject({
  kind: z.literal('latency'),
  ...common,
  before: pointsSchema,
  last: pointsSchema,
  after: pointsSchema,
  /** `after` without its highest point: no single point fails a release. */
  withoutHighest: pointsSchema,
  /**
   * What the day before says, where it does; else the t-test of `withoutHighest` against `before` times 1 + tolerance. Fails at or below
   * `limit`.
   */
  p: z.number().optional(),
  rarity: raritySchema.optional(),
  limit: z.number().optional(),
  tolerance: z.number(),
  /** Times this, durations are expected to be, with so much more traffic. */
  load: z.number().optional(),
  /** Of the logarithm of a point before; `vif` is by how much the points' dependence inflates a mean's variance. */
  deviation: z.number().optional(),
  vif: z.number().optional(),
  /** Passes where a rise by this factor can be ruled out with 95 % confidence; `doubt` is the chance left to it. */
  excluded: z.number(),
  doubt: z.number().optional(),
  /** Milliseconds: the geometric mean before, the middle after. */
  weekAgo: weekOfLevelsSchema.optional(),
});
export type LatencyFinding = z.infer<typeof latencySchema>;

const levelSchema = z.strictObject({ points: z.int(), mean: z.number().optional() });
const gaugeSchema = z.strictObject({
  kind: z.literal('gauge'),
  ...common,
  unit: z.string(),
  before: levelSchema,
  last: levelSchema,
  after: levelSchema,
  /** `after` without its highest point: no single point fails a release. */
  withoutHighest: levelSchema,
  /**
   * What the day before says, where it does; else the t-test of `withoutHighest` against `before` times 1 + tolerance. Fails at or below
   * `limit`.
   */
  p: z.number().optional(),
  rarity: raritySchema.optional(),
  limit: z.number().optional(),
  tolerance: z.number(),
  /** A rise by less is nothing. */
  atLeast: z.number(),
  deviation: z.number().optional(),
  vif: z.number().optional(),
  /** All values are as they would be at so many requests a period: times (reference / requests) ^ slope. */
  load: z.strictObject({ slope: z.number(), reference: z.number() }).optional(),
  /** The chance left to a rise by twice the tolerance; passes at or below 5 %. */
  doubt: z.number().optional(),
  /** With `atLeast` added, as its logarithms are of: the geometric mean before, the middle after. */
  weekAgo: weekOfLevelsSchema.optional(),
});
export type GaugeFinding = z.infer<typeof gaugeSchema>;

const limitSchema = z.strictObject({
  kind: z.literal('limit'),
  ...common,
  max: z.number(),
  unit: z.string(),
  /** Requests, or periods, and how many of them were above; of a good version at most the share `allowed` is. */
  above: z.number(),
  of: z.number(),
  allowed: z.number(),
  /** P(Bin(of, allowed) ≥ above); fails at or below `limit`. */
  p: z.number(),
  limit: z.number(),
  highest: z.number().optional(),
});
export type LimitFinding = z.infer<typeof limitSchema>;

const alarmNames = z.array(z.string()).max(100);
const alarmsSchema = z.strictObject({
  kind: z.literal('alarms'),
  ...common,
  watched: z.int(),
  /** Since the deployment started. */
  firing: alarmNames,
  /** Since before, which does not count. */
  firingBefore: alarmNames,
  missing: alarmNames,
});
export type AlarmsFinding = z.infer<typeof alarmsSchema>;

const targetsSchema = z.strictObject({
  kind: z.literal('targets'),
  ...common,
  /** Without a healthy target, all that there were. */
  periods: z.int(),
});
export type TargetsFinding = z.infer<typeof targetsSchema>;

const findingSchema = z.discriminatedUnion('kind', [
  errorsSchema,
  latencySchema,
  gaugeSchema,
  limitSchema,
  alarmsSchema,
  targetsSchema,
]);
export type Finding = z.infer<typeof findingSchema>;
/** A state machine carries the verdict: 256 KB, whatever is in it. */
const mostFindings = 60;

/** Start of a period in ms since the epoch, and its value. */
const pointSchema = z.tuple([z.number(), z.number()]);
/** A state machine carries the verdict, and a plot is not wider. */
export const maxCurvePoints = 200;
const curveSchema = z.array(pointSchema).max(maxCurvePoints);

/** For a plot: before, during and after, at most 200 points a curve, so neighbouring periods may be merged. */
const curvesSchema = z.strictObject({
  periodSeconds: z.number().positive(),
  requests: curveSchema,
  errors: curveSchema,
  /** The highest of the merged periods. */
  p99Milliseconds: curveSchema,
  /** Of every other metric that is judged: levels as they are, shares between 0 and 1. */
  others: z
    .array(z.strictObject({ name: z.string(), unit: z.string(), points: curveSchema }))
    .max(mostFindings)
    .optional(),
});
export type Curves = z.infer<typeof curvesSchema>;

export const comparisonSchema = z.strictObject({
  status: statusSchema,
  /** What follows from the status and the policy; or from what became of the deployment meanwhile. */
  decision: z.enum(['keep', 'take back', 'ask a person', 'look again', 'look at the deployment']),
  /** One sentence that a person understands. */
  headline: z.string(),
  /** Where a time was named to compare with: ms since the epoch. */
  pinned: z.strictObject({ from: z.number(), until: z.number() }).optional(),
  /** One of each metric; one failure is enough. */
  metrics: z.array(findingSchema).max(mostFindings),
  series: curvesSchema,
  /** Until another look makes sense. Without meaning once it is decided. */
  waitSeconds: z.int().min(1),
  looks: z.strictObject({ done: z.int().min(0), planned: z.int().min(1) }),
  /** Where tasks crashed meanwhile. */
  stoppedTasks: z.array(stoppedTaskSchema).max(5).optional(),
  diagnosis: diagnosisSchema.optional(),
});
export type Comparison = z.infer<typeof comparisonSchema>;
export type Decision = Comparison['decision'];
