/** An ECS service, and how items of the table are named after it. */
import type { Config } from '../core/config.ts';
import { type Place, placeOf } from '../core/place.ts';
import type { Target } from '../core/release.ts';

/** Where it is says its role, as environments are configured, or its account, as events tell it. */
export interface EcsService extends Pick<Target, 'cluster' | 'service' | 'region' | 'roleArn'> {
  account?: string;
}

/** `main/my-api`; behind its account and Region where they are not those of the installation itself. */
export function serviceKey({ cluster, service, account, ...at }: EcsService, home: Place): string {
  const place = { ...placeOf(at, home), ...(account && { account }) };
  const away = place.account !== home.account || place.region !== home.region;
  return [...(away ? [place.account, place.region] : []), cluster, service].join('/');
}

/** The ECS service that leads the one that is asked for: slots and waits are called after it. Itself where it is alone. */
export function leadingOf(service: EcsService, config: Config, home: Place): EcsService {
  const key = serviceKey(service, home);
  for (const found of Object.values(config.services)) {
    for (const leading of found.environments) {
      const others = leading.alongside.map((other) => ({ ...leading, service: other.service }));
      if (others.some((other) => serviceKey(other, home) === key)) return leading;
    }
  }
  return service;
}

/** Which one the ARN of a service, or of one of its service deployments, speaks of. */
export function serviceOfArn(arn: string): EcsService {
  const [, , , region = '', account = '', resource = ''] = arn.split(':');
  const [, cluster = '', service = ''] = resource.split('/');
  return { cluster, service, account, region };
}
