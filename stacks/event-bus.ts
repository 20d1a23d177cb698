/** Lets other accounts send their events on to this one: those of environments, and of registries. */
import type { Config } from '../core/config.ts';
import { placeOf } from '../core/place.ts';
import type { Names } from './names.ts';
import type { Platform } from './platform.ts';

export function otherAccounts({ services }: Config, names: Names): string[] {
  const accounts = Object.values(services).flatMap(({ registry, environments }) => [
    ...(registry ? [registry.account] : []),
    ...environments.map((environment) => placeOf(environment, names).account),
  ]);
  return [...new Set(accounts)].filter((account) => account !== names.account).sort();
}

export function eventBus({ aws }: Platform, config: Config, names: Names): void {
  for (const account of otherAccounts(config, names)) {
    new aws.cloudwatch.EventPermission(`EventsOf${account}`, {
      ...{ principal: account, statementId: `${names.prefix}-${account}` },
    });
  }
}
