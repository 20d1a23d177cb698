/** What this Slack keeps: the messages of each channel. */
import type { Clock } from '../clock.ts';
import type { StoredBlock } from './blocks.ts';

export interface SlackMessage {
  /** Without `#`. */
  channel: string;
  channelId: string;
  /** Seconds and microseconds; unique, and the message's name within its channel. */
  ts: string;
  /** The `ts` of the message it answers. */
  threadTs?: string;
  /** An answer in a thread that the channel shows too. */
  broadcast?: true;
  /** Cut to 40,000 characters, as Slack does. */
  text: string;
  blocks: StoredBlock[];
  edited: boolean;
  /** A picture that was shared with it. */
  file?: SharedFile;
  /** What Slack tells the person who clicked, when the app did not take it. */
  notice?: string;
  /** What the app told who clicked, and nobody else. */
  whisper?: string;
}

export interface SharedFile {
  title: string;
  /** For who does not see it. */
  words: string;
  /** Where it is looked at. */
  url: string;
}

export type Content = Pick<SlackMessage, 'text' | 'blocks'>;

const longestText = 40_000;

export type Messages = ReturnType<typeof messageStore>;

export function messageStore(clock: Clock, channels: readonly string[]) {
  const ids = new Map(channels.map((name, index) => [name, `C0TIDE${String(index + 1).padStart(5, '0')}`]));
  const all: SlackMessage[] = [];
  let lastMicroseconds = 0;

  function newTs(): string {
    lastMicroseconds = Math.max(lastMicroseconds + 1, clock.now() * 1000);
    const digits = String(lastMicroseconds);
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }

  return {
    all,
    channels: ids,

    /** By `name`, `#name` or id. */
    channel(given: unknown): { name: string; id: string } | undefined {
      const found = [...ids].find(([name, id]) => given === id || given === name || given === `#${name}`);
      return found && { name: found[0], id: found[1] };
    },

    find: (channelId: unknown, ts: unknown) =>
      all.find((one) => one.channelId === channelId && one.ts === ts),

    post(
      { name, id }: { name: string; id: string },
      { text, blocks }: Content,
      { threadTs, broadcast = false }: { threadTs?: string | undefined; broadcast?: boolean } = {},
    ): SlackMessage {
      const cut = text.slice(0, longestText);
      const thread =
        threadTs === undefined ? {} : { threadTs, ...(broadcast && { broadcast: true as const }) };
      const message: SlackMessage = {
        channel: name,
        channelId: id,
        ts: newTs(),
        ...thread,
        text: cut,
        blocks,
        edited: false,
      };
      all.push(message);
      return message;
    },

    update(message: SlackMessage, { text, blocks }: Content) {
      delete message.notice;
      Object.assign(message, { text: text.slice(0, longestText), blocks, edited: true });
    },

    remove: (message: SlackMessage) => void all.splice(all.indexOf(message), 1),
  };
}
