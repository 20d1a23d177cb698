/** Are there more errors than before? Counts, not rates: a count knows how much its rate is worth. */
import { spoken } from '../duration.ts';
import { balancerErrors } from './balancer.ts';
import { clustering, dispersion, incidentAmong, share, total } from './counts.ts';
import { errorsPrecedents, worstPeriod } from './errors-precedent.ts';
import type { Turn } from './looks.ts';
import type { Rarity } from './precedent.ts';
import { calm, type Period, type Windows } from './series.ts';
import { binomialTail, countTest, inverseIncompleteBeta, midCountTest } from './statistics.ts';
import type { Counts, ErrorsFinding, Status } from './verdict.ts';
import { chance, count, percent, rate } from './wording.ts';

/** A rise by less than a fifth is accepted, and so is one too small for anybody to notice. */
const tolerated = 1.2;
const fewestExtraErrors = 3;
const smallestRise = 0.0002;
/** At or below this chance, the rate had risen before the deployment: the rise must show against the last minutes, too. */
const risenLimit = 0.05;
/** How many errors come at once, where too few were seen to tell: a client that tries again is not two failures. */
const unknownClustering = 2;
/** Certainly above this rate, no other check matters. */
const catastrophe = { rate: 0.1, timesBefore: 3, timesLast: 1.5, timesWorst: 1.5, doubt: 1e-4 };
/** At or below this p, a rise that did not fail does not pass either. */
const suspicion = 0.02;
/** Requests that must have been expected before their absence means something. */
const fewestExpected = 10;

/** What is counted, and how sentences call it. */
export interface Counted {
  name: string;
  /** What is bad: `5xx`. */
  bad: string;
  /** What it is a part of, singular and plural: `request`, `requests`. */
  one: string;
  many: string;
}
export const serverErrors: Counted = { name: 'errors', bad: '5xx', one: 'request', many: 'requests' };

