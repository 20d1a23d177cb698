/** Approvals of a deployment that ECS has paused: opened, asked for, decided by time where nobody does, and closed. */
import type { Approval } from '../aws/approvals.ts';
import type { Aws } from '../aws/gateways.ts';
import type { ApprovalAnswer } from '../core/approval/answer.ts';
import { expire } from '../core/approval/decide.ts';
import { approvalMessage } from '../core/approval/message.ts';
import {
  closedWith,
  foundIn,
  isOver,
  leftOf,
  otherwise,
  overBy,
  verdictOf,
} from '../core/approval/paused.ts';
import { rulesFrom } from '../core/approval/rules.ts';
import { environmentOf } from '../core/config.ts';
import { spoken } from '../core/duration.ts';
import { type Part, services } from '../core/group.ts';
import {
  type Continuation,
  decidedUntil,
  firstLookIn,
  type HookPause,
  hookPauseSchema,
  lookAgainIn,
  mostPausesAtOnce,
  type Paused,
} from '../core/pause-hook.ts';
import type { Plan } from '../core/plan.ts';
import { isToCheck, type Rollout } from '../core/rollout.ts';
import type { ScanVerdict } from '../core/scan/verdict.ts';
import { askPeople, type Question, wasAsked } from './ask-people.ts';
import { endApproval } from './close-approval.ts';
import { shownSince } from './shown-plan.ts';
import { nameIn } from './status/find-releases.ts';

export interface PausedRelease extends Part {
  execution: string;
  scan: ScanVerdict;
  plan: Plan;
  paused: Paused;
  lookAgainIn: number;
}

type AskingAws = Pick<
  Aws,
  'approvals' | 'config' | 'consoleUrl' | 'ecs' | 'now' | 'pauseHooks' | 'records' | 'slack'
>;

/** Undefined while people think, and there is no reason to look in another rhythm. May be repeated. */
export async function askAtPauses(
  asked: PausedRelease,
  found: Rollout,
  aws: AskingAws,
): Promise<Continuation | undefined> {
  const pauses = found.pauses ?? [];
  for (const pause of pauses) await askAt(pause, asked, aws);
  // Of several, some may have been answered past us.
  const isShown = ({ pause }: Approval) => pauses.some(({ hookId }) => hookId === pause?.hookId);
  for (const approval of openIn(await stayOf(asked, aws)))
    if (!isShown(approval) && !(await isWaitedFor(approval, aws)))
      await closeOver(approval, found, asked, aws);
  // Read again: what was decided until here is told to ECS before it counts.
  const stay = await stayOf(asked, aws);
  for (const approval of stay) await answerPause(approval, aws);
  const now = aws.now();
  const verdict = verdictOf(stay);
  const open = openIn(stay);
  if (verdict) {
    await closeAll(open, verdict.reason, aws);
    return left(verdict, asked, stay, now);
  }
  const rhythm = lookAgainIn(Math.min(...open.map(({ expiresAt }) => expiresAt)) - now, {
    asked: open.every((approval) => wasAsked(approval, aws.config)),
  });
  const before = asked.paused;
  if (rhythm === asked.lookAgainIn && idsOf(pausesOf(open)) === idsOf(before.asked)) return undefined;
  return {
    ...{ status: 'look again', reason: `${found.reason}: looks every ${spoken(rhythm)}`, at: now },
    ...{ paused: { ...before, asked: pausesOf(open) }, lookAgainIn: rhythm },
  };
}

const openIn = (stay: readonly Approval[]) => stay.filter(({ answer }) => answer === undefined);
const idsOf = (pauses: readonly HookPause[]) => pauses.map(({ hookId }) => hookId).join();
const pausesOf = (stay: readonly Approval[]) =>
  stay
    .slice(0, mostPausesAtOnce)
    .flatMap(({ pause }) => (pause ? [hookPauseSchema.strip().parse(pause)] : []));

/** Of several pauses one no is enough. */
async function closeAll(open: readonly Approval[], reason: string, aws: AskingAws): Promise<void> {
  for (const { approvalId } of open) await endApproval(approvalId, closedWith(reason), aws);
}

/** Where ECS has gone on though nobody let it in time, that is for our own rule to say. */
async function closeOver(
  approval: Approval,
  found: Rollout | undefined,
  asked: PausedRelease,
  aws: AskingAws,
): Promise<void> {
  const { answer } = isOver(found) ? approval : await decidedBy(approval, asked, aws);
  if (!answer) await endApproval(approval.approvalId, closedWith(overBy(found)), aws);
}

const isWaitedFor = async ({ pause }: Approval, { pauseHooks }: Pick<Aws, 'pauseHooks'>): Promise<boolean> =>
  pause !== undefined && pauseHooks(pause.target).waits(pause);

/**
 * ECS is not paused any more, or there is something else to do than to wait: what is still open is closed. Where one of several ECS
 * services is to be checked, what others are paused by stays open meanwhile. May be repeated.
 */
