/** What the users of services met: which version answered them, and since when. */
import type { Environment } from '../../core/config.ts';
import type { Served as UsersServed } from '../../local/load-balancer/modelled.ts';

export interface Served {
  /** Of the ECS service. */
  cluster: string;
  service: string;
  /** The commit of the version, as its image has it. */
  revision: string;
  targetGroup: string;
  /** When the first of its requests came, after so many ms without one: ms since the epoch. */
  from: number;
  to: number;
  requests: number;
}

/** Users of so few come all the time. */
const pauseMs = 150_000;

export function traffic() {
  const served: Served[] = [];
  const last = new Map<string, Served>();
  return {
    served,
    onServed({ from: at, revision, targetGroup = '', requests }: UsersServed, environment: Environment) {
      if (revision === undefined) return;
      const { cluster, service } = environment;
      const key = `${cluster} ${service} ${revision} ${targetGroup}`;
      const known = last.get(key);
      if (known && at - known.to <= pauseMs) {
        known.to = at;
        known.requests += requests;
        return;
      }
      const span = { cluster, service, revision, targetGroup, from: at, to: at, requests };
      served.push(span);
      last.set(key, span);
    },
  };
}
