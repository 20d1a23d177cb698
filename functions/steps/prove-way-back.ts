/** Does what runs again answer? A way back is tested like the way there: it may lead to what does not work any more. */
import * as z from 'zod';
import { endpoints } from '../../aws/endpoints.ts';
import { environmentOf } from '../../core/config.ts';
import { releaseSchema } from '../../core/release.ts';
import { returnSchema } from '../../core/rollback.ts';
import { smokeVerdictSchema } from '../../core/smoke.ts';
import { askEndpoints } from '../ask-endpoints.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const proveWayBack = defineStep({
  name: 'ProveWayBack',
  uses: { endpoints },
  input: z.strictObject({ release: releaseSchema, wayBack: returnSchema }),
  output: smokeVerdictSchema,
  errors: ['Transient', 'Throttled'],
  run: ({ release, wayBack }, aws) => {
    const { smoke: policy } = environmentOf(aws.config, release.service, release.environment).environment;
    if (!policy) throw new Error(`${release.service}/${release.environment} has no smoke tests any more`);
    return askEndpoints(policy, { since: wayBack.at }, aws);
  },
});

export const handler = lambda(proveWayBack);
