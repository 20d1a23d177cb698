/** Is something above what may never be, whatever was before? An exact test against a constant. */
import type { Turn } from './looks.ts';
import { binomialTail } from './statistics.ts';
import type { Counts, LimitFinding, Status } from './verdict.ts';
import { chance, percent, quantity, rate } from './wording.ts';

/** A good version may be above the limit of a level in so many of its periods: one of twenty. */
const mayExceed = 0.05;
const fewestPoints = 2;

/** Events of which a share of at most `max` may be bad: fails where P(Bin(requests, max) ≥ errors) ≤ the look's limit. */
export function judgeShareLimit(
  name: string,
  bad: string,
  max: number,
  seen: Counts,
  turn: Turn,
): LimitFinding {
  const p = binomialTail(seen.errors, seen.requests, max);
  const finding = (status: Status, sentence: string): LimitFinding => ({
    ...{ kind: 'limit', name, status, sentence, max, unit: 'share' },
    ...{ above: seen.errors, of: seen.requests, allowed: max, p, limit: turn.limit },
  });
  const unlessMore: Status = turn.main ? 'inconclusive' : 'continue';
  if (seen.requests === 0)
    return finding(unlessMore, `no figures to hold against ${bad} of at most ${percent(max)}`);
  const said = `${bad} ${rate(seen)}, at most ${percent(max)} may be`;
  if (p <= turn.limit) return finding('fail', `${said}: chance of that within the limit ${chance(p)}`);
  if (!turn.main) return finding('continue', said);
  return finding(seen.errors <= max * seen.requests ? 'pass' : 'inconclusive', said);
}

/** Points of a level: fails where P(Bin(points, 0.05) ≥ those above `max`) ≤ the look's limit. */
export function judgeLevelLimit(
  name: string,
  max: number,
  unit: string,
  values: readonly number[],
  turn: Turn,
): LimitFinding {
  const above = values.filter((value) => value > max).length;
  const highest = values.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const p = binomialTail(above, values.length, mayExceed);
  const finding = (status: Status, sentence: string): LimitFinding => ({
    ...{ kind: 'limit', name, status, sentence, max, unit },
    ...{ above, of: values.length, allowed: mayExceed, p, limit: turn.limit },
    ...(values.length > 0 && { highest }),
  });
  const limit = `at most ${quantity(max, unit)} may be`;
  if (values.length < fewestPoints)
    return finding(turn.main ? 'inconclusive' : 'continue', `${name}: ${values.length} points, ${limit}`);
  const said = `${name} was above ${quantity(max, unit)} in ${above} of ${values.length} periods, up to ${quantity(highest, unit)}`;
  if (p <= turn.limit) return finding('fail', said);
  const so = above > 0 ? said : `${name} at most ${quantity(highest, unit)}, ${limit}`;
  if (!turn.main) return finding('continue', so);
  return finding(above === 0 ? 'pass' : 'inconclusive', so);
}
