/** Which pushes were seen: whatever became of their releases, they are not started again. */
import * as z from 'zod';
import { awayFrom } from '../core/place.ts';
import type { ReleaseRequest } from '../core/release.ts';
import type { Means } from './means.ts';
import { tidegateTable } from './table.ts';

/** The release that the schedule starts because no event has told of the push by then (ms). */
const lateSchema = z.object({ execution: z.string(), tag: z.string(), at: z.number() });
const lateOf = (item: Record<string, unknown> | undefined) => lateSchema.safeParse(item?.late).data;

const knownSchema = z.object({ since: z.number() });

/** An environment of a service, by their names. */
export type EnvironmentOf = Pick<ReleaseRequest, 'service' | 'environment'>;

export function pushes({ config, home, open }: Means) {
  const table = open(tidegateTable);
  /** Where it is seen for: an environment that moves to another account or Region has seen nothing there. */
  const keyOf = ({ service, environment, push: { digest } }: ReleaseRequest) => {
    const found = config.services[service]?.environments.find(({ name }) => name === environment);
    return ['push', ...awayFrom(home, found ?? {}), `${service}/${environment}`, digest].join(' ');
  };
  return {
    /**
     * Says that a release is about to start. False where the schedule starts another of just this push, whose event took
     * so long that it counted as missed. May be repeated.
     */
    async see(request: ReleaseRequest, execution: string): Promise<boolean> {
      const late = lateOf(await table.setOver(keyOf(request), { execution }));
      const covered = late?.tag === request.push.tag && request.push.pushedAt <= late.at;
      return !covered || late?.execution === execution;
    },

    /** Says that the schedule is about to start a release. False where another of this digest was seen. May be repeated. */
    async seeLate(request: ReleaseRequest, execution: string, at: number): Promise<boolean> {
      const key = keyOf(request);
      const late = { execution, tag: request.push.tag, at };
      if (await table.setFirst(key, 'execution', { execution, late })) return true;
      // Ours, where an attempt before this one worked and was not answered.
      return lateOf(await table.read(key))?.execution === execution;
    },

    /** Says that no release of a digest is needed, unless one was seen. May be repeated. */
    spare: (request: ReleaseRequest, why: string): Promise<boolean> =>
      table.setFirst(keyOf(request), 'execution', { execution: why }),

    /**
     * From when on an environment's pushes count as missed where nobody saw them (ms since the epoch): since it was first
     * looked at. What was in its repository before that, somebody may have held back. In the order of the environments.
     */
    async knownSince(environments: readonly EnvironmentOf[], now: number): Promise<number[]> {
      const keys = environments.map(({ service, environment }) => `known ${service}/${environment}`);
      const items = await table.readAll(keys);
      // ECR tells whole seconds.
      const since = Math.floor(now / 1000) * 1000;
      return Promise.all(
        keys.map(async (key, index) => {
          const known = knownSchema.safeParse(items[index]).data;
          if (!known) await table.setFirst(key, 'since', { since });
          return known?.since ?? since;
        }),
      );
    },

    /** Those of a digest that was never seen. */
    async unseen(requests: readonly ReleaseRequest[]): Promise<ReleaseRequest[]> {
      const items = await table.readAll(requests.map(keyOf));
      return requests.filter((_request, index) => items[index] === undefined);
    },
  };
}
