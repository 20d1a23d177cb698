/** Which earlier release may be deployed again: only what was Deployed to the same environment, for somebody vouched for it there. */
import { ReleaseRejected } from './errors.ts';
import { shortDigest } from './image.ts';
import type { ReleaseRecord } from './record.ts';
import type { ReleaseRequest } from './release.ts';

/** How far a caller's clock may be ahead: what is asked for goes before every push until then. */
const clockSkewMs = 60_000;

/** Throws `ReleaseRejected` for a request that names no such release: its digest would pass the gates on somebody's word. */
export function mayGoBack(request: ReleaseRequest, earlier: ReleaseRecord, now: number): void {
  const { service, environment, push, rollback } = request;
  if (!rollback) return;
  const of = earlier.request;
  const same = of?.service === service && of.environment === environment && of.push.digest === push.digest;
  if (earlier.outcome !== 'Deployed' || !same)
    throw new ReleaseRejected(
      `${rollback.to} did not deploy ${shortDigest(push.digest)} to ${service}/${environment}: only what was deployed there is rolled back to`,
    );
  if (rollback.requestedAt > now + clockSkewMs)
    throw new ReleaseRejected(
      `the rollback was asked for at ${new Date(rollback.requestedAt).toISOString()}, which is still to come: set the clock of who asked`,
    );
}

/** A release that was Deployed. */
export interface Deployed {
  execution: string;
  request: ReleaseRequest;
  /** ms since the epoch. */
  endedAt: number;
}

/** What the service runs, as far as it is known. */
export interface Running {
  digest: string | undefined;
  /** When its image was pushed, ms since the epoch. */
  pushedAt: number | undefined;
}

/** Somebody went back from it, or past it, and nobody has deployed it since. */
const wasGivenUp = ({ request: { push }, endedAt }: Deployed, all: readonly Deployed[]): boolean =>
  all.some(
    (back) => back.request.rollback && back.endedAt > endedAt && back.request.push.pushedAt < push.pushedAt,
  );

/** `unknown`: there may be one that is not among these. */
export type Choice = { release: Deployed } | { refused: string; unknown: boolean };

/**
 * Of releases that were Deployed to one environment: the last one of a tag, or, without a tag, the last push before what
 * runs. Going back twice goes back twice, and never to what was gone back from.
 */
export function earlierRelease(
  deployed: readonly Deployed[],
  running: Running,
  tag: string | undefined,
): Choice {
  const newestFirst = deployed.toSorted((one, other) => other.endedAt - one.endedAt);
  const tags = [...new Set(newestFirst.map(({ request }) => request.push.tag))];
  const known = tags.length > 0 ? `last ones: ${tags.slice(0, 8).join(', ')}` : 'none was';
  if (tag !== undefined) {
    const release = newestFirst.find(({ request }) => request.push.tag === tag);
    if (!release) return { refused: `${tag} was never deployed there (${known})`, unknown: true };
    return release.request.push.digest === running.digest
      ? { refused: `${tag} runs already`, unknown: false }
      : { release };
  }
  const { pushedAt = Infinity } = running;
  const before = newestFirst
    .filter((one) => {
      const { push } = one.request;
      return push.digest !== running.digest && push.pushedAt < pushedAt && !wasGivenUp(one, deployed);
    })
    .sort((one, other) => other.request.push.pushedAt - one.request.push.pushedAt);
  const [release] = before;
  return release
    ? { release }
    : { refused: `nothing was deployed there before what runs (${known})`, unknown: true };
}
