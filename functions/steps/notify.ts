/** Tells Slack how a release ended. The state machine goes on whatever happens here. */
import * as z from 'zod';
import { endedMessage } from '../../core/messages.ts';
import { releaseRequestSchema } from '../../core/release.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';
import { recordedSchema } from './record-outcome.ts';

export const notify = defineStep({
  name: 'Notify',
  input: z.strictObject({ request: releaseRequestSchema, recorded: recordedSchema }),
  output: z.strictObject({ told: z.array(z.string()) }),
  errors: ['Transient', 'Throttled'],
  run: async ({ request, recorded }, { config, consoleUrl, records, slack }, { arn }) => {
    // A push that changes nothing is not worth anybody's attention.
    if (!config.slack || recorded.outcome === 'NothingToDo') return { told: [] };
    const record = await records.of(arn);
    await slack.post(
      config.slack.channel,
      endedMessage({ request, ...recorded, record, link: consoleUrl && consoleUrl + arn }),
    );
    return { told: [config.slack.channel] };
  },
});

export const handler = lambda(notify);
