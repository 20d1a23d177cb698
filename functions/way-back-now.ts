/** What becomes of a release if somebody wants it gone now: it is stopped while it is under way, and gone back from once it runs. */
import type { Aws } from '../aws/gateways.ts';
import { shortDigest } from '../core/image.ts';
import { Mistake } from '../core/mistake.ts';
import { named } from '../core/named.ts';
import { releaseIn } from '../core/phase.ts';
import { leftSlot, type ReleaseRecord } from '../core/record.ts';
import { type ReleaseRequest, targetOf } from '../core/release.ts';
import type { GoingBack, TakingBack } from '../core/roll-back-dialog.ts';
import { called } from '../core/slot.ts';
import { commitLink, compareLink } from '../core/source/commit.ts';
import { type PreparedRollback, prepareRollback, type RollbackAws } from './go-back.ts';
import { type AbortAws, type StoppedRelease, stop } from './stop-release.ts';

export type WayBackAws = RollbackAws & AbortAws & Pick<Aws, 'records'>;

export interface WantedBack {
  /** The ARN of the release's execution. */
  execution: string;
  /** The execution that deployed what is to run again; the last push before this one unless given. */
  to?: string | undefined;
  by: string;
  reason: string;
}

export type WayBackNow = { record: ReleaseRecord; request: ReleaseRequest } & (
  | { kind: 'rollback'; prepared: PreparedRollback }
  | { kind: 'stop'; stopped: StoppedRelease }
);

/** Looks only. Throws a `Mistake` that says why nothing can become of it. */
export async function wayBackNow(wanted: WantedBack, aws: WayBackAws): Promise<WayBackNow> {
  const { execution, to, by, reason } = wanted;
  const record = await aws.records.of(execution);
  if (record.outcome === undefined) {
    const stopped = await stop({ words: [execution], by, reason, dryRun: true }, aws);
    return { kind: 'stop', record, request: stopped.request, stopped };
  }
  const { request, outcome } = record;
  if (!request) throw new Mistake('nothing is kept of this release any more');
  const { tag, digest } = request.push;
  if (outcome !== 'Deployed')
    throw new Mistake(`${tag} ended ${outcome}: there is nothing of it to take back`);

  const { service, environment } = named(aws.config, request.service, request.environment);
  const { deployed, holder } = await aws.slots.look(targetOf(service, environment));
  if (deployed?.execution !== execution)
    throw new Mistake(
      deployed && leftSlot(record)
        ? `${tag} was replaced meanwhile: ${called(deployed)} is what was deployed last`
        : `${tag} has only just ended: click again in a moment`,
    );
  if (holder)
    throw new Mistake(
      `${called(holder)} is being deployed by now: stop that by the button in its own message, or wait until it has ended`,
    );
  const place = { service: request.service, environment: request.environment };
  const prepared = await prepareRollback({ ...place, by, reason, ...(to && { to }) }, aws);
  if (prepared.from !== digest)
    throw new Mistake(
      `what runs (${prepared.from ? shortDigest(prepared.from) : 'no known image'}) is not what ${tag} deployed: somebody changed the service by hand`,
    );
  return { kind: 'rollback', record, request, prepared };
}

/** As their dialog tells who wants it. */
export async function shownOf(
  found: WayBackNow,
  { records }: Pick<Aws, 'records'>,
): Promise<GoingBack | TakingBack> {
  const { record, request } = found;
  const { runningDigest, commit: left } = releaseIn(record) ?? {};
  if (found.kind === 'stop') {
    const { state, becomes } = found.stopped;
    const before = runningDigest && `what ran before (${shortDigest(runningDigest)})`;
    return { kind: 'stop', state, becomes, before };
  }
  const { prepared } = found;
  const { revision, source } = releaseIn(await records.of(prepared.to.execution))?.commit ?? {};
  const { tag, digest } = prepared.request.push;
  return {
    kind: 'rollback',
    from: { tag: request.push.tag, digest: request.push.digest },
    to: { tag, digest, deployedAt: prepared.to.endedAt, commitUrl: commitLink(source, revision) },
    compareUrl: compareLink(source, revision, left?.revision),
    schemaStays: record.steps.RunReleaseTask !== undefined,
  };
}