export function judgeErrors(
  windows: Windows,
  turn: Turn,
  periodSeconds: number,
  { name, bad, one, many }: Counted = serverErrors,
): ErrorsFinding {
  const periods = calm(windows.before.periods, windows.last, incidentAmong(windows.before.periods));
  const [before, last, after] = [total(periods), total(windows.last), total(windows.after.periods)];
  const isRise = (errors: number, accepted: number) => {
    const expected = share(before) * after.requests;
    return (
      errors - accepted * expected >= fewestExtraErrors && errors - expected >= smallestRise * after.requests
    );
  };
  // Before the main look, the day is not asked about what is no rise to begin with. More traffic only raises what is accepted.
  const asked = turn.main || isRise(after.errors, tolerated);
  const past = asked ? errorsPrecedents(windows, windows.after.periods.length) : undefined;
  const together = windows.history === undefined;
  const accepted = tolerated * (past?.load(periods, windows.after.periods) ?? 1);
  // That there are more is proved, and how many more is a matter of size; an hour has to prove both, for it shows little of how errors stray.
  const ratio = together ? 1 : accepted;
  const dispersed = together ? clustering(windows.day) : dispersion(periods, windows.after.periods.length);
  const phi = dispersed ?? unknownClustering;
  const size = dispersed ?? 1; // where the doubt may not be held against anybody: no veto, no refusal
  const balancer = balancerErrors(windows, turn.limit);
  const finding = (status: Status, sentence: string, more: Partial<ErrorsFinding> = {}): ErrorsFinding => ({
    kind: 'errors',
    name,
    status,
    sentence,
    before,
    last,
    after,
    ratio,
    phi,
    ...(name === serverErrors.name && { balancer }),
    ...more,
  });
  const unlessMore: Status = turn.main ? 'inconclusive' : 'continue';
  const [was, is] = [rate(before), rate(after)];

  if (turn.done === 0) return finding('continue', 'No complete figures since the deployment yet');
  if (after.requests === 0) {
    const rateBefore = total(windows.before.periods).requests / Math.max(1, windows.before.closed);
    const expected = rateBefore * windows.after.closed * windows.share;
    const nothing = `no ${one} in ${spoken(windows.after.closed * periodSeconds)} since the deployment`;
    const wanted = `${count(expected)} were expected`;
    const more = { expectedRequests: expected };
    if (expected >= fewestExpected && balancer.rose) {
      const refused = `the load balancer itself answered ${count(balancer.after)} with 5xx`;
      return finding('fail', `Traffic is lost: ${nothing} where ${wanted}, and ${refused}`, more);
    }
    const missing =
      expected > 0 ? `No traffic: ${nothing}, ${wanted}` : `No metrics: ${nothing}, and none before`;
    return finding(unlessMore, missing, more);
  }

  const disaster = Math.max(
    catastrophe.rate,
    catastrophe.timesBefore * share(before),
    catastrophe.timesWorst * worstPeriod(windows),
  );
  const certain = binomialTail(after.errors, after.requests, disaster) < catastrophe.doubt;
  if (certain && share(after) > catastrophe.timesLast * share(last)) {
    const atLeast = inverseIncompleteBeta(catastrophe.doubt, after.errors, after.requests - after.errors + 1);
    const rose = before.requests > 0 ? `rose from ${was} to ${is}` : `${is} with nothing to compare with`;
    return finding('fail', `${bad} ${rose}: at least ${percent(atLeast)} with 99.99 % confidence`, {
      atLeast,
    });
  }
  if (before.requests === 0)
    return finding(unlessMore, `${bad} ${is}, but no traffic before to compare with`);

  const noticeable = (errors: number) => isRise(errors, accepted);
  const countP = (errors: number) =>
    together
      ? midCountTest(errors, after.requests, before.errors, before.requests, phi)
      : countTest(errors, after.requests, before.errors, before.requests, ratio, phi);
  const judged = (errors: number, rarity: Rarity | undefined) => rarity?.p ?? countP(errors);
  const calmBefore = alreadyRisen(windows.last, periods) > risenLimit;
  const sinceDeployment = (errors: number) =>
    calmBefore || countTest(errors, after.requests, last.errors, last.requests, accepted, size) <= turn.limit;
  const fails = (errors: number, rarity: Rarity | undefined) =>
    noticeable(errors) && judged(errors, rarity) <= turn.limit && sinceDeployment(errors);

  const rarity = past?.rarity(windows.after.periods);
  const p = judged(after.errors, rarity);
  const evidence = { p, ...(rarity && { rarity }), limit: turn.limit };
  const byChance = `chance of that without a change ${chance(p)}`;
  if (fails(after.errors, rarity))
    return finding('fail', `${bad} rose from ${was} to ${is}: ${byChance}`, evidence);
  if (!turn.main) return finding('continue', `${bad} ${is} so far, before ${was}`, evidence);

  const atMost = inverseIncompleteBeta(0.95, after.errors / size + 1, (after.requests - after.errors) / size);
  const acceptable = Math.max(3 * share(before), share(before) + 0.01);
  const detectable = detectableRate(after, (errors) =>
    fails(errors, past?.rarity(spread(windows.after.periods, errors))),
  );
  const all = { ...evidence, atMost, acceptable, ...(detectable !== undefined && { detectable }) };
  if (p <= suspicion && noticeable(after.errors)) {
    const why = sinceDeployment(after.errors) ? byChance : `not clearly more than ${rate(last)} just before`;
    return finding('inconclusive', `${bad} ${is}, before ${was}: ${why}`, all);
  }
  if (balancer.rose && balancer.after >= 0.01 * after.requests) {
    const own = `the load balancer itself answered ${count(balancer.after)} requests with 5xx`;
    return finding('inconclusive', `${bad} ${is}, before ${was}, but ${own}`, all);
  }
  if (atMost <= acceptable) {
    return finding(
      'pass',
      `${bad} ${is}, before ${was}: at most ${percent(atMost)} with 95 % confidence`,
      all,
    );
  }
  const seen = detectable === undefined ? 'no rise' : `only a rise to ${percent(detectable)} or more`;
  return finding(
    'inconclusive',
    `${bad} ${is}, before ${was}: ${count(after.requests)} ${many} show ${seen}`,
    all,
  );
}

/** An incident that runs has begun some minutes earlier. */
const incidentMs = 15 * 60_000;

/**
 * The chance of the last minutes before the deployment without an incident. Where there was one, they are what a release is compared
 * with too, or it would be taken back for what it has nothing to do with.
 */
function alreadyRisen(last: readonly Period[], before: readonly Period[]): number {
  const newest = last.at(-1)?.startsAt ?? 0;
  const older = before.filter(({ startsAt }) => startsAt <= newest - incidentMs);
  const [now, then] = [total(last), total(older)];
  return countTest(
    now.errors,
    now.requests,
    then.errors,
    then.requests,
    1,
    dispersion(older, last.length) ?? 1,
  );
}

/** The same traffic with so many errors, evenly. */
function spread(periods: readonly Period[], errors: number): Period[] {
  const { requests } = total(periods);
  return periods.map((period) => ({ ...period, errors: (errors * period.requests) / requests }));
}

/** The rate that this look finds with a power of 80 %: first the fewest errors that fail, then the rate that brings so many. */
function detectableRate({ requests }: Counts, fails: (errors: number) => boolean): number | undefined {
  let [fewest, enough] = [1, Math.floor(requests)];
  if (!fails(enough)) return undefined;
  while (fewest < enough) {
    const middle = Math.floor((fewest + enough) / 2);
    if (fails(middle)) enough = middle;
    else fewest = middle + 1;
  }
  return inverseIncompleteBeta(0.8, enough, requests - enough + 1);
}
