/** How a target group finds out whether a target is healthy. */
import type { TargetHealth } from './target-group.ts';

export interface HealthCheck {
  path: string;
  intervalSeconds: number;
  timeoutSeconds: number;
  /** Successes in a row after which an unhealthy target is healthy. A new target needs one. */
  healthyThreshold: number;
  /** Failures in a row after which a target is unhealthy. */
  unhealthyThreshold: number;
  /** Statuses that are a success: `200`, `200,302`, `200-299`. */
  matcher: string;
}

/** AWS's defaults for HTTP target groups of application load balancers. */
export const awsHealthCheck: HealthCheck = {
  path: '/',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
};

/** Asks a target once. The status, or `undefined` when there was no answer in time. */
export type Probe = (port: number, check: HealthCheck) => Promise<number | undefined>;

export function matches(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [low, high = low] = part.split('-').map(Number);
    return low !== undefined && high !== undefined && status >= low && status <= high;
  });
}

/** Keeps count of the results of one target's checks. Answers its health after each. */
export function healthJudge(check: HealthCheck) {
  let health: Extract<TargetHealth, 'initial' | 'healthy' | 'unhealthy'> = 'initial';
  let successes = 0;
  let failures = 0;

  return (status: number | undefined) => {
    const success = status !== undefined && matches(check.matcher, status);
    successes = success ? successes + 1 : 0;
    failures = success ? 0 : failures + 1;
    if (successes >= (health === 'initial' ? 1 : check.healthyThreshold)) health = 'healthy';
    if (failures >= check.unhealthyThreshold) health = 'unhealthy';
    return health;
  };
}
