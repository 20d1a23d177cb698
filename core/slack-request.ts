/** A request that claims to come from Slack: its signature, and the click in it. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import * as z from 'zod';

/** Older or newer than this, and it may be a replay (Slack's own rule). */
const maxAgeSeconds = 300;

export interface SignedRequest {
  /** `X-Slack-Request-Timestamp`: seconds since the epoch. */
  timestamp: string;
  /** `X-Slack-Signature`. */
  signature: string;
  /** As it was sent, byte for byte. */
  body: string;
}

/** Why a request is not to be trusted; undefined where it is. `now` in ms since the epoch. */
export function untrusted(
  { timestamp, signature, body }: SignedRequest,
  secret: string,
  now: number,
): string | undefined {
  const age = Math.abs(now / 1000 - Number(timestamp));
  if (!(age <= maxAgeSeconds)) return 'its timestamp is not within five minutes of now';
  const expected = Buffer.from(
    `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  );
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given)
    ? undefined
    : 'its signature is wrong';
}

const clickSchema = z.looseObject({
  type: z.literal('block_actions'),
  user: z.looseObject({ id: z.string().max(50) }),
  actions: z.array(z.looseObject({ action_id: z.string(), value: z.string().max(200) })).length(1),
  response_url: z.url().optional(),
  message: z
    .looseObject({ text: z.string(), blocks: z.array(z.looseObject({ type: z.string() })) })
    .optional(),
});

export interface Click {
  user: string;
  action: string;
  value: string;
  /** The message with the button, and the address that changes it. */
  asked?: { responseUrl: string; text: string; blocks: KnownBlock[] };
}

/** The click in an interaction's body; undefined where it is something else. */
export function readClick(body: string): Click | undefined {
  const payload = new URLSearchParams(body).get('payload');
  const parsed = clickSchema.safeParse(json(payload ?? ''));
  const action = parsed.data?.actions[0];
  if (!parsed.data || !action) return undefined;
  const { user, response_url: responseUrl, message } = parsed.data;
  return {
    ...{ user: user.id, action: action.action_id, value: action.value },
    // Slack sends back what was posted: blocks of ours.
    ...(responseUrl &&
      message && { asked: { responseUrl, text: message.text, blocks: message.blocks as KnownBlock[] } }),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
