/** Lines of a service's logs that match a pattern, counted by CloudWatch Logs Insights: what is asked, as data, and its bounds. */
import * as z from 'zod';
import type { Judged } from './judged.ts';
import type { AnalysisPolicy } from './policy.ts';
import { baselineEnd, baselineStart, firstPeriodAfter, type Observation } from './series.ts';

/** Each of them reads hours of logs at each look, and is billed by what it reads. */
export const mostLogMetrics = 3;
const longestBaseline = 6 * 3600;
/** Insights bins by at most 60 minutes, and answers 10,000 rows. */
const longestPeriod = 3600;
const mostRows = 10_000;

export const logLinesSchema = z
  .strictObject({
    /** Of the environment's own log groups unless given. */
    logGroup: z
      .string()
      .regex(/^[\w./#-]{1,512}$/, { error: 'the name of a log group such as /ecs/my-api' })
      .optional(),
    /** A regular expression that a line matches. */
    pattern: z.string().min(1).max(300).optional(),
    /** Commands of Insights that leave the lines to count, such as `filter level = "error"`. */
    query: z.string().min(1).max(1000).optional(),
  })
  .superRefine(({ pattern, query }, context) => {
    const reject = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if ((pattern === undefined) === (query === undefined))
      reject('pattern', 'needs one of: pattern (a regular expression), or query (commands of Logs Insights)');
    if (pattern !== undefined && sourceOf(pattern) === undefined)
      reject('pattern', 'is no regular expression');
    if (query !== undefined && /(^|\|)\s*(stats|limit|sort|source|dedup|diff|display|\||$)/i.test(query))
      reject('query', 'only filters lines: counting them by the minute is added to it');
  });
export type LogLines = z.infer<typeof logLinesSchema>;

/** Insights takes it in front, JavaScript does not. */
const insensitive = '(?i)';

/** As it stands between slashes: with its own escaped, so that none ends the expression. Undefined where it is none, or of two lines. */
function sourceOf(pattern: string): string | undefined {
  const [flag, expression] = pattern.startsWith(insensitive)
    ? [insensitive, pattern.slice(insensitive.length)]
    : ['', pattern];
  try {
    return /[\r\n]/.test(pattern) ? undefined : flag + new RegExp(expression).source;
  } catch {
    return undefined;
  }
}

/** What is wrong with an analysis that counts lines. */
export function logMistake({
  baseline,
  window,
  extension = 0,
  period,
}: Pick<AnalysisPolicy, 'window' | 'extension' | 'period'> & {
  baseline: number;
}): string | undefined {
  if (baseline > longestBaseline)
    return 'logs are read for at most 6h: each look reads all of it, and pays for it';
  if (period > longestPeriod) return 'logs are counted in periods of at most 1h';
  if ((2 * baseline + window + extension) / period > mostRows)
    return 'logs have too many periods: Insights answers at most 10,000 rows';
  return undefined;
}

interface LogSpan {
  /** ms since the epoch, `until` exclusive. */
  from: number;
  until: number;
}

export interface LogQuery {
  /** By which the judge finds the counts. */
  id: string;
  logGroups: readonly string[];
  text: string;
  /** What is compared with, and the rollout. */
  before: readonly LogSpan[];
  /** Undefined where nothing of it is complete yet. */
  after: LogSpan | undefined;
  /** Where fewer lines than these came after, `before` is not read: nothing could fail. */
  enough: number;
}

/** Fewer are no rise: see errors.ts. */
const fewest = 3;

/** Up to `windowEnd`, one for each metric of logs. `early`: there will be another look. `idOf`: of the metric at this index. */
export function logQueriesFor(
  judged: readonly Judged[],
  timed: Timed,
  { windowEnd, early }: { windowEnd: number; early: boolean },
  idOf: (index: number) => string,
): LogQuery[] {
  const firstAfter = firstPeriodAfter(timed);
  const spans = {
    before: logSpans(timed, Math.min(firstAfter, windowEnd)),
    after: windowEnd > firstAfter ? { from: firstAfter, until: windowEnd } : undefined,
    enough: early ? fewest : 0,
  };
  return judged.flatMap((one, index) => {
    if (one.kind !== 'lines') return [];
    const { logGroups, lines } = one;
    return [{ id: idOf(index), logGroups, text: queryText(lines, timed.policy.period), ...spans }];
  });
}

type Timed = Pick<Observation, 'policy' | 'startedAt' | 'stableAt' | 'spoiled'>;

/** Only what is compared: a day of logs would be dear to read, and a metric filter counts them for nothing. */
export function logSpans(timed: Omit<Timed, 'stableAt'>, end: number): LogSpan[] {
  const periodMs = timed.policy.period * 1000;
  const down = (time: number) => Math.floor(time / periodMs) * periodMs;
  const [from, until] = [down(baselineStart(timed)), down(baselineEnd(timed))];
  const lately = down(timed.startedAt - lastMs);
  if (until >= lately) return [{ from, until: end }];
  return [
    { from, until },
    { from: lately, until: end },
  ];
}

const lastMs = 300_000;

/** `filter @message like /declined/`, and `| stats count(*) as lines by bin(1m)`. */
export function queryText({ pattern, query }: LogLines, period: number): string {
  const filter = query ?? `filter @message like /${sourceOf(pattern ?? '')}/`;
  const bin = period % 60 === 0 ? `${period / 60}m` : `${period}s`;
  // On a line of its own: a comment at the end of the query ends there.
  return `${filter}\n| stats count(*) as ${countField} by bin(${bin})`;
}

export const countField = 'lines';
