/** What is kept of a release: what every step answered, and how and why it ended. */
import * as z from 'zod';
import type { Failure, Outcome } from './release.ts';
import { outcomeSchema, releaseRequestSchema } from './release.ts';
import { takesItsPlace } from './slot.ts';

/** As it is read: what a later version keeps beside is left out. */
export const recordSchema = z.object({
  execution: z.string(),
  request: releaseRequestSchema.optional(),
  /** What each state last answered, by its name. */
  steps: z.record(z.string(), z.unknown()),
  /** The task definition to return to, kept before anything was changed, and when that was (ms since the epoch). */
  wayBack: z.string().optional(),
  /** Of each ECS service, by name, where a release has several. */
  wayBacks: z.record(z.string(), z.string()).optional(),
  startedAt: z.number().optional(),
  /** When it began to wait for another release, ms since the epoch; absent where its turn came at once. */
  queuedAt: z.number().optional(),
  /** When ECS was asked for a change last, ms since the epoch: it may not have shown it for a while. */
  askedAt: z.number().optional(),
  outcome: outcomeSchema.optional(),
  reason: z.string().optional(),
  /** ms since the epoch. */
  endedAt: z.number().optional(),
  /** Where it was Deployed: the execution of what had been deployed last until then. */
  replaced: z.string().optional(),
});
export type ReleaseRecord = z.infer<typeof recordSchema>;

/** Its last step has recorded the outcome and freed the slot. After the outcome alone that is still to do. */
export const leftSlot = ({ steps }: Pick<ReleaseRecord, 'steps'>): boolean =>
  steps.RecordOutcome !== undefined;

const said = z.looseObject({
  reason: z.string().optional(),
  summary: z.string().optional(),
  sentence: z.string().optional(),
  headline: z.string().optional(),
  status: z.string().optional(),
  decision: z.string().optional(),
  by: z.string().optional(),
});

/** Why a release ended as it did, in one sentence, from what its steps answered. */
export function reasonFor(outcome: Outcome, steps: ReleaseRecord['steps'], failure: Failure | null): string {
  const of = (state: string) => said.safeParse(steps[state]).data;
  const failed = ['RunReleaseTask', 'AwaitDeployment', 'RunSmokeTests', 'CompareMetrics', 'ConfirmRelease']
    .map(of)
    .find(
      (step) =>
        step &&
        (['fail', 'failed', 'refuted'].includes(step.status ?? '') ||
          ['take back', 'ask a person'].includes(step.decision ?? '')),
    );
  const sentence = failed && (failed.headline ?? failed.sentence ?? failed.reason);
  const error = failure && failureSentence(failure);
  switch (outcome) {
    case 'NothingToDo':
      return of('ResolveRelease')?.reason ?? of('PlanDeployment')?.reason ?? 'there was nothing to deploy';
    case 'Rejected': {
      if (error) return error;
      const scan = of('CheckScan');
      const approval = of('RequestApproval');
      if (scan?.status === 'fail' && approval?.decision === 'rejected')
        return `${scan.summary ?? 'the scan gate said no'}; left rejected by ${approval.by}: ${approval.reason}`;
      if (scan?.status === 'fail' && approval?.decision !== 'approved')
        return approval?.reason ?? scan.summary ?? 'the scan gate said no';
      const slot = of('AcquireSlot');
      if (slot?.status === 'rejected' && slot.reason) return slot.reason;
      if (slot?.status === 'rejected')
        return `${slot.by} was being deployed, and with queue: 'reject' nobody waits for that: push again once it has ended`;
      if (approval?.decision === 'expired') return approval.reason ?? 'nobody answered in time';
      if (approval?.decision === 'rejected')
        return `rejected by ${approval.by}${approval.reason ? `: ${approval.reason}` : ''}`;
      const start = of('StartDeployment');
      if (start?.status === 'aborted' && start.reason) return start.reason;
      return sentence ?? 'a gate said no';
    }
    case 'Superseded': {
      const { by } = [of('AcquireSlot'), of('StartDeployment')].find((step) => step?.by) ?? {};
      if (by) return takesItsPlace(by);
      const approval = of('RequestApproval');
      if (approval?.decision === 'superseded')
        return approval.reason ?? 'something newer was deployed meanwhile';
      return (
        of('StartDeployment')?.reason ??
        of('ConfirmRelease')?.reason ??
        of('AwaitDeployment')?.reason ??
        'something newer takes its place'
      );
    }
    case 'Deployed':
      return [of('ConfirmRelease')?.reason, of('CompareMetrics')?.headline].filter(Boolean).join('; ');
    case 'RolledBack':
      return sentence ?? error ?? 'taken back';
    case 'NeedsHuman': {
      const proof = of('ProveWayBack');
      const stillBad = proof?.status === 'fail' && `and it does not answer well either: ${proof.sentence}`;
      return (
        [error ?? sentence, of('AwaitRollback')?.reason, stillBad].filter(Boolean).join('; ') ||
        'the execution ended without an outcome'
      );
    }
  }
}

/** Lambda's cause is the whole error as JSON text; people need the message. */
export function failureSentence({ Error: name, Cause: cause }: Failure): string {
  const parsed = z.looseObject({ errorMessage: z.string() }).safeParse(json(cause ?? ''));
  const message = parsed.success ? parsed.data.errorMessage : cause;
  if (name === 'ReleaseRejected' && message) return message;
  return ([name, message].filter(Boolean).join(': ') || 'an error without a name').slice(0, 1000);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
