/** Who decided what, where several people decide by rules. */
import { isDeepStrictEqual } from 'node:util';
import { allowed, personOf } from '../deciders.ts';
import type { PlayedExecution, Story } from '../story.ts';
import { enteredAt, type Invariants, isQuiet, updatesBy } from './reading.ts';

interface Answer {
  decision?: string;
  by?: string;
  brokenGlass?: true;
}
const answerOf = ({ record }: PlayedExecution) => (record.steps.RequestApproval ?? {}) as Answer;

/** The people whose decisions of this kind counted in the end. */
const whoDid = ({ decided }: PlayedExecution, action: string) =>
  new Set(
    decided?.approval.decisions.filter((one) => one.action === action).map(({ actor }) => personOf(actor)),
  );

/** Releases of a plan with rules. */
const ruled = ({ plan, executions }: Story) => (plan.deciders ? executions : []);

export const decisions: Invariants = {
  'nothing is deployed that the rules do not let through': (story) =>
    ruled(story).flatMap((release) => {
      if (release.request.rollback || !story.effects.some(updatesBy(release, 'StartDeployment'))) return [];
      const { name, record, decided } = release;
      const { decision, by, brokenGlass } = answerOf(release);
      const { approvals = 1, onExpiry, waitTimer } = story.plan.deciders ?? {};
      const broke = whoDid(release, 'break glass').size;
      const approved = whoDid(release, 'approve').size;
      const scan = (record.steps.CheckScan as { status?: string } | undefined)?.status;
      const openedAt = decided?.approval.openedAt ?? 0;
      const at = decided?.approval.decisions.filter(({ action }) => action === 'approve').at(-1)?.at ?? 0;
      const lets =
        decision === 'approved' &&
        (brokenGlass
          ? broke >= 2
          : scan === 'pass' &&
            (by === 'nobody'
              ? onExpiry === 'approve' && whoDid(release, 'reject').size === 0
              : approved >= approvals && (!waitTimer || at - openedAt >= 600_000)));
      return lets
        ? []
        : [
            `${name} was deployed: ${decision} by ${by}, ${approved} approved, ${broke} broke the glass, scan ${scan}`,
          ];
    }),

  'who may not decide does not count': (story) =>
    ruled(story).flatMap(({ name, decided }) =>
      (decided?.approval.decisions ?? [])
        .filter(({ actor }) => !allowed.some((person) => person === personOf(actor)))
        .map(({ actor, action }) => `${name}: ${actor} does not count, but did ${action}`),
    ),

  'what counts is in the audit': (story) =>
    isQuiet(story)
      ? ruled(story).flatMap(({ name, decided }) =>
          (decided?.approval.decisions ?? [])
            .filter(
              ({ actor, action }) =>
                !decided?.audit.some(
                  (entry) =>
                    entry.actor === actor && entry.action === action && !entry.verdict.startsWith('refused'),
                ),
            )
            .map(({ actor, action }) => `${name}: that ${actor} did ${action} is not in the audit`),
        )
      : [],

  'what was decided is what happens': (story) =>
    ruled(story).flatMap((release) => {
      const kept = release.decided?.approval.answer;
      const heard = release.record.steps.RequestApproval;
      const { status } = release;
      if (!kept || heard === undefined || status === 'ABORTED' || status === 'TIMED_OUT') return [];
      return isDeepStrictEqual(kept, heard)
        ? []
        : [`${release.name}: decided is ${JSON.stringify(kept)}, its record says ${JSON.stringify(heard)}`];
    }),

  'who has what is needed in time is heard': (story) =>
    ruled(story).flatMap((release) => {
      const { deciders = [], approvals = 1 } = story.plan.deciders ?? {};
      const asked = enteredAt(release, 'RequestApproval');
      if (!isQuiet(story) || asked === undefined || release.decided?.approval.held !== undefined) return [];
      const soon = deciders.filter(({ who, afterSeconds }) => allowed.includes(who) && afterSeconds <= 700);
      const rejects = deciders.some(({ who, does }) => does === 'rejects' && allowed.includes(who));
      const approving = new Set(soon.filter(({ does }) => does !== 'rejects').map(({ who }) => who));
      const { decision } = answerOf(release);
      return rejects || approving.size < approvals || decision === 'approved' || decision === 'superseded'
        ? []
        : [`${release.name} was ${decision}, though ${[...approving].join(' and ')} approved it`];
    }),
};
