/** When ECS gives a rolling deployment up: the deployment circuit breaker, as numbers only. */

import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';

export interface Breaker {
  /** Stage 1 counts tasks that do not reach RUNNING, stage 2 tasks that are replaced for their health. */
  stage: 1 | 2;
  failureCount: number;
}

export type BreakerSighting = 'failed to start' | 'running' | 'failed health check' | 'healthy';

export const freshBreaker: Breaker = { stage: 1, failureCount: 0 };

/** What one sighting of a task of the deployment makes of the count. */
export function observe(breaker: Breaker, sighting: BreakerSighting, settings: Settings): Breaker {
  switch (sighting) {
    case 'running':
      return { ...breaker, stage: 2 };
    case 'healthy':
      return (settings?.resetOnHealthyTask ?? true) ? { ...breaker, failureCount: 0 } : breaker;
    case 'failed to start':
      return breaker.stage === 1 ? plusOne(breaker) : breaker;
    case 'failed health check':
      return breaker.stage === 2 ? plusOne(breaker) : breaker;
  }
}

type Settings = DeploymentCircuitBreaker | undefined;

const plusOne = (breaker: Breaker): Breaker => ({ ...breaker, failureCount: breaker.failureCount + 1 });

/** Of the latest desired count: half of it by default, but never below 3 or above 200. */
export function threshold(settings: Settings, desiredCount: number): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = settings?.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((value * desiredCount) / 100);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
}

export function tripped(breaker: Breaker, settings: Settings, desiredCount: number): boolean {
  return settings?.enable === true && breaker.failureCount >= threshold(settings, desiredCount);
}
