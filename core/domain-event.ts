/** Tidegate's own events on EventBridge, as docs/events.md tells them: what a release comes to, how it ends, and its approvals. */
import * as z from 'zod';
import {
  type ApprovalChange,
  type ApprovalEvent,
  approvalEventOf,
  approvalEventSchemas,
  attemptEventOf,
  type KeptAttempt,
} from './approval/event.ts';
import { digestSchema } from './image.ts';
import { hookPauseSchema } from './pause-hook.ts';
import { pausedNow } from './paused-now.ts';
import { phaseOf, phaseSchema, releaseIn } from './phase.ts';
import type { ReleaseRecord } from './record.ts';
import { commitSchema, outcomeSchema, releaseRequestSchema } from './release.ts';

export const domainEventSource = 'tidegate';

/** The same for one change, however often it is told: subscribers leave out what they know. */
const id = z.string();
/** The ARN of the execution. */
const execution = z.string();

export const releaseChangedSchema = z.strictObject({
  version: z.literal(1),
  id,
  execution,
  /** What it came to. An end is a `Release Ended`. */
  phase: phaseSchema.exclude(['Ended']),
  /** When, ms since the epoch, to a second. */
  at: z.int(),
  /** ECS has paused its deployment, and people are asked whether it goes on. Told again, without this, when it does. */
  paused: hookPauseSchema.pick({ service: true, stage: true, percent: true }).optional(),
  release: z.strictObject({
    service: z.string(),
    environment: z.string(),
    tag: z.string(),
    digest: digestSchema,
    /** When it was pushed, or its rollback was asked for, ms since the epoch. */
    requestedAt: z.int(),
    /** It ran here before, and somebody asked for it again. */
    rollback: z.literal(true).optional(),
    commit: commitSchema,
  }),
});

export const releaseEndedSchema = z.strictObject({
  version: z.literal(1),
  id,
  execution,
  request: releaseRequestSchema,
  outcome: outcomeSchema,
  /** One sentence, with texts from outside in it: to be escaped where it is shown. */
  reason: z.string(),
  /** ms since the epoch. */
  endedAt: z.int(),
});

/** By their `detail-type`. */
export const releaseEventSchemas = {
  'Release Changed': releaseChangedSchema,
  'Release Ended': releaseEndedSchema,
} as const;
export const domainEventSchemas = { ...releaseEventSchemas, ...approvalEventSchemas } as const;

type ReleaseEvent = {
  [Type in keyof typeof releaseEventSchemas]: {
    type: Type;
    detail: z.infer<(typeof releaseEventSchemas)[Type]>;
  };
}[keyof typeof releaseEventSchemas];
export type DomainEvent = ReleaseEvent | ApprovalEvent;

/** A record as it was, unless it is new, and as it is. */
export interface RecordChange {
  before: ReleaseRecord | undefined;
  after: ReleaseRecord;
  /** ms since the epoch. */
  at: number;
}

/** Something of a release changed in Tidegate's table. */
export type Change =
  | ({ of: 'release' } & RecordChange)
  | ({ of: 'approval' } & ApprovalChange)
  | { of: 'attempt'; attempt: KeptAttempt };

/** What a change means to others; undefined where it is nothing to them. */
export function domainEventOf(change: Change): DomainEvent | undefined {
  if (change.of === 'approval') return approvalEventOf(change);
  return change.of === 'attempt' ? attemptEventOf(change.attempt) : releaseEventOf(change);
}

function releaseEventOf({ before, after, at }: RecordChange): ReleaseEvent | undefined {
  const phase = phaseOf(after);
  const paused = pausedNow(after);
  const pausedBefore = before && pausedNow(before);
  const another = !before || phaseOf(before) !== phase;
  if (phase === undefined || !(another || paused?.hookId !== pausedBefore?.hookId)) return undefined;
  const { execution, request, outcome, reason = '', endedAt = at } = after;
  const pausing = paused ? `/${paused.hookId}` : another ? '' : `/${pausedBefore?.hookId}/over`;
  const id = `${execution.slice(execution.lastIndexOf(':') + 1)}/${phase}${pausing}`;
  if (phase === 'Ended') {
    if (!request || !outcome) return undefined;
    return {
      type: 'Release Ended',
      detail: { version: 1, id, execution, request, outcome, reason, endedAt },
    };
  }
  const release = releaseIn(after);
  if (!release) return undefined;
  const { service, environment, tag, digest, pushedAt: requestedAt, rollback, commit } = release;
  return {
    type: 'Release Changed',
    detail: {
      ...{ version: 1, id, execution, phase, at },
      ...(paused && { paused: { service: paused.service, stage: paused.stage, percent: paused.percent } }),
      release: {
        ...{ service, environment, tag, digest, requestedAt, commit },
        ...(rollback && { rollback }),
      },
    },
  };
}
