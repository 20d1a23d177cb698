/** A request that claims to come from Slack: its signature, and the click or the filled-in dialog in it. */
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

/**
 * Why a request is not to be trusted; undefined where it is. `secrets`: while one is replaced by another, both count.
 * `now` in ms since the epoch.
 */
export function untrusted(
  { timestamp, signature, body }: SignedRequest,
  secrets: readonly string[],
  now: number,
): string | undefined {
  const age = Math.abs(now / 1000 - Number(timestamp));
  if (!/^\d{1,12}$/.test(timestamp) || !(age <= maxAgeSeconds))
    return 'its timestamp is not within five minutes of now';
  const given = Buffer.from(signature);
  const isSignedWith = (secret: string) => {
    const expected = Buffer.from(
      `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
    );
    return expected.length === given.length && timingSafeEqual(expected, given);
  };
  return secrets.filter(isSignedWith).length > 0 ? undefined : 'its signature is wrong';
}

/** Where a request comes from, as Slack says. */
interface Origin {
  user: string;
  appId?: string | undefined;
  teamId?: string | undefined;
  channelId?: string | undefined;
}

const from = {
  user: z.looseObject({ id: z.string().max(50) }),
  api_app_id: z.string().optional(),
  team: z.looseObject({ id: z.string() }).nullish(),
};
const clickSchema = z.looseObject({
  ...from,
  type: z.literal('block_actions'),
  channel: z.looseObject({ id: z.string() }).nullish(),
  trigger_id: z.string().optional(),
  actions: z.array(z.looseObject({ action_id: z.string(), value: z.string().max(200) })).length(1),
  response_url: z.url().optional(),
  message: z
    .looseObject({ text: z.string(), blocks: z.array(z.looseObject({ type: z.string() })) })
    .optional(),
});

const submissionSchema = z.looseObject({
  ...from,
  type: z.literal('view_submission'),
  view: z.looseObject({
    id: z.string().max(100),
    callback_id: z.string(),
    private_metadata: z.string().max(3000),
    state: z.looseObject({
      values: z.record(
        z.string(),
        z.record(z.string(), z.looseObject({ value: z.string().max(3000).nullish() })),
      ),
    }),
  }),
});

export interface Click extends Origin {
  kind: 'click';
  action: string;
  value: string;
  /** With which a dialog can be opened, within three seconds. */
  triggerId?: string | undefined;
  /** Where who clicked can be told something. */
  responseUrl?: string | undefined;
  /** The message with the button. */
  message?: { text: string; blocks: KnownBlock[] } | undefined;
}

/** A dialog that somebody filled in. */
export interface Submission extends Origin {
  kind: 'submission';
  action: string;
  value: string;
  /** What they wrote into its one field. */
  text: string;
  /** Of the dialog. */
  viewId: string;
}

/** The click or the dialog in an interaction's body; undefined where it is something else. */
export function readInteraction(body: string): Click | Submission | undefined {
  const payload = json(new URLSearchParams(body).get('payload') ?? '');
  const click = clickSchema.safeParse(payload).data;
  const action = click?.actions[0];
  if (click && action) {
    const { message, trigger_id: triggerId, response_url: responseUrl } = click;
    return {
      ...{ kind: 'click', action: action.action_id, value: action.value, ...originOf(click) },
      ...{ triggerId, responseUrl, channelId: click.channel?.id },
      // Slack sends back what was posted: blocks of ours.
      message: message && { text: message.text, blocks: message.blocks as KnownBlock[] },
    };
  }
  const submission = submissionSchema.safeParse(payload).data;
  if (!submission) return undefined;
  const { id: viewId, callback_id, private_metadata, state } = submission.view;
  const [text = ''] = Object.values(state.values).flatMap((field) =>
    Object.values(field).map(({ value }) => value ?? ''),
  );
  return {
    ...{ kind: 'submission', action: callback_id, value: private_metadata, text, viewId },
    ...originOf(submission),
  };
}

const originOf = ({
  user,
  api_app_id: appId,
  team,
}: Pick<z.output<typeof submissionSchema>, 'user' | 'api_app_id' | 'team'>): Origin => ({
  ...{ user: user.id, appId, teamId: team?.id },
});

/** What is wrong with where a request comes from, by what the configuration says; a dialog has no channel. */
export function strange(
  { appId, teamId, channelId }: Origin,
  expected: { appId?: string | undefined; teamId?: string | undefined; channelId?: string | undefined },
): string | undefined {
  if (expected.appId !== undefined && appId !== expected.appId) return 'it is of another Slack app';
  if (expected.teamId !== undefined && teamId !== expected.teamId) return 'it is of another workspace';
  if (expected.channelId !== undefined && channelId !== undefined && channelId !== expected.channelId)
    return 'it is of another channel';
  return undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
