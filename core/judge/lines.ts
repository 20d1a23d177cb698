/** Are there more of some log lines than before, for as many requests? Counted and compared as errors are. */
import type { Beside } from './compare.ts';
import { share, total } from './counts.ts';
import { judgeErrors } from './errors.ts';
import type { JudgedLines } from './judged.ts';
import { errorsLately, unlessBefore } from './lately.ts';
import { judgeShareLimit } from './limit.ts';
import { logSpans } from './log-lines.ts';
import type { Turn } from './looks.ts';
import { idOf } from './queries.ts';
import { type Observation, type Point, requestsOf, split } from './series.ts';
import type { ErrorsFinding, Finding, Status } from './verdict.ts';
import { percent } from './wording.ts';

/** Where every other request has such a line they are no exception, and counts of them no share. */
const mostUsual = 0.5;

/** Where they could not be counted, nothing was measured: that is not the same as no lines. */
export function judgeLines(
  { name, counted, of, max }: JudgedLines,
  index: number,
  observation: Observation & Beside,
  look: Turn,
): Finding[] {
  const { policy, found = {}, unread = {} } = observation;
  const lines = found[idOf(index, 'bad')];
  if (!lines) {
    const why = unread[idOf(index, 'bad')] ?? 'its lines were not counted';
    return [notJudged(counted.name, look.main, why)];
  }
  const events = countedEvents({ of }, index, observation);
  const series = { requests: events, errors: lines, p99: [], balancerErrors: [] };
  const alone = { ...observation, series, old: undefined };
  const windows = split(alone, look.periods);
  const usual = share(total(windows.before.periods));
  if (usual > mostUsual) {
    const why = `before, ${percent(usual)} of ${counted.many} had such a line: match rarer ones`;
    return [notJudged(counted.name, look.main, why)];
  }
  const seen = total(windows.after.periods);
  const finding = judgeErrors(windows, look, policy.period, counted);
  return [
    unlessBefore(finding, alone, look, errorsLately(alone, look, counted)),
    ...(max === undefined ? [] : [judgeShareLimit(`${name} limit`, counted.bad, max, seen, look)]),
  ];
}

/** Users' requests, or `of`, in the time that lines were counted in: others would look like those without any. */
export function countedEvents(
  { of }: Pick<JudgedLines, 'of'>,
  index: number,
  observation: Observation & Beside,
): Point[] {
  const { found = {}, now } = observation;
  if (!found[idOf(index, 'bad')]) return [];
  const spans = logSpans(observation, now);
  const events = of ? (found[idOf(index, 'of')] ?? []) : requestsOf(observation);
  return events.filter(([time]) => spans.some(({ from, until }) => time >= from && time < until));
}

function notJudged(name: string, main: boolean, why: string): ErrorsFinding {
  const status: Status = main ? 'inconclusive' : 'continue';
  const none = { requests: 0, errors: 0 };
  return {
    ...{ kind: 'errors', name, status, sentence: `${name} not judged: ${why}` },
    ...{ before: none, last: none, after: none, ratio: 1, phi: 1 },
  };
}
