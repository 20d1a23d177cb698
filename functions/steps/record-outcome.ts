/** Keeps how a release ended, and frees the slot for the next one. */
import * as z from 'zod';
import { failureSchema, outcomeSchema, releaseRequestSchema } from '../../core/release.ts';
import { endRelease } from '../end-release.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const recordedSchema = z.strictObject({
  outcome: outcomeSchema,
  reason: z.string(),
  promotes: z.boolean(),
});

export const recordOutcome = defineStep({
  name: 'RecordOutcome',
  input: z.strictObject({
    request: releaseRequestSchema,
    outcome: outcomeSchema,
    failure: failureSchema.nullable(),
  }),
  output: recordedSchema,
  errors: ['Transient', 'Throttled'],
  run: (input, aws, { arn }) => endRelease({ ...input, execution: arn }, aws),
});

export const handler = lambda(recordOutcome);
