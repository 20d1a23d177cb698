/** What becomes of approvals, as others hear of it on EventBridge: asked, each attempt to decide, decided. Told in docs/events.md. */
import * as z from 'zod';
import { digestSchema } from '../image.ts';
import { type HookPause, hookPauseSchema } from '../pause-hook.ts';
import { approvalAnswerSchema } from './answer.ts';
import { actions, type Decision, decisionSchema, glassRule, type Pending, stillNeeded } from './decide.ts';
import { due, type Linked } from './link.ts';
import { type Rules, versionOf } from './rules.ts';

/** What an approval is about. */
export interface Subject {
  service: string;
  environment: string;
  tag: string;
  digest: string;
}

/** An approval as it is kept, as far as it is told: never its task token. */
export interface KeptApproval extends Pending {
  approvalId: string;
  /** The ARN of the execution that waits. */
  execution: string;
  subject?: Subject | undefined;
  rules: Rules;
  /** When its release looked for the answer last, ms since the epoch. */
  lookedAt?: number | undefined;
}

/** Somebody's attempt, as the audit keeps it. */
export interface KeptAttempt {
  approvalId: string;
  /** The how manieth of its approval, from 0. */
  index: number;
  /** ms since the epoch. */
  at: number;
  actor: string;
  action: string;
  reason?: string | undefined;
  door: string;
  authenticated: string;
  /** `accepted`, `decided` or `refused`, and why. */
  verdict: string;
  /** Version of the rules that it was judged by. */
  rules: string;
  /** Absent where an earlier version kept it. */
  service?: string | undefined;
  environment?: string | undefined;
  tag?: string | undefined;
  digest?: string | undefined;
}

const common = {
  version: z.literal(1),
  /** The same for one change, however often it is told. */
  id: z.string(),
  /** The name of the release's execution; of one that ECS paused, with the number of the pause. */
  approvalId: z.string(),
  release: z.strictObject({
    service: z.string(),
    environment: z.string(),
    tag: z.string(),
    digest: digestSchema,
  }),
  /** ms since the epoch. */
  at: z.int(),
  /** Which rules: another text where anything in them, or in who is who, is different. */
  rules: z.string(),
};
/** Why a gate holds the release: then nothing but breaking the glass lets it through. */
const held = z.string().optional();

export const approvalAskedSchema = z.strictObject({
  ...common,
  execution: z.string(),
  expiresAt: z.int(),
  /** Who made the commit, as far as the image says it. */
  author: z.string().optional(),
  /** Where the deployment has begun, and ECS has paused it: at which stage, and with how many percent of the requests on the new version. */
  paused: hookPauseSchema.pick({ service: true, stage: true, percent: true }).optional(),
  held,
  /** What it takes, as a sentence's part. */
  needs: z.string(),
});

export const approvalAttemptedSchema = z.strictObject({
  ...common,
  /** `slack:U…`, an IAM ARN: as the door knows them. */
  actor: z.string(),
  action: z.enum(actions),
  door: z.string(),
  /** What proved who they are. */
  authenticated: z.string(),
  reason: z.string().optional(),
  verdict: z.enum(['accepted', 'decided', 'refused']),
  /** More about the verdict. */
  why: z.string().optional(),
});

export const approvalDecidedSchema = z.strictObject({
  ...common,
  execution: z.string(),
  ...approvalAnswerSchema.shape,
  held,
  /** What counted, the oldest first. Empty where nobody decided. */
  decisions: z.array(z.strictObject(decisionSchema.omit({ slackGroups: true }).shape)),
});

/** By their `detail-type`. */
export const approvalEventSchemas = {
  'Approval Asked': approvalAskedSchema,
  'Approval Attempted': approvalAttemptedSchema,
  'Approval Decided': approvalDecidedSchema,
} as const;

export type ApprovalEvent = {
  [Type in keyof typeof approvalEventSchemas]: {
    type: Type;
    detail: z.infer<(typeof approvalEventSchemas)[Type]>;
  };
}[keyof typeof approvalEventSchemas];

/** An approval as it was, unless it is new, and as it is. */
export interface ApprovalChange {
  before: KeptApproval | undefined;
  after: KeptApproval;
  /** ms since the epoch. */
  at: number;
}

/** What a change of an approval means to others; undefined where it is nothing to them. What is told again has the same id. */
export function approvalEventOf({ before, after, at }: ApprovalChange): ApprovalEvent | undefined {
  const { approvalId, execution, subject, rules, openedAt, expiresAt, author, held, answer, pause } = after;
  if (!subject) return undefined;
  const about = { version: 1, approvalId, execution, release: subject, rules: versionOf(rules) } as const;
  const why = held === undefined ? {} : { held };
  if (answer && !before?.answer) {
    const decisions = after.decisions.map(({ slackGroups: _, ...decision }: Decision) => decision);
    const detail = { ...about, ...answer, ...why, id: `${approvalId}/Decided`, at, decisions };
    return { type: 'Approval Decided', detail };
  }
  if (before && !isMissed(before, after)) return undefined;
  const needs = held === undefined ? (stillNeeded(after, rules, []) ?? 'nothing more is needed') : glassRule;
  const asked = { id: `${approvalId}/Asked`, at: openedAt, expiresAt, needs };
  return {
    type: 'Approval Asked',
    detail: {
      ...about,
      ...why,
      ...asked,
      ...(author && { author }),
      ...(pause && { paused: placeOf(pause) }),
    },
  };
}

const placeOf = ({ service, stage, percent }: HookPause) => ({ service, percent, ...(stage && { stage }) });

/** Who is to be sent a link has none for so long: then it is told again, whenever the release looks. */
const missedMs = 10 * 60_000;

const isMissed = (before: KeptApproval, after: KeptApproval & Linked): boolean => {
  const { lookedAt = 0, openedAt } = after;
  return lookedAt !== before.lookedAt && lookedAt >= openedAt + missedMs && due(after, lookedAt).length > 0;
};

/** Undefined for what an earlier version kept, which did not say what it was about. */
export function attemptEventOf(attempt: KeptAttempt): ApprovalEvent | undefined {
  const { service, environment, tag, digest, index, action, reason, verdict, ...kept } = attempt;
  const known = z.enum(actions).safeParse(action).data;
  if (!service || !environment || !tag || !digest || !known) return undefined;
  const [, said = '', why] = /^(accepted|decided|refused)(?:: (.*))?$/s.exec(verdict) ?? [];
  return {
    type: 'Approval Attempted',
    detail: {
      ...{ version: 1, ...kept, id: `${attempt.approvalId}/Attempt ${index + 1}`, action: known },
      release: { service, environment, tag, digest },
      verdict: said === 'accepted' || said === 'decided' ? said : 'refused',
      ...(why && { why }),
      ...(reason && { reason }),
    },
  };
}
