/** Where something of AWS is: an account and a Region. */
import type { Service } from './config.ts';
import type { EcrRepository } from './image.ts';

export interface Place {
  /** 12 digits. */
  account: string;
  region: string;
}

export const samePlace = (one: Place, other: Place): boolean =>
  one.account === other.account && one.region === other.region;

/** Of an environment that says so, else of the installation itself. */
export const placeOf = (
  { roleArn, region }: { roleArn?: string | undefined; region?: string | undefined },
  home: Place,
): Place => ({ account: roleArn?.split(':')[4] ?? home.account, region: region ?? home.region });

/** Account and Region of what is not at home; nothing of what is. */
export function awayFrom(home: Place, at: Parameters<typeof placeOf>[0]): string[] {
  const { account, region } = placeOf(at, home);
  return samePlace({ account, region }, home) ? [] : [account, region];
}

/** A service's repository: in the registry that it names, else in that of the installation itself. */
export const repositoryAt = (
  { registry, repository }: Pick<Service, 'registry' | 'repository'>,
  home: Place,
): EcrRepository => {
  const { account: registryId, region } = registry ?? home;
  return { registryId, region, repository };
};
