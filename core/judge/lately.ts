/**
 * Between a pinned time and now much else may have changed, which is not the release's doing. So what is worse than then has to be
 * worse than just before the deployment, too, as far as that says enough.
 */
import { type Counted, judgeErrors } from './errors.ts';
import { excused, isExcusable } from './excuse.ts';
import { judgeLatencies } from './latency.ts';
import type { Turn } from './looks.ts';
import { type Observation, split, type Windows } from './series.ts';
import type { Finding } from './verdict.ts';
import { milliseconds, quantity, rate } from './wording.ts';

/** Of the requests, or points, that came after: fewer before say nothing. */
const enough = 0.5;

/** Against as long a time just before the deployment, without its day: that was said not to count. */
export const unpinned = (observation: Observation): Observation => ({
  ...observation,
  policy: { ...observation.policy, pinned: undefined },
});

function justBefore(observation: Observation, periods: number): Windows {
  const { history: _, ...windows } = split(unpinned(observation), periods);
  return windows;
}

/** `again`: the same finding, of the time just before. */
export function unlessBefore(
  finding: Finding,
  { policy }: Observation,
  turn: Turn,
  again: () => Finding | undefined,
): Finding {
  if (!policy.pinned || !isExcusable(finding)) return finding;
  const lately = again();
  if (!lately || lately.status === 'fail') return finding;
  const was = saidBefore(lately);
  return was === undefined ? finding : excused(finding, turn, `, but not clearly from ${was} just before`);
}

export const errorsLately = (observation: Observation, turn: Turn, counted: Counted) => () =>
  judgeErrors(justBefore(observation, turn.periods), turn, observation.policy.period, counted);

export const latencyLately = (observation: Observation, turn: Turn, name: string) => () => {
  const found = judgeLatencies(justBefore(observation, turn.periods), turn, observation.policy);
  return found.find((one) => one.name === name) ?? found[0];
};

/** Undefined where there was too little. */
function saidBefore(finding: Finding): string | undefined {
  switch (finding.kind) {
    case 'errors': {
      const { before, after } = finding;
      return before.requests >= enough * after.requests ? rate(before) : undefined;
    }
    case 'latency': {
      const { points, ...of } = finding.before;
      const level = of.p99Milliseconds ?? of.p90Milliseconds ?? of.p50Milliseconds;
      const says = level !== undefined && points >= enough * finding.after.points;
      return says ? milliseconds(level) : undefined;
    }
    case 'gauge': {
      const { points, mean } = finding.before;
      const says = mean !== undefined && points >= enough * finding.after.points;
      return says ? quantity(mean, finding.unit) : undefined;
    }
    default:
      return undefined;
  }
}
