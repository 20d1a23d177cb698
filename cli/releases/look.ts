/** The last releases of some environments. */
import { executions } from '../../aws/executions.ts';
import type { Surroundings } from '../../aws/means.ts';
import { type Opened, openAws } from '../../aws/open.ts';
import { openReleases } from '../../aws/open-releases.ts';
import { records } from '../../aws/records.ts';
import type { Outcome } from '../../core/release.ts';
import type { Place } from '../../functions/status/find-releases.ts';
import { eachRelease, type FoundRelease } from '../../functions/status/find-releases.ts';

export interface ListedRelease extends Place {
  /** Name of its execution. */
  release: string;
  tag: string;
  digest: string;
  /** `Running`, or how Step Functions ended it where Tidegate has recorded nothing. */
  outcome: Outcome | 'Running' | (string & {});
  reason: string;
  /** ms since the epoch. */
  startedAt: number;
  endedAt?: number;
  /** Who asked for it, where no push did. */
  askedBy?: string;
}

const uses = { executions, openReleases, records };
export type ReleasesAws = Opened<typeof uses>;
export const openFor = (surroundings: Surroundings): ReleasesAws => openAws(surroundings, uses);

/** The newest first. */
export async function listReleases(
  places: readonly Place[],
  limit: number,
  aws: ReleasesAws,
): Promise<ListedRelease[]> {
  const found: ListedRelease[] = [];
  await eachRelease(places, aws, (release) => {
    found.push(listed(release));
    return found.length < limit;
  });
  return found.slice(0, limit);
}

function listed({ execution, request, record }: FoundRelease): ListedRelease {
  const { name, status, startedAt, stoppedAt } = execution;
  const { service, environment, push, rollback, again } = request;
  const endedAt = record.endedAt ?? stoppedAt;
  const by = rollback?.by ?? again?.by;
  return {
    ...{ service, environment, release: name, tag: push.tag, digest: push.digest },
    outcome: record.outcome ?? (status === 'RUNNING' ? 'Running' : status),
    reason: record.reason ?? '',
    startedAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(by && { askedBy: by }),
  };
}
