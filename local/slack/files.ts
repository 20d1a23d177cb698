/** Files: an app is told where to hand one over, hands it over, and shares it, once. Pictures only, as far as they are shown. */
import type { Clock } from '../clock.ts';
import { SlackError } from './content.ts';
import type { Messages, SlackMessage } from './messages.ts';

interface HandedOver {
  name: string;
  length: number;
  words: string;
  /** Until it was handed over. */
  bytes?: Uint8Array;
  shared: boolean;
}

export interface FileOptions {
  clock: Clock;
  messages: Messages;
  newId: () => string;
  /** Where this Slack answers, such as `http://127.0.0.1:4747/slack`. */
  address: () => string;
}

const longestWords = 1000;
/** An address to hand something over at is of no use after that. */
const lifetimeMs = 10 * 60_000;

export type Files = ReturnType<typeof fileStore>;

export function fileStore({ clock, messages, newId, address }: FileOptions) {
  const files = new Map<string, HandedOver>();
  const addresses = new Map<string, { id: string; end: number }>();

  return {
    /** `files.getUploadURLExternal`. Throws a `SlackError`. */
    announce({ filename, length, alt_txt: words = '' }: Record<string, unknown>) {
      if (!filename || !(Number(length) > 0)) throw new SlackError('missing_argument');
      if (String(words).length > longestWords) throw new SlackError('alt_txt_too_large');
      const id = `F0${newId()}`.toUpperCase();
      const path = newId() + newId();
      files.set(id, { name: String(filename), length: Number(length), words: String(words), shared: false });
      addresses.set(path, { id, end: clock.now() + lifetimeMs });
      return { upload_url: `${address()}/upload/${path}`, file_id: id };
    },

    /** A POST of the bytes to that address, whoever makes it. */
    async take(path: string, request: Request): Promise<Response> {
      const { id = '', end = 0 } = addresses.get(path) ?? {};
      const file = files.get(id);
      if (!file || clock.now() > end) return new Response('no such upload', { status: 404 });
      const bytes = new Uint8Array(await request.arrayBuffer());
      if (bytes.length !== file.length) return new Response('wrong length', { status: 400 });
      file.bytes = bytes;
      return new Response(`OK - ${bytes.length}`);
    },

    /** `files.completeUploadExternal`, of one file, in one channel. Throws a `SlackError`. */
    share(given: Record<string, unknown>): SlackMessage {
      const { files: shared, channel_id: channelId, thread_ts: threadTs, initial_comment: text = '' } = given;
      const [{ id, title }] = Array.isArray(shared) && shared.length === 1 ? shared : [{}];
      const file = files.get(String(id));
      if (!file?.bytes || file.shared) throw new SlackError('file_not_found');
      // Other than messages, files are not shared to the name of a channel.
      const channel = messages.channel(channelId);
      if (channel?.id !== channelId || !channel) throw new SlackError('channel_not_found');
      if (threadTs !== undefined && !messages.find(channel.id, threadTs))
        throw new SlackError('thread_not_found');
      file.shared = true;
      const message = messages.post(
        channel,
        { text: String(text), blocks: [] },
        { threadTs: threadTs as string | undefined },
      );
      message.file = { title: String(title ?? file.name), words: file.words, url: `/slack/files/${id}` };
      return message;
    },

    /** As a browser is shown it. */
    read(id: string): Response {
      const file = files.get(id);
      if (!file?.shared || !file.bytes) return new Response(null, { status: 404 });
      const headers = { 'content-type': 'image/png', 'x-content-type-options': 'nosniff' };
      return new Response(Buffer.from(file.bytes), { headers });
    },
  };
}
