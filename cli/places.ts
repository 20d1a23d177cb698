/** The environments that a command speaks of: one, all of a service, or all. */
import type { Config } from '../core/config.ts';
import { named } from '../core/named.ts';
import type { Place } from '../functions/status/find-releases.ts';
import { Mistake } from './mistake.ts';

/** Throws a `Mistake` that lists what there is. */
export function placesOf(config: Config, service?: string, environment?: string): Place[] {
  if (service !== undefined && environment !== undefined) {
    named(config, service, environment);
    return [{ service, environment }];
  }
  const { services } = config;
  if (service !== undefined && !(service in services))
    throw new Mistake(`there is no service ${service}, only ${Object.keys(services).join(', ')}`);
  return Object.entries(services)
    .filter(([name]) => service === undefined || name === service)
    .flatMap(([name, { environments }]) =>
      environments.map((one) => ({ service: name, environment: one.name })),
    );
}
