/** How a service is deployed: what is refused, and what it gets where nothing is said. */

import { checkEarlySuccess } from './early-success.ts';
import { invalidParameter, notInTheLocalWorld } from './errors.ts';
import { checkShift } from './shift-request.ts';
import { type Configuration, shiftsTraffic } from './stages.ts';

/** Throws InvalidParameterException for what AWS would refuse, and for what only AWS can do. */
export function checkDeploymentConfiguration(configuration: Configuration) {
  const { alarms, lifecycleHooks = [] } = configuration;
  if (shiftsTraffic(configuration)) {
    checkShift(configuration);
    if (alarms?.enable)
      throw notInTheLocalWorld(`deployment alarms with the strategy ${configuration.strategy}`);
  } else if (lifecycleHooks.length > 0)
    throw notInTheLocalWorld('deployment lifecycle hooks with the strategy ROLLING');
  checkEarlySuccess(configuration);

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

/** What was, with what is asked for over it. Settings of another strategy go with it. Throws as `checkDeploymentConfiguration` does. */
export function configurationWith(before: Configuration, asked: Configuration = {}): Configuration {
  const { canaryConfiguration, linearConfiguration, ...common } = { ...before, ...asked };
  if (asked.strategy === 'BLUE_GREEN' && asked.bakeTimeInMinutes === undefined)
    throw invalidParameter('bakeTimeInMinutes must be provided when the deployment strategy is BLUE_GREEN.');
  for (const [strategy, given] of [
    ['CANARY', asked.canaryConfiguration],
    ['LINEAR', asked.linearConfiguration],
  ] as const)
    if (given && common.strategy !== strategy)
      throw invalidParameter(
        `${strategy.toLowerCase()}Configuration is only valid when the deployment strategy is ${strategy}.`,
      );
  const configuration = {
    ...common,
    ...(common.strategy === 'CANARY' && canaryConfiguration && { canaryConfiguration }),
    ...(common.strategy === 'LINEAR' && linearConfiguration && { linearConfiguration }),
  };
  checkDeploymentConfiguration(configuration);
  return configuration;
}
