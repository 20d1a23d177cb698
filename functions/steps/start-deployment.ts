/** Exactly one UpdateService for each ECS service: looks before it acts, so a lost reply does not deploy twice. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import type { Aws } from '../../aws/gateways.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { abortOf, abortSentence } from '../../core/abort.ts';
import { Transient } from '../../core/errors.ts';
import { changedParts, isGroup, type Part, planOf } from '../../core/group.ts';
import { type Deployment, deploymentSchema, type Plan, planSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { clockSkewMs, isSettling, ourDeployment } from '../../core/rollout.ts';
import { successor } from '../../core/slot.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const startDeployment = defineStep({
  name: 'StartDeployment',
  uses: { ecs, records, slots },
  input: z.strictObject({ release: releaseSchema, plan: planSchema, revision: revisionSchema }),
  output: deploymentSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, plan, revision }, aws, { arn }): Promise<Deployment> => {
    const { now, records, slots } = aws;
    const { startedAt: known, askedAt } = await records.started(arn);
    const parts = changedParts({ release, revision });
    const found = await Promise.all(parts.map((part) => standing(part, plan, known, aws)));
    const asked = found.filter(({ is }) => is === 'asked');
    const open = found.filter(({ is }) => is === 'open');

    // Ours, though a reply was lost; or what a release left that was stopped: then the time is its own.
    const since = Math.max(...asked.map(({ since }) => since ?? now()));
    const startedAt = known ?? (asked.length === found.length ? since : now());
    const undo = undoOf(found, plan, release.target.service);
    const earlier = earlierThan(startedAt, asked);
    const answer = (more: Omit<Deployment, 'startedAt'>): Deployment => ({
      startedAt,
      ...more,
      ...(earlier && { earlier }),
    });

    const foreign = found.filter(({ is }) => is === 'foreign');
    if (asked.length < found.length) {
      if (isSettling(askedAt, now())) throw new Transient('ECS may not show yet what it was asked for');
      // What was begun is gone on with: to a newer release, or an abort, it gives way where ECS is waited for.
      const begun = asked.length > 0;
      const slot = begun ? undefined : await slots.look(release.target);
      const abort = slot && abortOf(slot, arn);
      if (abort) return answer({ status: 'aborted', reason: abortSentence(abort) });
      const by = slot && successor(slot, { ...release, execution: arn });
      if (by) return answer({ status: 'superseded', by });
      if (foreign.length > 0 && !begun)
        return answer({ status: 'superseded', reason: whoseIs(foreign, release) });
    }

    const toAsk = foreign.length > 0 ? [] : open;
    // What a release before left unproved has served until now.
    const serves =
      earlier !== undefined ||
      open.some(({ part, set }) => set !== planOf(plan, part.release).runningTaskDefinitionArn);
    await records.start(arn, { startedAt, ...undo.record, ...(toAsk.length > 0 && { askedAt: now() }) });
    await slots.begin(release.target, arn, { ...undo.slot, since: startedAt }, serves);
    for (const [index, { part }] of toAsk.entries()) {
      if (index > 0) {
        const again = await standing(part, plan, startedAt, aws);
        if (again.is === 'foreign') foreign.push(again);
        if (again.is === 'foreign') break;
        if (again.is === 'asked') continue;
        await records.asking(arn, now());
      }
      const { target } = part.release;
      await aws.ecs(target).deploy(target, part.revision.taskDefinitionArn);
    }
    if (foreign.length > 0) return answer({ status: 'gives way', reason: whoseIs(foreign, release) });
    return answer({ status: 'started' });
  },
});

interface Standing {
  part: Part;
  /** `asked`: it was, now or before. `foreign`: somebody deployed something else. */
  is: 'open' | 'asked' | 'foreign';
  /** The task definition that it is set to. */
  set: string;
  /** Where it is set to ours: since when, ms by ECS's clock. */
  since: number | undefined;
}

/** Looks only. */
async function standing(
  part: Part,
  plan: Plan,
  known: number | undefined,
  aws: Pick<Aws, 'ecs'>,
): Promise<Standing> {
  const { target } = part.release;
  const { taskDefinitionArn } = part.revision;
  const ecs = aws.ecs(target);
  const { taskDefinitionArn: set, createdAt } = await ecs.seenService(target);
  if (set === taskDefinitionArn) return { part, is: 'asked', set, since: createdAt };
  // Asked before, and ECS has taken it back already: what became of it is the next step's to say.
  const seen = known !== undefined && (await ecs.deploymentsSince(target, known - clockSkewMs));
  if (seen && ourDeployment({ taskDefinitionArn, startedAt: known }, seen))
    return { part, is: 'asked', set, since: undefined };
  const { runningTaskDefinitionArn: wayBack, unprovedTaskDefinitionArn: unproved } = planOf(
    plan,
    part.release,
  );
  return { part, is: set === wayBack || set === unproved ? 'open' : 'foreign', set, since: undefined };
}

/** What is written down of all before anything is changed: in the record, and in the slot. */
function undoOf(found: readonly Standing[], plan: Plan, leading: string) {
  const undo = found.map(({ part: { release, revision } }) => ({
    service: release.target.service,
    of: { ...revision, wayBack: planOf(plan, release).runningTaskDefinitionArn },
  }));
  const [first, ...others] = undo;
  if (!first) throw new Error('the plan has an ECS service to change');
  const several = others.length > 0 || first.service !== leading;
  const { taskDefinitionArn, wayBack } = first.of;
  return {
    record: {
      wayBack,
      ...(several && {
        wayBacks: Object.fromEntries(undo.map(({ service, of }) => [service, of.wayBack])),
      }),
    },
    slot: {
      ...{ taskDefinitionArn, wayBack },
      ...(first.service !== leading && { service: first.service }),
      ...(others.length > 0 && {
        others: Object.fromEntries(others.map(({ service, of: one }) => [service, one])),
      }),
    },
  };
}

/** Those that were set to the revision long before: their deployments are looked for from then on. */
function earlierThan(startedAt: number, asked: readonly Standing[]): Deployment['earlier'] {
  const before = asked.flatMap(({ part, since }) =>
    since !== undefined && since < startedAt - clockSkewMs
      ? [[part.release.target.service, since] as const]
      : [],
  );
  return before.length > 0 ? Object.fromEntries(before) : undefined;
}

const whoseIs = (foreign: readonly Standing[], release: Part['release']): string =>
  foreign
    .map(({ part, set }) => {
      const where = isGroup(release) ? ` to ${part.release.target.service}` : '';
      return `somebody deployed ${set}${where} meanwhile`;
    })
    .join('; ');

export const handler = lambda(startDeployment);
