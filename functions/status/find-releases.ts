/** Releases as Step Functions and their records know them, the newest first. */
import type { ListedExecution } from '../../aws/executions.ts';
import type { Aws } from '../../aws/gateways.ts';
import type { ReleaseRecord } from '../../core/record.ts';
import { type ReleaseRequest, releaseRequestSchema } from '../../core/release.ts';

/** An environment, by names. */
export interface Place {
  service: string;
  environment: string;
}

export interface FoundRelease {
  execution: ListedExecution;
  request: ReleaseRequest;
  record: ReleaseRecord;
}

/** Records that are read at a time. */
const together = 50;

export const nameIn = (execution: string): string => execution.slice(execution.lastIndexOf(':') + 1);

/** A long name gives way at its end. */
export const prefixOf = ({ service, environment }: Place): string =>
  `${service}-${environment}-`.slice(0, 55);

/**
 * Those of these places. What is not recorded yet is known from the list of open releases. `on` sees each as it is found, and
 * answers whether to go on.
 */
export async function eachRelease(
  places: readonly Place[],
  { executions, openReleases, records }: Pick<Aws, 'executions' | 'openReleases' | 'records'>,
  on: (release: FoundRelease) => boolean,
): Promise<void> {
  const open = new Map(await openReleases.of(places));
  const prefixes = places.map(prefixOf);
  for await (const page of executions.list()) {
    const maybe = page.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
    for (let from = 0; from < maybe.length; from += together) {
      const some = maybe.slice(from, from + together);
      const read = await records.several(some.map(({ arn }) => arn));
      for (const [index, execution] of some.entries()) {
        const record = read[index] as ReleaseRecord;
        const request = record.request ?? releaseRequestSchema.safeParse(open.get(execution.name)).data;
        const isOurs = places.some(
          (place) => place.service === request?.service && place.environment === request.environment,
        );
        if (request && isOurs && !on({ execution, request, record })) return;
      }
    }
  }
}
