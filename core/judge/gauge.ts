/**
 * Is a level, such as CPU or the age of a queue, higher than before? Its points are held against the day before, as errors and
 * durations are; where there is none, by a t-test of their logarithms against the hour.
 */
import { gaugePrecedents, type LevelDay } from './gauge-precedent.ts';
import type { JudgedGauge } from './judged.ts';
import type { LoadFit } from './load.ts';
import type { Turn } from './looks.ts';
import type { Values } from './points.ts';
import { fewestAfter, fewestBefore, spreadOf } from './spread.ts';
import { mean, median } from './statistics.ts';
import type { GaugeFinding, Status } from './verdict.ts';
import { chance, percent, quantity } from './wording.ts';

/** An hour steadier than this was luck. */
const smallestDeviation = 0.02;
const confidence = 0.05;

/**
 * With x the points plus `atLeast`, so that a level near nothing has no infinite logarithm. Where the day before is known: the middle
 * of ln x after is above the mean of the hour by more than ln(1 + tolerance), and the day knows hardly any window as high (`rarity`).
 * Else
 *
 *     t = (mean ln x after, without its highest point − mean ln x before − ln(1 + tolerance)) / (s √(vif/n1 + vif/n0))
 *
 * s and vif of the points before, n0/vif − 1 degrees of freedom. It fails where p ≤ limit, the means differ by `atLeast`, and
 * the last five minutes before were lower, too.
 */
export function judgeGauge(
  { name, unit, compared }: JudgedGauge & { compared: NonNullable<JudgedGauge['compared']> },
  values: Values,
  turn: Turn,
  { load, day }: { load?: LoadFit | undefined; day?: LevelDay } = {},
): GaugeFinding {
  const { tolerance, atLeast } = compared;
  const said = load ? `${name} at equal load` : name;
  const { before, last, after } = values;
  const lower = after.toSorted((a, b) => a - b).slice(0, -1);
  const finding = (status: Status, sentence: string, more: Partial<GaugeFinding> = {}): GaugeFinding => ({
    ...{ kind: 'gauge', name, status, sentence, unit, tolerance, atLeast },
    before: summary(before),
    last: summary(last),
    after: summary(after),
    withoutHighest: summary(lower),
    ...(load && { load }),
    ...more,
  });
  const unlessMore: Status = turn.main ? 'inconclusive' : 'continue';
  if (before.length < fewestBefore || after.length < fewestAfter) {
    const points = `${before.length} points before and ${after.length} after the warm-up`;
    const needed = `at least ${fewestBefore} and ${fewestAfter} are needed`;
    return finding(unlessMore, `${said} not judged: ${points}, ${needed}`);
  }

  const levels = day?.levels ?? [];
  const log = logarithm(
    [...before, ...last, ...after, ...levels.filter((level) => level !== undefined)],
    atLeast,
  );
  const [logBefore, logLower, logAfter, logLast] = [before, lower, after, last].map((all) => all.map(log));
  if (!logBefore || !logLower || !logAfter || !logLast) throw new Error('four lists went in');
  const { deviation, vif, tail } = spreadOf(logBefore, smallestDeviation);
  const tolerated = Math.log(1 + tolerance);
  const logDay = levels.map((level) => (level === undefined ? undefined : log(level)));
  const known = day && gaugePrecedents({ ...day, levels: logDay }, after.length, smallestDeviation);
  // A day says how rare the rise is, so its middle decides how large it is; an hour's points have to prove both at once.
  const rise = (known ? median(logAfter) : mean(logLower)) - mean(logBefore);
  const large = !known || rise > tolerated;
  const rarity = large ? known?.rarity(logAfter) : undefined;
  const p = known ? (rarity?.p ?? 1) : tail(rise - tolerated, lower.length);
  const evidence = { p, ...(rarity && { rarity }), limit: turn.limit, deviation, vif };

  const [from, to] = [quantity(mean(before), unit), quantity(mean(after), unit)];
  const noticeable = mean(lower) - mean(before) >= atLeast;
  const sinceLast = rise + mean(logBefore) - mean(logLast);
  const sinceDeployment = last.length === 0 || sinceLast > (known ? tolerated / 2 : tolerated);
  if (p <= turn.limit && noticeable && sinceDeployment) {
    const accepted = `by more than the accepted ${percent(tolerance)}`;
    const sentence = `${said} rose from ${from} to ${to}, ${accepted}: chance of that without a change ${chance(p)}`;
    return finding('fail', sentence, evidence);
  }
  if (!turn.main) return finding('continue', `${said} ${to} so far, before ${from}`, evidence);

  // Passes where twice the tolerance can be ruled out, or where the rise is too small for anybody to notice.
  const margin = Math.log(1 + 2 * tolerance) - (mean(logAfter) - mean(logBefore));
  const doubt = tail(margin, after.length);
  const all = { ...evidence, doubt };
  const small = atLeast > 0 && Math.max(...after) - mean(before) < atLeast;
  if (p <= turn.limit && noticeable) {
    const just = quantity(mean(last), unit);
    return finding(
      'inconclusive',
      `${said} ${to}, before ${from}: not clearly more than ${just} just before`,
      all,
    );
  }
  if (doubt <= confidence || small) return finding('pass', `${said} ${to}, before ${from}`, all);
  if (rarity && rarity.asHigh > 0) {
    const like = `${rarity.asHigh} of ${rarity.windows} such spans of the day before were as high`;
    return finding('inconclusive', `${said} ${to}, before ${from}: ${like}`, all);
  }
  return finding('inconclusive', `${said} ${to}, before ${from}: its points vary too much to tell`, all);
}

/** What is not positive counts as the least that was seen above nothing. */
function logarithm(all: readonly number[], atLeast: number): (value: number) => number {
  const positive = all.map((value) => value + atLeast).filter((value) => value > 0);
  const least = positive.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  const floor = Number.isFinite(least) ? least : 1;
  return (value) => Math.log(Math.max(value + atLeast, floor));
}

const summary = (points: readonly number[]) => ({
  points: points.length,
  ...(points.length > 0 && { mean: mean(points) }),
});
