/** Whether an attempt to decide an approval counts, and whether it is the last that was needed. */
import * as z from 'zod';
import type { HookPause } from '../pause-hook.ts';
import type { ApprovalAnswer } from './answer.ts';
import { closedAt } from './hours.ts';
import { holderIn, type Links, used } from './link.ts';
import { type Actor, authorIn, isAmong, isSamePerson, isSomebodyElse, nameOf } from './person.ts';
import type { Rules } from './rules.ts';

export const actions = ['approve', 'reject', 'break glass'] as const;
export type Action = (typeof actions)[number];

export const decisionSchema = z.object({
  action: z.enum(actions),
  actor: z.string(),
  slackGroups: z.array(z.string()).optional(),
  /** The door: `slack`, `command` or `link`. */
  door: z.string(),
  /** What proved there who they are. */
  authenticated: z.string().optional(),
  /** ms since the epoch. */
  at: z.number(),
  reason: z.string().optional(),
});
export type Decision = z.output<typeof decisionSchema>;

/** What an approval is about, as far as rules ask for it. */
export interface Pending {
  /** ms since the epoch. */
  openedAt: number;
  expiresAt: number;
  /** Who made the commit, as far as the image says it. */
  author?: string | undefined;
  /** Why a gate holds the release: then nothing but breaking the glass lets it through. */
  held?: string | undefined;
  decisions: readonly Decision[];
  answer?: ApprovalAnswer | undefined;
  links?: Links | undefined;
  /** The deployment has begun, and ECS has paused it. */
  pause?: HookPause | undefined;
}

export interface Attempt {
  actor: Actor;
  action: Action;
  door: string;
  authenticated?: string | undefined;
  reason?: string | undefined;
}

export const refusals = [
  ...(['decided', 'expired', 'held', 'no glass', 'no reason', 'not allowed', 'unknown'] as const),
  ...(['own commit', 'too early', 'closed', 'twice', 'same person', 'used link'] as const),
] as const;
export type Refusal = (typeof refusals)[number];

/** What came of an attempt; `says` is for who made it. */
export type Decided =
  | { verdict: 'accepted'; says: string; decisions: Decision[]; answer?: undefined; links?: Links }
  | { verdict: 'decided'; says: string; decisions: Decision[]; answer: ApprovalAnswer; links?: Links }
  | { verdict: 'refused'; says: string; why: Refusal };

export const longestReason = 400;

/** Pure: the caller keeps `decisions`, `answer` and `links` in one write, on the condition that nobody else wrote meanwhile. */
export function decide(pending: Pending, rules: Rules, attempt: Attempt, now: number): Decided {
  const no = refusal(pending, rules, attempt, now);
  if (no) return { verdict: 'refused', ...no };
  const { action, actor, door, authenticated } = attempt;
  const reason = reasonOf(attempt);
  const decision: Decision = {
    ...{ action, actor: actor.id, door, ...(authenticated && { authenticated }), at: now },
    ...(actor.slackGroups && { slackGroups: [...actor.slackGroups] }),
    ...(reason && { reason }),
  };
  // A link is good for one decision.
  const person = holderIn(actor.id);
  const spent = person === undefined ? {} : { links: used(pending.links ?? {}, person, now) };
  // Who has approved may think better of it.
  const others = pending.decisions.filter((one) => one.actor !== actor.id);
  const decisions = [...others, decision];
  if (action === 'reject') {
    const answer: ApprovalAnswer = { decision: 'rejected', by: actor.id, ...(reason && { reason }) };
    return { verdict: 'decided', says: rejected(pending), decisions, answer, ...spent };
  }
  const left = action === 'approve' ? stillNeeded(pending, rules, decisions) : glassNeeded(rules, decisions);
  if (left) return { verdict: 'accepted', says: `Counted. ${left}.`, decisions, ...spent };
  const counted = decisions.filter((one) => one.action === action);
  const reasons = counted.flatMap(({ actor: who, reason: why }) => {
    if (!why) return [];
    return [counted.length > 1 ? `${who}: ${why}` : why];
  });
  const said = reasons.join('; ');
  return {
    verdict: 'decided',
    says:
      action === 'approve' ? 'Approved. The release goes on.' : 'The glass is broken. The release goes on.',
    decisions,
    ...spent,
    answer: {
      decision: 'approved',
      by: counted.map((one) => one.actor).join(' and '),
      ...(said && { reason: said.slice(0, 500) }),
      ...(action === 'break glass' && { brokenGlass: true }),
    },
  };
}

