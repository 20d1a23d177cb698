/** Clients of ECR, one for each Region that repositories are in. Another account lets us in by the repository's own policy. */
import { ECRClient } from '@aws-sdk/client-ecr';
import type { EcrRepository } from '../core/image.ts';
import type { Means } from './means.ts';

export function ecrClients({ makeClient }: Pick<Means, 'makeClient'>) {
  const clients = new Map<string, ECRClient>();
  return ({ region }: Pick<EcrRepository, 'region'>): ECRClient => {
    const client = clients.get(region) ?? makeClient(ECRClient, { region });
    clients.set(region, client);
    return client;
  };
}

export const named = ({ registryId, repository }: EcrRepository) => ({
  registryId,
  repositoryName: repository,
});
