/** The service and environment that somebody names. */
import { type Config, environmentOf } from './config.ts';
import { Mistake } from './mistake.ts';

/** Throws a `Mistake` that lists what there is. */
export function named(config: Config, name: string, environment: string) {
  const { services } = config;
  const service = services[name];
  if (!service) throw new Mistake(`there is no service ${name}, only ${Object.keys(services).join(', ')}`);
  const names = service.environments.map((one) => one.name);
  if (!names.includes(environment))
    throw new Mistake(`${name} has no environment ${environment}, only ${names.join(', ')}`);
  return environmentOf(config, name, environment);
}