export async function leavePauses(
  asked: PausedRelease,
  found: Rollout | undefined,
  aws: AskingAws,
): Promise<Continuation | undefined> {
  const staying: Approval[] = [];
  for (const approval of openIn(await stayOf(asked, aws))) {
    if ((!found || isToCheck(found)) && (await isWaitedFor(approval, aws))) {
      // What ECS shows may be older than what it has shown before.
      if (!found) return undefined;
      staying.push(approval);
    } else await closeOver(approval, found, asked, aws);
  }
  const stays = ({ approvalId }: Approval) => staying.some((one) => one.approvalId === approvalId);
  const stay = (await stayOf(asked, aws)).filter((approval) => !stays(approval));
  for (const approval of stay) await settle(approval, aws);
  const verdict = verdictOf(stay) ?? { status: 'goes on' as const, reason: 'ECS is not paused' };
  if (verdict.status === 'goes on') return left(verdict, asked, stay, aws.now(), staying);
  await closeAll(staying, verdict.reason, aws);
  return left(verdict, asked, [...stay, ...staying], aws.now());
}

/** What ECS was told, or did not wait for any more, is not told again. Rejects where ECS could not be asked: may be repeated. */
async function answerPause(
  { approvalId, pause, answer, settledAt }: Approval,
  aws: Pick<Aws, 'approvals' | 'now' | 'pauseHooks'>,
): Promise<void> {
  if (!pause || !answer || settledAt !== undefined) return;
  const action = answer.decision === 'approved' ? 'CONTINUE' : 'ROLLBACK';
  // Where nobody had to decide any more, there is nothing to tell.
  if (answer.decision !== 'superseded') await aws.pauseHooks(pause.target).answer(pause, action);
  await aws.approvals.mark(approvalId, { settledAt: aws.now() });
}

/** Where it was decided, and ECS has gone another way before it was told, there is nothing to tell. */
async function settle(approval: Approval, aws: AskingAws): Promise<void> {
  const { approvalId, answer, pause, settledAt } = approval;
  if (!pause || settledAt !== undefined) return;
  if (answer && (await isWaitedFor(approval, aws))) await answerPause(approval, aws);
  else await aws.approvals.mark(approvalId, { settledAt: aws.now() });
}

const left = (
  verdict: Pick<Continuation, 'status' | 'reason'>,
  { paused }: PausedRelease,
  stay: readonly Approval[],
  now: number,
  staying: readonly Approval[] = [],
): Continuation => ({
  ...verdict,
  at: now,
  // The time that people take for what stays open is counted when that is over.
  paused: {
    ...leftOf(paused, verdict, stay, Math.min(now, ...staying.map(({ openedAt }) => openedAt))),
    asked: pausesOf(staying),
  },
  lookAgainIn: firstLookIn,
});

/** The pauses since it began to wait. */
const stayOf = async ({ execution, paused }: PausedRelease, { approvals }: Pick<Aws, 'approvals'>) =>
  (await approvals.ofPauses(nameIn(execution))).filter(
    ({ pause }) => pause && !paused.answered.includes(pause.hookId),
  );

async function askAt(pause: HookPause, asked: PausedRelease, aws: AskingAws): Promise<void> {
  const { release, paused, execution } = asked;
  const { service, environment, tag, digest } = release;
  const { approvals, config, now } = aws;
  const settings = environmentOf(config, service, environment).environment;
  const { approvalTimeoutSeconds: timeout } = release.settings;
  const { target } = services(release).find((part) => part.target.service === pause.service) ?? release;
  const openedAt = now();
  const approval = await approvals.openPause({
    ...{ execution, openedAt },
    expiresAt: decidedUntil(pause, { timeout, spent: paused.seconds, now: openedAt }),
    ...{ subject: { service, environment, tag, digest }, rules: rulesFrom(settings, config.people) },
    ...(release.commit.author && { author: release.commit.author }),
    pause: { ...pause, target, leading: release.target },
  });
  const { answer } = await decidedBy(approval, asked, aws);
  // Nobody is taken back because Slack is away: there are other doors, and it is tried again.
  if (!answer) await ask(approval, asked, aws).catch(() => undefined);
}

/** By people, by who asked for a rollback, or by time. */
async function decidedBy(
  approval: Approval,
  { release }: PausedRelease,
  aws: Pick<Aws, 'approvals' | 'config' | 'now' | 'slack'>,
): Promise<Approval> {
  const { approvalId, answer, openedAt, expiresAt, rules } = approval;
  if (answer) return approval;
  const end = async (given: ApprovalAnswer) => ({
    ...approval,
    answer: (await endApproval(approvalId, given, aws)) ?? given,
  });
  if (release.rollback)
    return end({ decision: 'approved', by: 'nobody', reason: 'who asked for the rollback has decided' });
  const now = aws.now();
  if (now < expiresAt) return approval;
  const spent = spoken((expiresAt - openedAt) / 1000);
  return end(expire(approval, rules, { asked: wasAsked(approval, aws.config), spent, now }));
}

async function ask({ pause, ...approval }: Approval, asked: PausedRelease, aws: AskingAws): Promise<void> {
  if (!pause) return;
  const { approvalId, expiresAt, rules } = approval;
  const { release, scan, execution } = asked;
  const link = aws.consoleUrl && aws.consoleUrl + execution;
  const question: Question = {
    release,
    plan: () => shownSince(asked, aws),
    message: async (plan) => {
      const { steps } = await aws.records.of(execution);
      const paused = { pause, otherwise: otherwise(rules), found: foundIn(steps) };
      return approvalMessage({
        ...{ approvalId, release, scan, rules, now: aws.now(), expiresAt, link, paused, ...plan },
      });
    },
  };
  await askPeople(approval, question, aws);
}
