/** Approvals of pauses: what becomes of the deployment when they are decided, and what who decides is shown. */
import * as z from 'zod';
import type { Continuation, HookPause, Paused } from '../pause-hook.ts';
import { pausedSentence } from '../pause-hook.ts';
import type { ReleaseRecord } from '../record.ts';
import type { Rollout } from '../rollout.ts';
import type { ApprovalAnswer } from './answer.ts';
import type { Rules } from './rules.ts';

/** An approval of a pause, as far as it counts here. */
export interface Stay {
  pause?: HookPause | undefined;
  openedAt: number;
  answer?: ApprovalAnswer | undefined;
}

/** Of all pauses that are waited for together: one no is enough. Undefined while one is open. */
export function verdictOf(stay: readonly Stay[]): Pick<Continuation, 'status' | 'reason'> | undefined {
  const no = stay.find(({ answer }) => answer?.decision === 'rejected' || answer?.decision === 'expired');
  if (no?.answer) return { status: 'not approved', reason: sentence(no.answer, no.pause).slice(0, 1000) };
  if (stay.some(({ answer }) => answer === undefined)) return undefined;
  const reasons = stay.flatMap(({ answer, pause }) => (answer ? [sentence(answer, pause)] : []));
  return { status: 'goes on', reason: [...new Set(reasons)].join('; ').slice(0, 1000) || 'nobody was asked' };
}

function sentence({ decision, by, reason }: ApprovalAnswer, pause: HookPause | undefined): string {
  const where = pause ? ` (${pausedSentence(pause)})` : '';
  const because = reason ? `: ${reason}` : '';
  if (by === 'nobody') return `${reason ?? decision}${where}`;
  return `${decision} by ${by}${where}${because}`;
}

/** What is known of the pauses from now on. People were waited for from the first of these on, up to `until`. */
export function leftOf(
  before: Paused,
  { status, reason }: Pick<Continuation, 'status' | 'reason'>,
  stay: readonly Stay[],
  until: number,
): Paused {
  const since = Math.min(until, ...stay.map(({ openedAt }) => openedAt));
  const hookIds = stay.flatMap(({ pause }) => pause?.hookId ?? []);
  return {
    seconds: before.seconds + Math.round((until - since) / 1000),
    asked: [],
    answered: [...new Set([...before.answered, ...hookIds])],
    ...(status === 'not approved' && { refused: reason }),
  };
}

/** Of one that nobody has to decide any more. */
export const closedWith = (reason: string): ApprovalAnswer => ({
  ...{ decision: 'superseded', by: 'nobody', reason: reason.slice(0, 500) },
});

type Found = Pick<Rollout, 'status' | 'reason'>;

/** The deployment goes another way, whatever people would say. */
export const isOver = (found: Found | undefined): found is Found =>
  found !== undefined && ['failed', 'gives way', 'superseded'].includes(found.status);

/** Why ECS is paused no more, though nobody decided here. */
export const overBy = (found: Found | undefined): string =>
  isOver(found) ? found.reason : 'somebody has answered ECS itself';

/** What happens when nobody decides in time. */
export const otherwise = ({ policy: { onExpiry } }: Rules): string =>
  onExpiry === 'approve'
    ? 'It goes on when nobody says no in time, unless it is then frozen or outside of the hours.'
    : 'It is taken back when nobody approves in time.';

const said = z.looseObject({
  status: z.string(),
  sentence: z.string().optional(),
  headline: z.string().optional(),
});

/** What smoke tests and metrics have said of the new version so far, a sentence each. */
export function foundIn(steps: ReleaseRecord['steps']): string[] {
  return ['RunSmokeTests', 'CompareMetrics'].flatMap((state) => {
    const { headline, sentence } = said.safeParse(steps[state]).data ?? {};
    return headline ?? sentence ?? [];
  });
}
