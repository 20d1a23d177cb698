/** Releases whose end nobody has seen yet, by environment: written before they start, so that none is ever forgotten. */
import type { ReleaseRequest } from '../core/release.ts';
import type { Means } from './means.ts';
import { tidegateTable } from './table.ts';

type EnvironmentOf = Pick<ReleaseRequest, 'service' | 'environment'>;

export function openReleases({ open }: Means) {
  const table = open(tidegateTable);
  const keyOf = ({ service, environment }: EnvironmentOf) => `open ${service}/${environment}`;
  return {
    /** By the name of the execution that is about to start. May be repeated. */
    open: (name: string, request: ReleaseRequest) => table.set(keyOf(request), { [name]: request }),
    /** May be repeated. */
    close: (of: EnvironmentOf, names: string[]) => table.unset(keyOf(of), names),
    /** By the names of their executions; requests as they were written, to be checked one by one. */
    async of(environments: readonly EnvironmentOf[]): Promise<[name: string, request: unknown][]> {
      const items = await table.readAll(environments.map(keyOf));
      return items.flatMap((item = {}) => Object.entries(item).filter(([name]) => name !== 'key'));
    },
  };
}
