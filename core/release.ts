/** A release: one image digest on its way to one environment of one service. */
import * as z from 'zod';
import type { Environment, Service } from './config.ts';
import { digestSchema, pinnedImageSchema, repositorySchema, tagSchema } from './image.ts';
import { membersOf } from './members.ts';

/** Somebody asked for an earlier release to be deployed again. */
const rollbackRequestSchema = z.strictObject({
  /** Who, as AWS knows them, and why. */
  by: z.string().min(1).max(300),
  reason: z.string().min(1).max(500),
  /** ms since the epoch: it goes before every push until then. */
  requestedAt: z.int(),
  /** The execution that deployed it. */
  to: z.string(),
});

/** Somebody asked for a release that no event started: of a push once more, or of what the environment before has deployed. */
const askedForSchema = z.strictObject({
  /** Who, as AWS knows them, and why. */
  by: z.string().min(1).max(300),
  reason: z.string().min(1).max(500).optional(),
  /** ms since the epoch. */
  at: z.int(),
});

/** The input of an execution: what was pushed, and where it should go. Times in ms since the epoch. */
export const releaseRequestSchema = z.strictObject({
  service: z.string(),
  environment: z.string(),
  push: z.strictObject({
    eventId: z.string(),
    pushedAt: z.int(),
    registryId: z.string().regex(/^\d{12}$/),
    region: z.string(),
    repository: repositorySchema,
    tag: tagSchema,
    digest: digestSchema,
  }),
  /** The execution that deployed the same digest to the environment before; absent for a push. */
  promotedFrom: z.string().optional(),
  /** No event told of the push by the time when the schedule looked. */
  seenLate: z.literal(true).optional(),
  rollback: rollbackRequestSchema.optional(),
  again: askedForSchema.optional(),
});
export type ReleaseRequest = z.infer<typeof releaseRequestSchema>;

/** Of two requests, the later one is the newer release. */
export const requestedAt = ({ push, rollback }: Pick<ReleaseRequest, 'push' | 'rollback'>): number =>
  rollback?.requestedAt ?? push.pushedAt;

/** The ECS service that an environment names. */
export const targetSchema = z.strictObject({
  cluster: z.string(),
  service: z.string(),
  container: z.string(),
  /** Where it is, if that is not where Tidegate itself is. */
  region: z.string().optional(),
  roleArn: z.string().optional(),
});
export type Target = z.infer<typeof targetSchema>;

export const targetOf = ({ container }: Service, environment: Environment): Target => {
  const { cluster, service, region, roleArn } = environment;
  return { cluster, service, container, ...(region && { region }), ...(roleArn && { roleArn }) };
};

/** Of every ECS service of an environment, the leading one first. */
export const targetsOf = (service: Service, environment: Environment): [Target, ...Target[]] => {
  const [, ...others] = membersOf(service, environment);
  return [
    targetOf(service, environment),
    ...others.map((other) => targetOf(other.service, other.environment)),
  ];
};

export const commitSchema = z.strictObject({
  revision: z.string().optional(),
  source: z.string().optional(),
  author: z.string().optional(),
  version: z.string().optional(),
  createdAt: z.string().optional(),
  /** The image that it was built on, by its name and, where known, its digest. */
  base: z.string().optional(),
  /** Shows what changed between the running commit and this one. */
  compareUrl: z.string().optional(),
});
export type Commit = z.infer<typeof commitSchema>;

/** What the environment before came to with the same digest. */
export const beforeSchema = z.strictObject({
  environment: z.string(),
  execution: z.string(),
  /** ms since the epoch. */
  deployedAt: z.number(),
  /** What was proved, tested and measured there, a sentence each. */
  found: z.array(z.string().max(300)).max(3),
});
export type Before = z.infer<typeof beforeSchema>;

export const releaseSchema = z.strictObject({
  service: z.string(),
  environment: z.string(),
  tag: tagSchema,
  digest: digestSchema,
  image: pinnedImageSchema,
  /** Decides which of two releases is newer. Of a rollback: when it was asked for. */
  pushedAt: z.int(),
  /** It ran here before, and somebody asked for it again. */
  rollback: z.literal(true).optional(),
  commit: commitSchema,
  /** Absent in the first environment. */
  before: beforeSchema.optional(),
  /** Why it may only be let through by breaking the glass: it did not pass the environments before. */
  unpassed: z.string().max(500).optional(),
  /** What everybody who is told of it should know, in sentences. Absent where there is nothing. */
  warnings: z.array(z.string().max(500)).min(1).optional(),
  target: targetSchema,
  /** ECS services that move together with it: those configured alongside. Absent where there are none. */
  others: z.array(targetSchema).min(1).optional(),
  /** What the service runs on, as images name it: `amd64`. */
  architecture: z.string(),
  /** What it ran when the release began, where that was known. */
  runningDigest: digestSchema.optional(),
  /** What the environment asks for, as far as the state machine routes on it. */
  settings: z.strictObject({
    approval: z.boolean(),
    approvalTimeoutSeconds: z.int(),
    /** People are asked when ECS pauses the deployment, instead of before it. */
    asksAtPauses: z.literal(true).optional(),
    /** Two people may let through what a gate holds. */
    breakGlass: z.literal(true).optional(),
    /** A gate holds it already, before its scan. */
    held: z.literal(true).optional(),
    releaseTask: z.boolean(),
    smokeTests: z.boolean(),
    analysis: z.boolean(),
  }),
});
export type Release = z.infer<typeof releaseSchema>;

/** How a release ends. */
export const outcomes = [
  'Deployed',
  'NothingToDo',
  'Rejected',
  'Superseded',
  'RolledBack',
  'NeedsHuman',
] as const;
export const outcomeSchema = z.enum(outcomes);
export type Outcome = z.infer<typeof outcomeSchema>;

/** What a Catch assigns from `$states.errorOutput`. */
export const failureSchema = z.looseObject({ Error: z.string().nullish(), Cause: z.string().nullish() });
export type Failure = z.infer<typeof failureSchema>;
