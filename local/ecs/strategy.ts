/** Which ways of deploying a service there are here. Another strategy is another file beside `rolling.ts`. */

import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import { invalidParameter, notInTheLocalWorld } from './errors.ts';

type Configuration = NonNullable<CreateServiceRequest['deploymentConfiguration']>;

/** Throws InvalidParameterException for what AWS would refuse, and for what only AWS can do. */
export function checkDeploymentConfiguration(configuration: Configuration) {
  const { strategy = 'ROLLING', lifecycleHooks = [], earlySuccessCriteria } = configuration;
  if (strategy !== 'ROLLING') throw notInTheLocalWorld(`the deployment strategy ${strategy}`);
  if (lifecycleHooks.length > 0) throw notInTheLocalWorld('deployment lifecycle hooks');
  if (earlySuccessCriteria?.enable) throw notInTheLocalWorld('early success criteria');

  const { minimumHealthyPercent = 100, maximumPercent = 200 } = configuration;
  if (minimumHealthyPercent < 0 || maximumPercent < 1) {
    throw invalidParameter('Deployment configuration percentages should not be negative.');
  }
  if (minimumHealthyPercent >= maximumPercent && minimumHealthyPercent > 100) {
    throw invalidParameter('maximumPercent should be greater than minimumHealthyPercent.');
  }
  const { deploymentCircuitBreaker } = configuration;
  const { type, value = 50 } = deploymentCircuitBreaker?.thresholdConfiguration ?? {};
  if (type && value < 1) throw invalidParameter('Circuit breaker threshold value should be at least 1.');
}

/** What a service gets where nothing is said. Source: API reference, DeploymentConfiguration. */
export const defaultDeploymentConfiguration: Configuration = {
  deploymentCircuitBreaker: { enable: false, rollback: false },
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  strategy: 'ROLLING',
  bakeTimeInMinutes: 0,
};
