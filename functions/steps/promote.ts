/** Starts the next environment's release of the same digest. */
import * as z from 'zod';
import { environmentAfter, environmentOf } from '../../core/config.ts';
import { executionName } from '../../core/push/execution-name.ts';
import { releaseRequestSchema } from '../../core/release.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const promote = defineStep({
  name: 'Promote',
  input: z.strictObject({ request: releaseRequestSchema }),
  output: z.strictObject({ started: z.string().optional() }),
  errors: ['Transient', 'Throttled'],
  run: async ({ request }, { config, states }, { arn }) => {
    const { service } = environmentOf(config, request.service, request.environment);
    const next = environmentAfter(service, request.environment);
    if (!next) return {};
    const { eventId, tag } = request.push;
    const started = executionName({ service: request.service, environment: next.name, tag, eventId });
    await states.start(started, { ...request, environment: next.name, promotedFrom: arn });
    return { started };
  },
});

export const handler = lambda(promote);
