/** An incoming webhook of Slack's: messages go in, and nothing comes back by which they could be changed or answered. */
import { Transient } from '../core/errors.ts';
import { within } from './deadline.ts';
import type { Means } from './means.ts';
import { parameters } from './parameters.ts';
import type { SlackMessage } from './slack.ts';
import { retryAfter, SlackLimited, SlackRefused } from './slack-api.ts';

const timeoutMs = 5000;

export function slackWebhook({ environment, fetch, open }: Means) {
  return {
    /** Repeating it posts it again. Throws `SlackLimited`, `Transient` and `SlackRefused` as `slackApi` does. */
    async post(message: SlackMessage): Promise<void> {
      const name = environment.SLACK_WEBHOOK_PARAMETER;
      if (!name) throw new Error('SLACK_WEBHOOK_PARAMETER is not set');
      const url = await open(parameters).secret(name);
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const body = JSON.stringify({ ...message, unfurl_links: false, unfurl_media: false });
      const { response, text } = await within(timeoutMs, async (signal) => {
        try {
          const response = await fetch(url, { method: 'POST', headers, body, signal });
          return { response, text: await response.text() };
        } catch {
          // What fetch says names the address, which is the secret.
          throw new Transient('Slack: its webhook could not be reached');
        }
      });
      if (response.status === 429) throw new SlackLimited('its webhook', retryAfter(response));
      if (response.status >= 500) throw new Transient(`Slack answered HTTP ${response.status}`);
      if (response.ok) return;
      open(parameters).forget(name);
      throw new SlackRefused('its webhook', text.slice(0, 100) || `HTTP ${response.status}`);
    },
  };
}
