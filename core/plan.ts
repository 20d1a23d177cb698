/** What a deployment would change. Ids and differences, not whole documents. */
import * as z from 'zod';
import { changeSchema } from './task-definition.ts';

const partSchema = z.strictObject({
  /** `skip`: what is wanted runs already, and is proved. */
  decision: z.enum(['deploy', 'skip']),
  reason: z.string().optional(),
  /** The revision that was proved last: the base of the next one, and the way back. */
  runningTaskDefinitionArn: z.string(),
  /** What the service is set to instead, where a release was stopped before that was proved. */
  unprovedTaskDefinitionArn: z.string().optional(),
  changes: z.array(changeSchema).max(50),
  /** What nobody has to act on now, each a sentence. */
  warnings: z.array(z.string()).default([]),
  /** Nothing of this service was ever proved to run: there is no way back. */
  first: z.boolean().default(false),
});

/** Of the leading ECS service, and of those alongside by their names. */
export const planSchema = partSchema.extend({
  /** `true`: the leading one runs what is wanted already, and only others are to be changed. */
  unchanged: z.boolean().optional(),
  others: z.record(z.string(), partSchema).optional(),
});
export type Plan = z.infer<typeof planSchema>;

/** Of the leading ECS service, and ARNs of those alongside by their names. */
export const revisionSchema = z.strictObject({
  taskDefinitionArn: z.string(),
  /** `true`: it runs already, and the leading one is left as it is. */
  unchanged: z.boolean().optional(),
  /** Only of those that are to be changed. */
  others: z.record(z.string(), z.string()).optional(),
});
export type Revision = z.infer<typeof revisionSchema>;

export const deploymentSchema = z.strictObject({
  /**
   * `gives way`: somebody deployed into one ECS service after another one of the release was changed, and that goes back.
   * `aborted`: somebody wants it stopped, and nothing was changed yet.
   */
  status: z.enum(['started', 'superseded', 'gives way', 'aborted']),
  /** When the deployment was asked for, ms since the epoch. */
  startedAt: z.int(),
  /** The same of ECS services, by name, that a release which was stopped had set to the revision before. */
  earlier: z.record(z.string(), z.int()).optional(),
  /** The tag that is to be deployed instead. */
  by: z.string().optional(),
  reason: z.string().optional(),
});
export type Deployment = z.infer<typeof deploymentSchema>;
