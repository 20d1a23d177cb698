/** The operations of ECR's API on repositories and on the registry itself. */
import { account, type Operation, region } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { invalidParameter } from './errors.ts';
import { pageOf } from './paging.ts';
import type { EcrStore, Mutability, Repository } from './store.ts';

/** The registry's host name, as task definitions and repository URIs have it. */
export const registryHost = `${account}.dkr.ecr.${region}.amazonaws.com`;

const name = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const tokenLifetime = 12 * 3_600_000;

interface Registry {
  store: EcrStore;
  clock: Clock;
  address: () => string;
  random: (length: number) => Buffer;
}

export function repositoryOperations({ store, clock, address, random }: Registry) {
  function create({ repositoryName, imageTagMutability = 'MUTABLE' }: CreateRepositoryInput) {
    if (typeof repositoryName !== 'string' || repositoryName.length < 2 || repositoryName.length > 256) {
      throw invalidParameter('repositoryName', 'Member must have length between 2 and 256, inclusive');
    }
    if (!name.test(repositoryName)) {
      throw invalidParameter(
        'repositoryName',
        `must satisfy regular expression '${name.source.slice(1, -1)}'`,
      );
    }
    return store.createRepository(repositoryName, mutability(imageTagMutability));
  }

  const operations = {
    CreateRepository: (input) => ({ repository: description(create(input)) }),

    DescribeRepositories({ registryId = account, repositoryNames, ...page }) {
      if (repositoryNames && (page.nextToken !== undefined || page.maxResults !== undefined)) {
        throw invalidParameter('repositoryNames', 'must not be used together with nextToken or maxResults');
      }
      const named = (repositoryNames as string[] | undefined)?.map((each) =>
        store.repository(each, registryId),
      );
      if (named) return { repositories: named.map(description) };
      const all = store.repositories().sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, ...token } = pageOf(all, (each) => each.name, page, { most: 1000, usual: 100 });
      return { repositories: items.map(description), ...token };
    },

    PutImageTagMutability({ registryId, repositoryName, imageTagMutability }) {
      const repository = store.repository(repositoryName, registryId);
      repository.mutability = mutability(imageTagMutability);
      return { registryId: account, repositoryName, imageTagMutability };
    },

    /** The password is as good as any other: the registry asks for one and takes all. */
    GetAuthorizationToken: () => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${random(48).toString('base64url')}`).toString('base64'),
          expiresAt: new Date(clock.now() + tokenLifetime),
          proxyEndpoint: address(),
        },
      ],
    }),
  } satisfies Record<string, Operation>;

  return { operations, create };
}

export interface CreateRepositoryInput {
  repositoryName: string;
  imageTagMutability?: Mutability;
}

function mutability(value: unknown): Mutability {
  if (value === 'MUTABLE' || value === 'IMMUTABLE') return value;
  throw invalidParameter('imageTagMutability', 'Member must satisfy enum value set: [MUTABLE, IMMUTABLE]');
}

const description = ({ name, createdAt, mutability }: Repository) => ({
  repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
  registryId: account,
  repositoryName: name,
  repositoryUri: `${registryHost}/${name}`,
  createdAt: new Date(createdAt),
  imageTagMutability: mutability,
  imageScanningConfiguration: { scanOnPush: false },
  encryptionConfiguration: { encryptionType: 'AES256' },
});