const rejected = ({ pause }: Pick<Pending, 'pause'>): string =>
  pause ? 'Rejected. ECS takes the deployment back.' : 'Rejected. Nothing is deployed.';

/** The outcome when time is over. */
export function expire(
  pending: Pending,
  rules: Rules,
  { asked, spent, now }: { asked: boolean; spent: string; now: number },
): ApprovalAnswer {
  const { onExpiry } = rules.policy;
  const closed = closedAt(rules.policy, now);
  const nobody = (decision: 'approved' | 'expired', reason: string): ApprovalAnswer => ({
    ...{ decision, by: 'nobody', reason: reason.slice(0, 500) },
  });
  if (pending.held !== undefined) return nobody('expired', `${pending.held}; nobody let it through`);
  if (onExpiry === 'reject' || !asked) {
    const some = pending.decisions.length > 0 ? 'not everybody who is needed answered' : 'nobody answered';
    return nobody('expired', `${asked ? some : 'nobody could be asked'} within ${spent}`);
  }
  if (closed) return nobody('expired', `nobody answered within ${spent}, and then it was ${closed.because}`);
  return nobody('approved', `nobody said no within ${spent}`);
}

function refusal(
  pending: Pending,
  rules: Rules,
  attempt: Attempt,
  now: number,
): { why: Refusal; says: string } | undefined {
  const { action, actor } = attempt;
  const { policy, people } = rules;
  const no = (why: Refusal, says: string) => ({ why, says });
  if (pending.answer) return no('decided', alreadyDecided(pending.answer));
  if (now >= pending.expiresAt)
    return no('expired', 'This approval has expired. To deploy it all the same, push again.');

  const person = holderIn(actor.id);
  const link = person === undefined ? undefined : pending.links?.[person];
  if (person !== undefined && (!link || link.usedAt !== undefined))
    return no('used link', 'This link has been used: it was good for one decision.');
  if (person !== undefined && action === 'break glass')
    return no('no glass', 'A link does not break the glass. It takes Slack, or npx tidegate break-glass.');

  const { breakGlass } = rules;
  const among = (who: Parameters<typeof isAmong>[1]) => isAmong(actor, who, people);
  if (action === 'approve' && pending.held !== undefined)
    return no(
      'held',
      `A gate holds this release: ${pending.held}. It can only be let through by breaking the glass.`,
    );
  if (action === 'break glass' && !breakGlass)
    return no('no glass', 'No breakGlass is configured for this environment.');
  if (action !== 'approve' && !reasonOf(attempt))
    return no('no reason', 'Say why: a reason is needed for this.');

  const groups = Object.values(policy.requireFrom);
  // Whoever is needed may say no, too.
  const deciding = [policy.who, ...groups, ...(pending.held === undefined ? [] : [breakGlass?.who])];
  const may =
    action === 'break glass'
      ? breakGlass !== undefined && among(breakGlass.who)
      : (policy.who === undefined && pending.held === undefined) ||
        deciding.some((who) => who !== undefined && among(who));
  const needed = action === 'approve' && groups.some(({ slackGroups }) => slackGroups.length > 0);
  if (actor.slackGroups === undefined && groupsMatter(rules) && (!may || needed))
    return no(
      'unknown',
      'Slack does not say just now which user groups you belong to. Try again in a minute.',
    );
  if (!may)
    return no(
      'not allowed',
      `You are not among those who may ${action === 'break glass' ? 'break the glass' : action} here.`,
    );
  if (action === 'reject') return undefined;

  const mine = pending.decisions.find((one) => one.actor === actor.id && one.action === action);
  if (mine) return no('twice', 'You have done so already: somebody else is needed, too.');
  for (const other of pending.decisions.filter((one) => one.action === action)) {
    const same = isSamePerson(actor.id, other.actor, people);
    if (same)
      return no('same person', `You have done so already, as ${other.actor}: somebody else is needed, too.`);
    // Whose approval is enough by itself need not be told from anybody.
    if (same === undefined && !isEnough(pending, rules, attempt, now))
      return no(
        'same person',
        `Nobody can tell whether you are the one who came as ${other.actor}. Use the same door, or put the identities of both into people in the configuration.`,
      );
  }
  if (action === 'break glass') return undefined;

  const name = nameOf(actor.id, people);
  if (policy.selfApproval === 'deny' && name !== undefined && authorIn(pending.author, people) === name)
    return no('own commit', 'You made this commit: somebody else has to approve it.');
  const from = pending.openedAt + (policy.waitTimer ?? 0) * 1000;
  if (now < from)
    return no(
      'too early',
      `It can be approved in ${Math.ceil((from - now) / 60_000)} min: this environment has a wait timer.`,
    );
  const closed = closedAt(policy, now);
  if (closed)
    return no(
      'closed',
      `Now it is ${closed.because}.${closed.opens ? ` It can be approved from ${closed.opens} on.` : ''}`,
    );
  return undefined;
}

