/** Ends a release, from the state machine or, where that was stopped, from the event that says so. */
import * as z from 'zod';
import type { EcsService } from '../aws/ecs-service.ts';
import type { Aws } from '../aws/gateways.ts';
import { byHand } from '../core/by-hand.ts';
import { environmentAfter } from '../core/config.ts';
import type { Measure } from '../core/metrics.ts';
import { type ReleaseRecord, reasonFor } from '../core/record.ts';
import {
  type Failure,
  type Outcome,
  outcomeSchema,
  type ReleaseRequest,
  targetSchema,
} from '../core/release.ts';
import { leaveSlot } from './leave-slot.ts';

export interface Ending {
  execution: string;
  request: ReleaseRequest;
  outcome: Outcome;
  failure: Failure | null;
}

export const endedSchema = z.strictObject({
  outcome: outcomeSchema,
  reason: z.string(),
  /** Another environment follows, and may have this digest. */
  promotes: z.boolean(),
});
export type Ended = z.infer<typeof endedSchema>;

/** Whose slot it asked for, though the configuration may name another service by now. */
const targetOf = (steps: ReleaseRecord['steps']) =>
  resolvedSchema.safeParse(steps.ResolveRelease).data?.release.target;
const resolvedSchema = z.looseObject({ release: z.looseObject({ target: targetSchema }) });

/** Nobody has deployed anything since. Its end may be noticed late, and going back would then undo what others did. */
async function deployedLast(
  { slots }: Pick<Aws, 'slots'>,
  target: EcsService,
  execution: string,
): Promise<boolean> {
  const { holder, unproved } = await slots.look(target);
  return (unproved ?? holder)?.execution === execution;
}

/** Undefined for the first, and where this release was kept as the last one already: then its record says so, too. */
async function deployedBefore(
  { slots }: Pick<Aws, 'slots'>,
  target: EcsService,
  execution: string,
): Promise<string | undefined> {
  const { deployed } = await slots.look(target);
  return deployed?.execution === execution ? undefined : deployed?.execution;
}

/** Keeps the outcome and frees the slot for the next. The first outcome stays, so it may be repeated. */
export async function endRelease(
  { execution, request, outcome, failure }: Ending,
  aws: Pick<Aws, 'config' | 'measure' | 'now' | 'records' | 'slots' | 'states'>,
): Promise<Ended> {
  const { steps, wayBack, wayBacks, startedAt } = await aws.records.of(execution);
  // The configuration may not name them any more.
  const service = aws.config.services[request.service];
  const environment = service?.environments.find(({ name }) => name === request.environment);
  const target = targetOf(steps) ?? environment;
  const hint =
    outcome === 'NeedsHuman' && wayBack && target && (await deployedLast(aws, target, execution))
      ? byHand(target, wayBacks ?? { [target.service]: wayBack }, request, steps)
      : '';
  const reason = reasonFor(outcome, steps, failure).slice(0, Math.max(200, 2000 - hint.length)) + hint;
  const endedAt = aws.now();
  const replaced =
    outcome === 'Deployed' && target ? await deployedBefore(aws, target, execution) : undefined;
  const first = await aws.records.end(execution, {
    ...{ request, outcome, reason, endedAt },
    ...(replaced && { replaced }),
  });
  const kept = first ? { outcome, reason } : await aws.records.of(execution);
  const ended = { outcome: kept.outcome ?? outcome, reason: kept.reason ?? reason };
  // Rather twice than never, where the answer to the write was lost: an alarm hangs on it.
  if (first || steps.RecordOutcome === undefined)
    measureEnd({ request, outcome: ended.outcome, startedAt, endedAt }, aws.measure);

  if (target) await leaveSlot(aws, target, { execution, request, outcome: ended.outcome });
  const next = service && environment && environmentAfter(service, environment.name);
  return { ...ended, promotes: ended.outcome === 'Deployed' && !request.rollback && next !== undefined };
}

/** Of whoever records its outcome first. */
function measureEnd(
  { request, outcome, startedAt, endedAt }: Pick<Ending, 'request' | 'outcome'> & Times,
  measure: Measure,
): void {
  const environment = `${request.service}/${request.environment}`;
  measure('ReleasesEnded', 1, { environment, outcome });
  const { rollback } = request;
  if (outcome === 'Deployed' && rollback)
    measure('TimeToRestoreSeconds', (endedAt - rollback.requestedAt) / 1000, { environment });
  else if (outcome === 'Deployed')
    measure('LeadTimeSeconds', (endedAt - request.push.pushedAt) / 1000, { environment });
  if (outcome === 'RolledBack' && startedAt !== undefined)
    measure('TimeToRestoreSeconds', (endedAt - startedAt) / 1000, { environment });
}

interface Times {
  /** When ECS was first asked to deploy it. */
  startedAt: number | undefined;
  endedAt: number;
}
