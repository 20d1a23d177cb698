/** Tells subscribers and people how a release ended. The release is over whatever happens here. */
import * as z from 'zod';
import { domainEvents } from '../../aws/domain-events.ts';
import { openReleases } from '../../aws/open-releases.ts';
import { records } from '../../aws/records.ts';
import { slack } from '../../aws/slack.ts';
import { releaseRequestSchema } from '../../core/release.ts';
import { endedSchema } from '../end-release.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';
import { tellEnded, toldSchema } from '../tell-ended.ts';

export const notify = defineStep({
  name: 'Notify',
  uses: { domainEvents, openReleases, records, slack },
  input: z.strictObject({ request: releaseRequestSchema, recorded: endedSchema }),
  output: toldSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ request, recorded: { outcome, reason } }, aws, { arn }) => {
    const told = await tellEnded({ execution: arn, request, outcome, reason }, aws);
    // Nothing is left to do for it: the schedule need not find that out.
    await aws.openReleases.close(request, [arn.slice(arn.lastIndexOf(':') + 1)]);
    return told;
  },
});

export const handler = lambda(notify);
