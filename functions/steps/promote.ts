/** Starts the next environment's release of the same digest. */
import * as z from 'zod';
import { openReleases } from '../../aws/open-releases.ts';
import { pushes } from '../../aws/pushes.ts';
import { states } from '../../aws/states.ts';
import { environmentAfter, environmentOf } from '../../core/config.ts';
import { releaseRequestSchema } from '../../core/release.ts';
import { lambda } from '../lambda.ts';
import { startExecution } from '../start-execution.ts';
import { defineStep } from '../step.ts';

export const promote = defineStep({
  name: 'Promote',
  uses: { openReleases, pushes, states },
  input: z.strictObject({ request: releaseRequestSchema }),
  output: z.strictObject({ started: z.string().optional() }),
  errors: ['Transient', 'Throttled'],
  run: async ({ request }, aws, { arn }) => {
    const { service } = environmentOf(aws.config, request.service, request.environment);
    const next = environmentAfter(service, request.environment);
    if (!next) return {};
    const { name } = await startExecution({ ...request, environment: next.name, promotedFrom: arn }, aws);
    return { started: name };
  },
});

export const handler = lambda(promote);
