/** The errors of ECS, by the name and in the words of AWS. */

import { AwsError } from '../aws-service.ts';

export const clientException = (message: string) => new AwsError('ClientException', message);
export const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message);
/** `resourceIds`: what the token was used for. */
export const conflict = (message: string, resourceIds?: string[]) =>
  new AwsError('ConflictException', message, 400, resourceIds && { resourceIds });
export const clusterNotFound = () => new AwsError('ClusterNotFoundException', 'Cluster not found.');
export const serviceNotFound = () => new AwsError('ServiceNotFoundException', 'Service not found.');
export const serviceDeploymentNotFound = () =>
  new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.');

/** What exists in AWS but not here. The code is AWS's for a parameter that does not fit; the words say whose limit it is. */
export const notInTheLocalWorld = (what: string) =>
  invalidParameter(
    `The local world does not model ${what}. It does what its documentation lists, and refuses the rest.`,
  );
