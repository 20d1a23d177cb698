/** An ECS service, and how items of the table are named after it. */
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

/** Which one the ARN of a service, or of one of its service deployments, speaks of. */
export function serviceOfArn(arn: string): EcsService {
  const [, , , region = '', account = '', resource = ''] = arn.split(':');
  const [, cluster = '', service = ''] = resource.split('/');
  return { cluster, service, account, region };
}
