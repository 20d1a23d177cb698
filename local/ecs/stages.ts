/** The lifecycle stages that a deployment goes through when its traffic is shifted, in ECS's order. Pure. */

import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { Stage } from './model.ts';

export type Configuration = NonNullable<CreateServiceRequest['deploymentConfiguration']>;

export interface Step {
  stage: Stage;
  /** Percent of the traffic that the new revision gets from here on. */
  test?: number;
  production?: number;
  /** How long ECS waits after it has done everything else. */
  minutes?: number;
}

export const shiftsTraffic = ({ strategy = 'ROLLING' }: Configuration) => strategy !== 'ROLLING';

/** `sources`: revisions that still have tasks. More than one where the deployment before was broken off. */
export function stepsOf(configuration: Configuration, sources: number): Step[] {
  return [
    ...(sources > 1 ? [{ stage: 'RECONCILE_SERVICE' } as const] : []),
    { stage: 'PRE_SCALE_UP' },
    { stage: 'SCALE_UP' },
    { stage: 'POST_SCALE_UP' },
    { stage: 'TEST_TRAFFIC_SHIFT', test: 100 },
    { stage: 'POST_TEST_TRAFFIC_SHIFT' },
    ...productionSteps(configuration).flatMap((step): Step[] => [
      { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' },
      { stage: 'PRODUCTION_TRAFFIC_SHIFT', ...step },
    ]),
    { stage: 'POST_PRODUCTION_TRAFFIC_SHIFT' },
    { stage: 'BAKE_TIME', minutes: configuration.bakeTimeInMinutes ?? 0 },
    { stage: 'CLEAN_UP' },
  ];
}

/** ECS waits after each step of the traffic but the last. */
function productionSteps({ strategy, canaryConfiguration, linearConfiguration }: Configuration) {
  const all = { production: 100 };
  if (strategy === 'CANARY') {
    const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } = canaryConfiguration ?? {};
    return canaryPercent < 100
      ? [{ production: canaryPercent, minutes: canaryBakeTimeInMinutes }, all]
      : [all];
  }
  if (strategy === 'LINEAR') {
    const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = linearConfiguration ?? {};
    const before = Math.ceil(tenths(100) / tenths(stepPercent)) - 1;
    const steps = Array.from({ length: before }, (_, place) => (tenths(stepPercent) * (place + 1)) / 10);
    return [...steps.map((production) => ({ production, minutes: stepBakeTimeInMinutes })), all];
  }
  return [all];
}

/** Percentages are multiples of 0.1, which no binary fraction is. */
const tenths = (percent: number) => Math.round(percent * 10);
