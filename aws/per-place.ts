/** Gateways to what belongs to an environment: one for each account and Region that environments are in. */
import type { Config } from '../core/config.ts';
import { type Place, placeOf, samePlace } from '../core/place.ts';
import type { Target } from '../core/release.ts';
import type { ClientMaker } from './client-maker.ts';
import type { Means } from './means.ts';
import { roleCredentials } from './role-credentials.ts';

/** Where an environment is, as far as it says so: else it is at home. */
export type At = Pick<Target, 'region' | 'roleArn'>;

/**
 * What a release began with may have another role by now, or none: permissions follow the configuration, so its role of
 * that place counts, and the release's own only where the configuration has nothing there any more.
 */
function roleFor(at: At, { services }: Config, home: Place): string | undefined {
  const there = Object.values(services)
    .flatMap(({ environments }) => environments)
    .filter((environment) => samePlace(placeOf(environment, home), placeOf(at, home)));
  const same = there.find(({ roleArn }) => roleArn === at.roleArn);
  const [found = at] = same ? [same] : there;
  return found.roleArn;
}

/** Each is made once, when it is first asked for, with clients of its Region and with its role's credentials. */
export function perPlace<Gateway>(
  { config, home, makeClient, open }: Means,
  gateway: (makeClient: ClientMaker) => Gateway,
): (at: At) => Gateway {
  const known = new Map<string, Gateway>();
  return (at) => {
    const { region } = at;
    const roleArn = roleFor(at, config, home);
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
