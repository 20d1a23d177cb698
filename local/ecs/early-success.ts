/** Early success: a rolling deployment that is called successful before all of its tasks run. Pure. */

import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import { invalidParameter } from './errors.ts';
import type { Situation } from './scheduler.ts';

type Configuration = NonNullable<CreateServiceRequest['deploymentConfiguration']>;

/** Throws InvalidParameterException. The rules are those of the API reference, the words are not AWS's. */
export function checkEarlySuccess({ earlySuccessCriteria, ...configuration }: Configuration) {
  if (!earlySuccessCriteria?.enable) return;
  const { healthyPercent, sourceServiceRevisionCleanup } = earlySuccessCriteria;
  const { strategy = 'ROLLING', minimumHealthyPercent = 100 } = configuration;
  if (strategy !== 'ROLLING') {
    throw invalidParameter(`earlySuccessCriteria is not supported with the deployment strategy ${strategy}.`);
  }
  if (healthyPercent === undefined || !sourceServiceRevisionCleanup) {
    throw invalidParameter(
      'earlySuccessCriteria must specify healthyPercent and sourceServiceRevisionCleanup when it is enabled.',
    );
  }
  if (!Number.isInteger(healthyPercent) || healthyPercent < 0 || healthyPercent > 100) {
    throw invalidParameter('healthyPercent must be an integer between 0 and 100.');
  }
  if (healthyPercent < minimumHealthyPercent) {
    throw invalidParameter('healthyPercent must be greater than or equal to minimumHealthyPercent.');
  }
}

/** Rounded up, as the lower limit of healthy tasks is. */
export function isEarlySuccess(
  { earlySuccessCriteria }: Configuration,
  { desiredCount, tasks }: Situation,
): boolean {
  if (!earlySuccessCriteria?.enable) return false;
  const { healthyPercent = 100, sourceServiceRevisionCleanup } = earlySuccessCriteria;
  const healthy = tasks.filter(({ revision, state }) => revision === 'current' && state === 'healthy').length;
  const cleanedUp = !tasks.some(({ revision }) => revision === 'old');
  return (
    healthy >= Math.ceil((healthyPercent * desiredCount) / 100) &&
    (cleanedUp || sourceServiceRevisionCleanup === 'DEFERRED')
  );
}
