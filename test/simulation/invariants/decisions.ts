/** Who decided what, where several people decide by rules. */
import { isDeepStrictEqual } from 'node:util';
import type { Approval } from '../../../aws/approvals.ts';
import { environmentOf } from '../../../core/config.ts';
import type { Continuation } from '../../../core/pause-hook.ts';
import type { Release } from '../../../core/release.ts';
import { allowed, personOf } from '../deciders.ts';
import type { PlayedExecution, Story } from '../story.ts';
import { commitOf, enteredAt, forTargets, type Invariants, isQuiet, updatesBy } from './reading.ts';

interface Answer {
  decision?: string;
}
const answerOf = ({ record }: PlayedExecution) => (record.steps.RequestApproval ?? {}) as Answer;

/** The people whose decisions of this kind counted in the end. */
const whoDid = ({ decisions }: Approval, action: string) =>
  new Set(decisions.filter((one) => one.action === action).map(({ actor }) => personOf(actor)));

/** Releases of a plan with rules. */
const ruled = ({ plan, executions }: Story) => (plan.deciders ? executions : []);

/** Of a release, those that there are. */
const approvalsOf = ({ decided, pauses }: PlayedExecution): Approval[] => [
  ...(decided ? [decided.approval] : []),
  ...pauses,
];

/** Of an environment, whether people are asked in the middle of a deployment. */
const asksAtPauses = (story: Story, { request }: PlayedExecution) =>
  environmentOf(story.config, request.service, request.environment).environment.approval?.at === 'pause';

/** What the rules do not let through, in words; undefined where they do. */
function unlawful({ plan }: Story, approval: Approval, scan: string | undefined): string | undefined {
  const { approvals = 1, onExpiry, waitTimer } = plan.deciders ?? {};
  const { answer, openedAt, decisions } = approval;
  const [approved, broke] = [whoDid(approval, 'approve').size, whoDid(approval, 'break glass').size];
  const last = decisions.filter(({ action }) => action === 'approve').at(-1)?.at ?? 0;
  const enough =
    answer?.by === 'nobody'
      ? onExpiry === 'approve' && whoDid(approval, 'reject').size === 0
      : approved >= approvals && (!waitTimer || last - openedAt >= 600_000);
  const lets =
    answer?.decision === 'approved' && (answer.brokenGlass ? broke >= 2 : scan === 'pass' && enough);
  return lets
    ? undefined
    : `${approval.approvalId} is ${answer?.decision} by ${answer?.by}, ${approved} approved, ${broke} broke the glass, scan ${scan}`;
}

const scanOf = ({ record }: PlayedExecution) =>
  (record.steps.CheckScan as { status?: string } | undefined)?.status;

export const decisions: Invariants = {
  'nothing is deployed that the rules do not let through': (story) =>
    ruled(story).flatMap((release) => {
      if (release.request.rollback || !story.effects.some(updatesBy(release, 'StartDeployment'))) return [];
      const { name, decided } = release;
      const scan = scanOf(release);
      if (asksAtPauses(story, release) && scan === 'pass') return [];
      const wrong = decided ? unlawful(story, decided.approval, scan) : 'nobody was asked';
      return wrong ? [`${name} was deployed: ${wrong}`] : [];
    }),

  'no user reaches a version that is paused before anybody let it': (story) =>
    forTargets(story, ({ service, environment }, releases) => {
      const at = environmentOf(story.config, service, environment).environment;
      if (!story.plan.deciders || at.approval?.at !== 'pause') return [];
      // A hot fix has the image of whichever revision was registered last.
      if (story.plan.operator.some(({ does }) => does === 'deploys a hot fix')) return [];
      return story.served
        .filter((one) => one.cluster === at.cluster && one.service === at.service)
        .flatMap(({ revision, from, requests }) => {
          const candidates = releases.filter((release) => commitOf(release) === revision);
          const letIn = candidates.some((release) =>
            release.pauses.some(
              (pause) =>
                unlawful(story, pause, 'pass') === undefined &&
                (pause.settledAt ?? story.startedAt) <= from + 60_000,
            ),
          );
          const names = candidates.map(({ name }) => name).join(', ');
          return candidates.length === 0 || letIn || candidates.some(({ request }) => request.rollback)
            ? []
            : [`${names} had ${requests} requests, though nobody had let it: ${said(candidates)}`];
        });
    }),

  'who may not decide does not count': (story) =>
    ruled(story)
      .flatMap(approvalsOf)
      .flatMap(({ approvalId, decisions: counted }) =>
        counted
          .filter(({ actor }) => !allowed.some((person) => person === personOf(actor)))
          .map(({ actor, action }) => `${approvalId}: ${actor} does not count, but did ${action}`),
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

  'nobody is left asked about what is over': (story) =>
    ruled(story).flatMap((release) =>
      // Whoever looks after it finds the end by itself, or by the schedule.
      release.record.outcome === undefined
        ? []
        : approvalsOf(release)
            .filter(({ answer }) => answer === undefined)
            .map(
              ({ approvalId }) => `${approvalId} is open, and its release ended ${release.record.outcome}`,
            ),
    ),

  'nothing that is asked about when ECS pauses is deployed without a yes': ({ executions, plan }) =>
    executions.flatMap(({ name, request, record: { steps, outcome } }) => {
      const { release } = (steps.ResolveRelease ?? {}) as { release?: Release };
      if (outcome !== 'Deployed' || request.rollback || !release?.settings.asksAtPauses) return [];
      const { status, reason } = (steps.RequestContinuation ?? {}) as Partial<Continuation>;
      const yes = plan.deciders?.onExpiry === 'approve' ? /^(approved by|nobody said no) / : /^approved by /;
      return status === 'goes on' && yes.test(reason ?? '')
        ? []
        : [`${name} was deployed: ${status}, ${reason}`];
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

const said = (releases: readonly PlayedExecution[]) =>
  releases
    .flatMap(({ pauses }) => pauses)
    .map(({ approvalId, answer }) => `${approvalId} ${answer?.decision ?? 'open'}`)
    .join(', ') || 'nobody was asked';
