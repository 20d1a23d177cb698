/** What can be said of a configuration only where it is known where Tidegate is. */
import { createHash } from 'node:crypto';
import type { Config } from './config.ts';
import { membersOf } from './members.ts';
import { type Place, placeOf, samePlace } from './place.ts';

/** Throws for an installation that the configuration does not mean, and for two environments of one ECS service. */
export function checkAt(config: Config, home: Place): void {
  const { installation, services } = config;
  if (installation && !samePlace(installation, home)) {
    const shown = ({ account, region }: Place) => `${account}, ${region}`;
    throw new Error(
      `tidegate.config.ts is for an installation in ${shown(installation)}, and this is ${shown(home)}: look at AWS_PROFILE and AWS_REGION`,
    );
  }
  const owners = new Map<string, string>();
  for (const [service, found] of Object.entries(services)) {
    for (const { environment } of found.environments.flatMap((one) => membersOf(found, one))) {
      const { account, region } = placeOf(environment, home);
      const what = `${account}/${region}/${environment.cluster}/${environment.service}`;
      const owner = `${service}.${environment.name}`;
      const other = owners.get(what);
      if (other)
        throw new Error(
          `tidegate.config.ts: ${owner} and ${other} are both the ECS service ${what}: two releases would overwrite each other`,
        );
      owners.set(what, owner);
    }
  }
}

/** The same for the same settings. What it was when Tidegate was deployed, it must be when its functions read it. */
export const fingerprint = (config: Config): string =>
  createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 16);
