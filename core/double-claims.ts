/** What two environments cannot both have: an ECS service, and a name that their executions are called by. */
import type { Service } from './config.ts';
import { membersOf } from './members.ts';
import { type Place, placeOf } from './place.ts';

interface DoubleClaim {
  /** Below `services`. */
  path: (string | number)[];
  message: string;
}

/** Of the later one each time. `installation`: where environments are that say nothing else. */
export function doubleClaims(
  services: Readonly<Record<string, Service>>,
  installation: Place,
): DoubleClaim[] {
  const found: DoubleClaim[] = [];
  const owners = new Map<string, string>();
  for (const [name, service] of Object.entries(services)) {
    service.environments.forEach((environment, index) => {
      const owner = `${name}.${environment.name}`;
      const claim = (what: string, field: (string | number)[], consequence: string) => {
        const other = owners.get(what) ?? owner;
        owners.set(what, other);
        if (other !== owner)
          found.push({
            path: [name, 'environments', index, ...field],
            message: `${what} already belongs to ${other}: ${consequence}`,
          });
      };
      const { account, region } = placeOf(environment, installation);
      membersOf(service, environment).forEach((member, position) => {
        const { cluster, service: ecsService } = member.environment;
        claim(
          [account, region, cluster, ecsService].filter(Boolean).join('/'),
          position === 0 ? ['service'] : ['alongside', position - 1, 'service'],
          'two releases would overwrite each other',
        );
      });
      claim(`${name}-${environment.name}`, ['name'], 'their executions would have the same names');
    });
  }
  return found;
}
