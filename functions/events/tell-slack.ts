/** A release came to another phase: people read it in Slack. Whatever Slack does, the release goes on. */
import * as z from 'zod';
import { approvals } from '../../aws/approvals.ts';
import { openReleases } from '../../aws/open-releases.ts';
import { records } from '../../aws/records.ts';
import { slack } from '../../aws/slack.ts';
import { slackFiles } from '../../aws/slack-files.ts';
import { slackWebhook } from '../../aws/slack-webhook.ts';
import { slots } from '../../aws/slots.ts';
import { tellings } from '../../aws/tellings.ts';
import { domainEventSchemas } from '../../core/domain-event.ts';
import { ContractViolation } from '../../core/errors.ts';
import { defineEventHandler, onEvent } from '../event.ts';
import { tellRelease } from '../tell-release.ts';

const eventSchema = z.union([
  z.looseObject({
    'detail-type': z.literal('Release Changed'),
    detail: domainEventSchemas['Release Changed'],
  }),
  z.looseObject({ 'detail-type': z.literal('Release Ended'), detail: domainEventSchemas['Release Ended'] }),
]);

export const tellSlack = defineEventHandler({
  name: 'tell-slack',
  uses: { approvals, openReleases, records, slack, slackFiles, slackWebhook, slots, tellings },
  run: async (event, aws): Promise<{ told: string }> => {
    const parsed = eventSchema.safeParse(event);
    if (!parsed.success)
      throw new ContractViolation(`this is no event of Tidegate's: ${z.prettifyError(parsed.error)}`);
    const { execution } = parsed.data.detail;
    const ended = await tellRelease(execution, aws);
    // Nothing is left to do for it: the schedule need not find that out.
    if (ended) await aws.openReleases.close(ended, [execution.slice(execution.lastIndexOf(':') + 1)]);
    return { told: execution };
  },
});

export const handler = onEvent(tellSlack);
