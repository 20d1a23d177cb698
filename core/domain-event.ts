/** Tidegate's own events on EventBridge, as docs/events.md tells them: what a release comes to, and how it ends. */
import * as z from 'zod';
import { digestSchema } from './image.ts';
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
export const domainEventSchemas = {
  'Release Changed': releaseChangedSchema,
  'Release Ended': releaseEndedSchema,
} as const;

export type DomainEvent = {
  [Type in keyof typeof domainEventSchemas]: {
    type: Type;
    detail: z.infer<(typeof domainEventSchemas)[Type]>;
  };
}[keyof typeof domainEventSchemas];

/** A record as it was, unless it is new, and as it is. */
export interface RecordChange {
  before: ReleaseRecord | undefined;
  after: ReleaseRecord;
  /** ms since the epoch. */
  at: number;
}

/** What a change of a record means to others; undefined where it is nothing to them. */
export function domainEventOf({ before, after, at }: RecordChange): DomainEvent | undefined {
  const phase = phaseOf(after);
  if (phase === undefined || (before && phaseOf(before) === phase)) return undefined;
  const { execution, request, outcome, reason = '', endedAt = at } = after;
  const id = `${execution.slice(execution.lastIndexOf(':') + 1)}/${phase}`;
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
      release: {
        ...{ service, environment, tag, digest, requestedAt, commit },
        ...(rollback && { rollback }),
      },
    },
  };
}
