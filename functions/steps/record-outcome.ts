/** Keeps how a release ended, and frees the slot for the next one. */
import * as z from 'zod';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { failureSchema, outcomeSchema, releaseRequestSchema } from '../../core/release.ts';
import { endedSchema, endRelease } from '../end-release.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const recordOutcome = defineStep({
  name: 'RecordOutcome',
  uses: { records, slots, states },
  input: z.strictObject({
    request: releaseRequestSchema,
    outcome: outcomeSchema,
    failure: failureSchema.nullable(),
  }),
  output: endedSchema,
  errors: ['Transient', 'Throttled'],
  run: (input, aws, { arn }) => endRelease({ ...input, execution: arn }, aws),
});

export const handler = lambda(recordOutcome);
