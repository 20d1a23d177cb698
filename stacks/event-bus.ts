/** The bus that other accounts and Regions send their events to. The default one stays closed, and they may put nothing else on this. */
import { otherBusOf } from '../core/access/installation.ts';
import type { Config } from '../core/config.ts';
import { placeOf } from '../core/place.ts';
import { arnOf, type Names } from './names.ts';
import type { Platform } from './platform.ts';

export function otherAccounts({ services }: Config, names: Names): string[] {
  const accounts = Object.values(services).flatMap(({ registry, environments }) => [
    ...(registry ? [registry.account] : []),
    ...environments.map((environment) => placeOf(environment, names).account),
  ]);
  return [...new Set(accounts)].filter((account) => account !== names.account).sort();
}

/** Made where a rule needs it. */
export function otherBus({ aws }: Platform, config: Config, names: Names): aws.cloudwatch.EventBus {
  const name = otherBusOf(names);
  const bus = new aws.cloudwatch.EventBus('Elsewhere', { name });
  const accounts = otherAccounts(config, names);
  if (accounts.length > 0) {
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: accounts.map((account) => `arn:${names.partition}:iam::${account}:root`) },
      Action: 'events:PutEvents',
      Resource: arnOf(names, 'events', `event-bus/${name}`),
      Condition: { StringEquals: { 'events:source': ['aws.ecr', 'aws.ecs'] } },
    };
    new aws.cloudwatch.EventBusPolicy('ElsewherePolicy', {
      eventBusName: bus.name,
      policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Forward', ...statement }] }),
    });
  }
  return bus;
}
