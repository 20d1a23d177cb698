/** What Slack is told of a pause. */

import type { Pause } from './pause.ts';
import type { Message } from './slack-blocks.ts';
import { cut, escaped, limits } from './slack-text.ts';

interface Where {
  service: string;
  environment: string;
}

const message = (headline: string, text: string): Message => ({
  text: cut(escaped(`${headline} – ${text}`), limits.text),
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: cut(headline, limits.header), emoji: true } },
    { type: 'section', text: { type: 'mrkdwn', text: cut(escaped(text), limits.section) } },
  ],
});

export const pausedMessage = (
  { service, environment }: Where,
  { by, reason }: Pick<Pause, 'by' | 'reason'>,
) =>
  message(
    `⏸ ${service} (${environment}): paused`,
    `${by}: ${reason}. Releases wait until it is resumed; rollbacks go.`,
  );

export function resumedMessage(
  { service, environment }: Where,
  { by, reason, waiting }: { by: string; reason: string; waiting: number },
): Message {
  const next = waiting === 0 ? 'No release waits.' : 'The next release goes on.';
  return message(`▶ ${service} (${environment}): resumed`, `${by}: ${reason || 'no reason given'}. ${next}`);
}
