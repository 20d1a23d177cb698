/** Lines of a service's logs that match a pattern, counted by CloudWatch Logs Insights: what is asked, as data, and its bounds. */
import * as z from 'zod';
import type { Judged } from './judged.ts';
import type { AnalysisPolicy } from './policy.ts';
import { baselineEnd, baselineStart, type Observation } from './series.ts';

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
    if (pattern !== undefined && !isExpression(pattern)) reject('pattern', 'is no regular expression');
    if (query !== undefined && /(^|\|)\s*(stats|limit|sort|source|dedup|diff|display|\||$)/i.test(query))
      reject('query', 'only filters lines: counting them by the minute is added to it');
  });
export type LogLines = z.infer<typeof logLinesSchema>;

function isExpression(pattern: string): boolean {
  try {
    return !/[\r\n]/.test(pattern) && new RegExp(pattern).source.length > 0;
  } catch {
    return false;
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

export interface LogQuery {
  /** By which the judge finds the counts. */
  id: string;
  logGroups: readonly string[];
  text: string;
  /** ms since the epoch, `until` exclusive. */
  spans: readonly { from: number; until: number }[];
}

/** Up to `windowEnd`, one for each metric of logs. `idOf`: of the metric at this index. */
export function logQueriesFor(
  judged: readonly Judged[],
  timed: Pick<Observation, 'policy' | 'startedAt' | 'spoiled'>,
  windowEnd: number,
  idOf: (index: number) => string,
): LogQuery[] {
  const spans = logSpans(timed, windowEnd);
  return judged.flatMap((one, index) =>
    one.kind === 'lines'
      ? [
          {
            id: idOf(index),
            logGroups: one.logGroups,
            text: queryText(one.lines, timed.policy.period),
            spans,
          },
        ]
      : [],
  );
}

/** Only what is compared: a day of logs would be dear to read, and a metric filter counts them for nothing. */
export function logSpans(
  timed: Pick<Observation, 'policy' | 'startedAt' | 'spoiled'>,
  windowEnd: number,
): { from: number; until: number }[] {
  const periodMs = timed.policy.period * 1000;
  const down = (time: number) => Math.floor(time / periodMs) * periodMs;
  const [from, until] = [down(baselineStart(timed)), down(baselineEnd(timed))];
  const lately = down(timed.startedAt - lastMs);
  if (until >= lately) return [{ from, until: windowEnd }];
  return [
    { from, until },
    { from: lately, until: windowEnd },
  ];
}

const lastMs = 300_000;

/** `filter @message like /declined/`, and `| stats count(*) as lines by bin(1m)`. */
export function queryText({ pattern, query }: LogLines, period: number): string {
  // As JavaScript writes a literal: with slashes escaped, so that none ends the expression.
  const filter = query ?? `filter @message like /${new RegExp(pattern ?? '').source}/`;
  const bin = period % 60 === 0 ? `${period / 60}m` : `${period}s`;
  // On a line of its own: a comment at the end of the query ends there.
  return `${filter}\n| stats count(*) as ${countField} by bin(${bin})`;
}

export const countField = 'lines';
