/** How far ECS has come with moving the traffic to a new version, and how long it needs at most. */
import { spoken } from './duration.ts';
import type { Strategy } from './strategy.ts';

export interface SeenShift {
  /** ECS's lifecycle stage; undefined where it names none. */
  stage: string | undefined;
  /** Percent of the users' requests that the new version is to get. */
  weight: number;
  /** When it was first seen to have users, ms since the epoch, where that is known. */
  servingSince?: number | undefined;
  /** ECS waits for an answer. */
  paused?: boolean | undefined;
}

export interface ShiftProgress extends Pick<SeenShift, 'stage' | 'weight' | 'paused'> {
  /** Which step of how many: `0` before the first. */
  step: number;
  steps: number;
  /** Seconds until ECS is done, as far as its bake times go. ECS does not say when a step began: it is no more than this. */
  leftAtMost: number;
}

/** Undefined for ROLLING, which replaces tasks and moves no traffic by itself. */
export function shiftProgress(
  strategy: Strategy,
  { stage, weight, servingSince, paused }: SeenShift,
  now: number,
): ShiftProgress | undefined {
  if (strategy.strategy === 'ROLLING') return undefined;
  const { weights, bakes } = stepsOf(strategy);
  const step = weight <= 0 ? 0 : weights.findIndex((one) => one >= weight) + 1 || weights.length;
  const from = Math.max(0, step - 1);
  const sum = (seconds: readonly number[]) => seconds.reduce((all, one) => all + one, 0);
  const most = stage === 'BAKE_TIME' ? Number(bakes.at(-1)) : sum(bakes.slice(from));
  // What is still to come after this step is surely left.
  const least = sum(bakes.slice(from + 1));
  // A pause is no step's time.
  const elapsed =
    servingSince === undefined || step === 0 || paused ? 0 : Math.max(0, (now - servingSince) / 1000);
  const leftAtMost = Math.max(stage === 'BAKE_TIME' ? 0 : least, Math.min(most, sum(bakes) - elapsed));
  const progress = { stage, weight, step, steps: weights.length, leftAtMost: Math.round(leftAtMost) };
  return paused ? { ...progress, paused } : progress;
}

/** The weights that are come to one after the other, and for how long each of them stands, in seconds. */
function stepsOf(strategy: Exclude<Strategy, { strategy: 'ROLLING' }>): {
  weights: number[];
  bakes: number[];
} {
  switch (strategy.strategy) {
    case 'BLUE_GREEN':
      return { weights: [100], bakes: [strategy.bakeTime] };
    case 'CANARY':
      return {
        weights: [strategy.percent, 100],
        bakes: [strategy.canaryBakeTime, strategy.bakeTime],
      };
    case 'LINEAR': {
      const { stepPercent, stepBakeTime, bakeTime } = strategy;
      const steps = Math.ceil(100 / stepPercent);
      const weights = Array.from({ length: steps }, (_, index) => Math.min(100, (index + 1) * stepPercent));
      return { weights, bakes: weights.map((weight) => (weight < 100 ? stepBakeTime : bakeTime)) };
    }
  }
}

/** `5 % of the traffic (step 1 of 2), at most 18 min left`. */
export function shiftSentence({ weight, step, steps, leftAtMost, paused }: ShiftProgress): string {
  const at = paused ? 'paused, ' : '';
  if (step === 0) return `${at}no traffic yet (${steps} step${steps === 1 ? '' : 's'} to come)`;
  const left = leftAtMost > 0 ? `, at most ${spoken(leftAtMost)} ${paused ? 'when it goes on' : 'left'}` : '';
  return `${at}${weight} % of the traffic (step ${step} of ${steps})${left}`;
}
