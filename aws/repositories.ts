/** Repositories of ECR, as far as `tidegate doctor` looks at them. */
import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import type { EcrRepository } from '../core/image.ts';
import { calling, isAwsError } from './calling.ts';
import { ecrClients } from './ecr-clients.ts';
import type { Means } from './means.ts';

export function repositories({ open }: Means) {
  const clientFor = open(ecrClients);
  return {
    /** Undefined where there is none of this name. */
    async look(repository: EcrRepository): Promise<{ tags: string } | undefined> {
      const command = new DescribeRepositoriesCommand({
        registryId: repository.registryId,
        repositoryNames: [repository.repository],
      });
      try {
        const { repositories: found = [] } = await calling('DescribeRepositories', () =>
          clientFor(repository).send(command),
        );
        return { tags: found[0]?.imageTagMutability ?? 'MUTABLE' };
      } catch (error) {
        if (isAwsError(error, 'RepositoryNotFoundException')) return undefined;
        throw error;
      }
    },
  };
}
