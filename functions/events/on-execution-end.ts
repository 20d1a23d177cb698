/** An execution failed, timed out or was stopped by hand. The last two run no catcher, so the cleaning up is done here. */
import * as z from 'zod';
import { ContractViolation } from '../../core/errors.ts';
import { releaseRequestSchema } from '../../core/release.ts';
import { endRelease } from '../end-release.ts';
import { type EventHandler, onEvent } from '../event.ts';

const eventSchema = z.looseObject({
  detail: z.looseObject({
    executionArn: z.string(),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    input: z.string(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});

const phrases = {
  FAILED: 'the execution failed',
  TIMED_OUT: 'the execution timed out',
  ABORTED: 'the execution was stopped by hand',
};

export const onExecutionEnd: EventHandler<{ recorded: boolean }> = {
  name: 'on-execution-end',
  run: async (event, aws) => {
    const parsed = eventSchema.safeParse(event);
    if (!parsed.success)
      throw new ContractViolation(
        `this is no execution event of Step Functions: ${z.prettifyError(parsed.error)}`,
      );
    const { executionArn, status, input, error, cause } = parsed.data.detail;
    const { outcome } = await aws.records.of(executionArn);
    if (outcome) return { recorded: false };

    const request = releaseRequestSchema.parse(JSON.parse(input));
    const why = [phrases[status], error, cause].filter(Boolean).join(': ');
    const failure = { Error: null, Cause: why };
    await endRelease({ execution: executionArn, request, outcome: 'NeedsHuman', failure }, aws);
    return { recorded: true };
  },
};

export const handler = onEvent(onExecutionEnd);
