/** What a sender says of a message, checked; the same for the web API, webhooks and response addresses. */
import { checkBlocks } from './blocks.ts';
import type { Content } from './messages.ts';

/** An answer of the web API: HTTP says 200, `ok` says no. */
export class SlackError extends Error {
  readonly messages: string[];

  /** `code` is Slack's, such as `channel_not_found`. */
  constructor(code: string, messages: string[] = []) {
    super(code);
    this.messages = messages;
  }
}

/** The arguments of a call: JSON, or a form whose `blocks` are JSON text. Throws `invalid_json`. */
export async function argumentsOf(request: Request): Promise<Record<string, unknown>> {
  const body = await request.text();
  if (!/^application\/json\b/.test(request.headers.get('content-type') ?? '')) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  const given = json(body, 'invalid_json');
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new SlackError('json_not_object');
  return given as Record<string, unknown>;
}

/** Throws `no_text`, `invalid_blocks_format` and `invalid_blocks`. */
export function contentOf({ text = '', blocks = [] }: Record<string, unknown>, newId: () => string): Content {
  const given = typeof blocks === 'string' ? json(blocks, 'invalid_blocks_format') : blocks;
  if (!Array.isArray(given)) throw new SlackError('invalid_blocks_format');
  if (!text && given.length === 0) throw new SlackError('no_text');
  const checked = checkBlocks(given, newId);
  if ('messages' in checked) throw new SlackError('invalid_blocks', checked.messages);
  return { text: String(text), blocks: checked.blocks };
}

function json(text: string, otherwise: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SlackError(otherwise);
  }
}
