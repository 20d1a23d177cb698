/** An execution failed, timed out or was stopped by hand. The last two run no catcher, so the cleaning up is done here. */
import * as z from 'zod';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { ContractViolation } from '../../core/errors.ts';
import { releaseRequestSchema } from '../../core/release.ts';
import { cleanUp } from '../clean-up.ts';
import { defineEventHandler, onEvent } from '../event.ts';

const eventSchema = z.looseObject({
  detail: z.looseObject({
    executionArn: z.string(),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    input: z.string(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});

export const onExecutionEnd = defineEventHandler({
  name: 'on-execution-end',
  uses: { records, slots, states },
  run: async (event, aws): Promise<{ recorded: boolean }> => {
    const parsed = eventSchema.safeParse(event);
    if (!parsed.success)
      throw new ContractViolation(
        `this is no execution event of Step Functions: ${z.prettifyError(parsed.error)}`,
      );
    const { executionArn, status, input, error, cause } = parsed.data.detail;
    const request = releaseRequestSchema.parse(JSON.parse(input));
    const seen = { status, error: error ?? undefined, cause: cause ?? undefined };
    return cleanUp(executionArn, request, seen, aws);
  },
});

export const handler = onEvent(onExecutionEnd);