const isEnough = (pending: Pending, rules: Rules, { action, actor, door }: Attempt, at: number): boolean =>
  action === 'approve' &&
  stillNeeded(pending, rules, [
    { action, actor: actor.id, door, at, ...(actor.slackGroups && { slackGroups: [...actor.slackGroups] }) },
  ]) === undefined;

const groupsMatter = ({ policy: { who, requireFrom }, breakGlass }: Rules) =>
  [who, ...Object.values(requireFrom), breakGlass?.who].some((one) => (one?.slackGroups.length ?? 0) > 0);

const reasonOf = ({ reason = '' }: Attempt) => reason.trim().slice(0, longestReason);

export function alreadyDecided({ decision, by, reason }: ApprovalAnswer): string {
  if (decision === 'expired') return 'This approval has expired. To deploy it all the same, push again.';
  if (decision === 'superseded') return `Nobody has to decide this any more${reason ? `: ${reason}` : ''}.`;
  return `This was already ${decision}, by ${by}.`;
}

/** How many have to approve: two where the author must not, and it is not certain who that is, or that somebody else has approved. */
export function requiredApprovals(
  { author }: Pick<Pending, 'author'>,
  { policy, people }: Rules,
  approvals: readonly Pick<Decision, 'actor'>[] = [],
): number {
  if (policy.selfApproval === 'allow') return policy.approvals;
  const name = policy.authorTrust === 'label' ? authorIn(author, people) : undefined;
  const certain =
    name !== undefined && approvals.every(({ actor }) => isSomebodyElse(actor, name, people) === true);
  return certain ? policy.approvals : Math.max(2, policy.approvals);
}

/** What is missing, as a sentence's part; undefined where nothing is. */
export function stillNeeded(
  pending: Pick<Pending, 'author'>,
  rules: Rules,
  decisions: readonly Decision[],
): string | undefined {
  const approvals = decisions.filter(({ action }) => action === 'approve');
  const required = requiredApprovals(pending, rules, approvals);
  const groups = Object.entries(rules.policy.requireFrom);
  const missing = uncovered(groups, approvals, rules);
  const more = Math.max(required - approvals.length, missing.length);
  if (more <= 0) return undefined;
  const from = missing.length > 0 ? ` (${missing.map((name) => `one from ${name}`).join(', ')})` : '';
  const doubt =
    approvals.length > 0 && required > requiredApprovals(pending, rules)
      ? ', since nobody can tell whether it is the author who approved'
      : '';
  return `${more} more approval${more === 1 ? ' is' : 's are'} needed${from}${doubt}`;
}

/** What it takes to break the glass. */
export const glassRule = 'two people have to break the glass, each with a reason';

function glassNeeded(_rules: Rules, decisions: readonly Decision[]): string | undefined {
  const broken = decisions.filter(({ action }) => action === 'break glass');
  return broken.length >= 2 ? undefined : 'A second person has to break the glass, too, with a reason';
}

/** The groups without an approval of their own, in an assignment that leaves the fewest: an approval moves where that makes room. */
function uncovered(
  groups: readonly (readonly [string, Parameters<typeof isAmong>[1]])[],
  approvals: readonly Decision[],
  { people }: Rules,
): string[] {
  const fitting = groups.map(([, who]) =>
    approvals.filter(({ actor, slackGroups }) => isAmong({ id: actor, slackGroups }, who, people)),
  );
  const groupOf = new Map<Decision, number>();
  const covers = (group: number, tried: Set<Decision>): boolean =>
    (fitting[group] ?? []).some((one) => {
      if (tried.has(one)) return false;
      tried.add(one);
      const other = groupOf.get(one);
      if (other !== undefined && !covers(other, tried)) return false;
      groupOf.set(one, group);
      return true;
    });
  return groups.flatMap(([name], group) => (covers(group, new Set()) ? [] : [name]));
}
