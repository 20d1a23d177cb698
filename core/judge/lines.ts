/** Are there more of some log lines than before, for as many requests? Counted and compared as errors are. */
import type { Beside } from './compare.ts';
import { share, total } from './counts.ts';
import { judgeErrors } from './errors.ts';
import type { JudgedLines } from './judged.ts';
import { judgeShareLimit } from './limit.ts';
import { logSpans } from './log-lines.ts';
import type { Turn } from './looks.ts';
import { idOf } from './queries.ts';
import { type Observation, requestsOf, split } from './series.ts';
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
  // Requests whose lines nobody counted would look like requests without any.
  const spans = logSpans(observation, observation.now);
  const isCounted = ([time]: readonly [number, number]) =>
    spans.some(({ from, until }) => time >= from && time < until);
  const events = (of ? (found[idOf(index, 'of')] ?? []) : requestsOf(observation)).filter(isCounted);
  const series = { requests: events, errors: lines, p99: [], balancerErrors: [] };
  const windows = split({ ...observation, series, old: undefined }, look.periods);
  const usual = share(total(windows.before.periods));
  if (usual > mostUsual) {
    const why = `before, ${percent(usual)} of ${counted.many} had such a line: match rarer ones`;
    return [notJudged(counted.name, look.main, why)];
  }
  const seen = total(windows.after.periods);
  return [
    judgeErrors(windows, look, policy.period, counted),
    ...(max === undefined ? [] : [judgeShareLimit(`${name} limit`, counted.bad, max, seen, look)]),
  ];
}

function notJudged(name: string, main: boolean, why: string): ErrorsFinding {
  const status: Status = main ? 'inconclusive' : 'continue';
  const none = { requests: 0, errors: 0 };
  return {
    ...{ kind: 'errors', name, status, sentence: `${name} not judged: ${why}` },
    ...{ before: none, last: none, after: none, ratio: 1, phi: 1 },
  };
}
