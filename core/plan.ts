/** What a deployment would change. Ids and differences, not whole documents. */
import * as z from 'zod';
import { changeSchema } from './task-definition.ts';

export const planSchema = z.strictObject({
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
export type Plan = z.infer<typeof planSchema>;

export const revisionSchema = z.strictObject({ taskDefinitionArn: z.string() });
export type Revision = z.infer<typeof revisionSchema>;

export const deploymentSchema = z.strictObject({
  status: z.enum(['started', 'superseded']),
  /** When the deployment was asked for, ms since the epoch. */
  startedAt: z.int(),
  /** The tag that is to be deployed instead. */
  by: z.string().optional(),
  reason: z.string().optional(),
});
export type Deployment = z.infer<typeof deploymentSchema>;
