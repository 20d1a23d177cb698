/** Gateways to what belongs to an environment: one for each account and Region that environments are in. */
import type { Target } from '../core/release.ts';
import type { ClientMaker } from './client-maker.ts';
import type { Means } from './means.ts';
import { roleCredentials } from './role-credentials.ts';

/** Where an environment is, as far as it says so: else it is at home. */
export type At = Pick<Target, 'region' | 'roleArn'>;

/** Each is made once, when it is first asked for, with clients of its Region and with its role's credentials. */
export function perPlace<Gateway>(
  { makeClient, open }: Means,
  gateway: (makeClient: ClientMaker) => Gateway,
): (at: At) => Gateway {
  const known = new Map<string, Gateway>();
  return ({ region, roleArn }) => {
    const key = `${roleArn} ${region}`;
    const made =
      known.get(key) ??
      gateway((Client, own) =>
        makeClient(Client, {
          ...(region && { region }),
          ...(roleArn && { credentials: open(roleCredentials)(roleArn) }),
          ...own,
        }),
      );
    known.set(key, made);
    return made;
  };
}
