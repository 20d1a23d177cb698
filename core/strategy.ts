/** How ECS brings a new version in: the strategies of its services, as the configuration names them. */
import * as z from 'zod';
import { durationSchema } from './duration.ts';

/** ECS counts in whole minutes, up to a day. */
const minutes = (fallback: number) =>
  durationSchema
    .refine((seconds) => seconds % 60 === 0 && seconds <= 86_400, {
      error: 'must be whole minutes, at most 24h',
    })
    .default(fallback);

/** After all traffic has moved, the old tasks stand for so long: the way back of a few seconds. */
const bakeTime = minutes(600);

/** Ranges and defaults of steps are ECS's own: DeploymentConfiguration in its API reference. */
export const strategySchema = z.discriminatedUnion(
  'strategy',
  [
    z.strictObject({ strategy: z.literal('ROLLING') }),
    z.strictObject({ strategy: z.literal('BLUE_GREEN'), bakeTime }),
    z.strictObject({
      strategy: z.literal('CANARY'),
      /** Of the traffic, that the new version gets first. */
      percent: z.number().min(0.1).max(100).default(5),
      canaryBakeTime: minutes(600),
      bakeTime,
    }),
    z.strictObject({
      strategy: z.literal('LINEAR'),
      /** Of the traffic, that moves at a time. */
      stepPercent: z.number().min(3).max(100).default(10),
      stepBakeTime: minutes(360),
      bakeTime,
    }),
  ],
  { error: 'must be ROLLING, BLUE_GREEN, CANARY or LINEAR' },
);
export type Strategy = z.infer<typeof strategySchema>;

/** `deploymentConfiguration` of an ECS service, as far as it is the strategy. */
export interface EcsStrategy {
  strategy?: string | undefined;
  bakeTimeInMinutes?: number | undefined;
  canaryConfiguration?:
    | { canaryPercent?: number | undefined; canaryBakeTimeInMinutes?: number | undefined }
    | undefined;
  linearConfiguration?:
    | { stepPercent?: number | undefined; stepBakeTimeInMinutes?: number | undefined }
    | undefined;
}

export function asEcs(wanted: Strategy): EcsStrategy {
  const { strategy } = wanted;
  if (wanted.strategy === 'ROLLING') return { strategy };
  const bakeTimeInMinutes = wanted.bakeTime / 60;
  switch (wanted.strategy) {
    case 'BLUE_GREEN':
      return { strategy, bakeTimeInMinutes };
    case 'CANARY': {
      const { percent: canaryPercent, canaryBakeTime } = wanted;
      const canaryConfiguration = { canaryPercent, canaryBakeTimeInMinutes: canaryBakeTime / 60 };
      return { strategy, bakeTimeInMinutes, canaryConfiguration };
    }
    case 'LINEAR': {
      const { stepPercent, stepBakeTime } = wanted;
      const linearConfiguration = { stepPercent, stepBakeTimeInMinutes: stepBakeTime / 60 };
      return { strategy, bakeTimeInMinutes, linearConfiguration };
    }
  }
}

/** Where a service's strategy is another than the configuration's, each in words. A service that names none is ROLLING. */
export function differences(wanted: Strategy, seen: EcsStrategy): string[] {
  const has = fields({ strategy: 'ROLLING', ...seen });
  const all = Object.entries(fields(asEcs(wanted)));
  // Without the strategy, what belongs to it says nothing.
  const told = has.strategy === wanted.strategy ? all : all.slice(0, 1);
  return told.flatMap(([name, value]) =>
    has[name] === value ? [] : [`${name} is ${has[name] ?? 'not set'}, not ${value}`],
  );
}

const fields = ({ canaryConfiguration, linearConfiguration, ...others }: EcsStrategy) =>
  ({ ...others, ...canaryConfiguration, ...linearConfiguration }) as Record<string, string | number>;

/** Seconds that a rollout takes at least, besides starting its tasks. */
export function shortestRollout(strategy: Strategy): number {
  switch (strategy.strategy) {
    case 'ROLLING':
      return 0;
    case 'BLUE_GREEN':
      return strategy.bakeTime;
    case 'CANARY':
      return strategy.canaryBakeTime + strategy.bakeTime;
    case 'LINEAR':
      return stepping(strategy) + strategy.bakeTime;
  }
}

/** How often one hook may pause a deployment at most, if it does at every stage that hooks may pause at. */
export function mostPauses(strategy: Strategy): number {
  // Around starting the tasks, after the test traffic, and after all traffic has moved; each step of the traffic comes to that.
  const besides = 4;
  switch (strategy.strategy) {
    case 'ROLLING':
      return 0;
    case 'BLUE_GREEN':
      return besides + 1;
    case 'CANARY':
      return besides + 2;
    case 'LINEAR':
      return besides + Math.ceil(100 / strategy.stepPercent);
  }
}

/** Seconds in which the new version has users and the old tasks still stand: a verdict in them is followed by a way back of seconds. */
export function bothStand(strategy: Exclude<Strategy, { strategy: 'ROLLING' }>): number {
  switch (strategy.strategy) {
    case 'BLUE_GREEN':
      return strategy.bakeTime;
    case 'CANARY':
      return strategy.canaryBakeTime;
    case 'LINEAR':
      return stepping(strategy);
  }
}

/** ECS waits after each step but the last. */
const stepping = ({ stepPercent, stepBakeTime }: { stepPercent: number; stepBakeTime: number }) =>
  (Math.ceil(100 / stepPercent) - 1) * stepBakeTime;
