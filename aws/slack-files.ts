/** Pictures in Slack: handed over to where Slack keeps files, and shown in the thread of a message. Needs `files:write`. */
import * as z from 'zod';
import { Transient } from '../core/errors.ts';
import { within } from './deadline.ts';
import type { Means } from './means.ts';
import type { Posted } from './slack.ts';
import { lost, retryAfter, SlackLimited, slackApi } from './slack-api.ts';

export interface SlackPicture {
  /** With its ending, such as `chart.png`. */
  name: string;
  bytes: Uint8Array;
  /** What it shows, for who does not see it: at most 1000 characters. */
  words: string;
}

const uploadSchema = z.looseObject({ upload_url: z.url({ protocol: /^https?$/ }), file_id: z.string() });
const patienceMs = 10_000;

export function slackFiles({ fetch, open }: Means) {
  const { call } = open(slackApi);
  return {
    /** Answers the id of the file, which nobody sees before it is shared. Repeating it makes another. Throws as `slackApi` says. */
    async upload({ name, bytes, words }: SlackPicture): Promise<string> {
      const wanted = { filename: name, length: bytes.length, alt_txt: words };
      const answer = await call('files.getUploadURLExternal', wanted, { form: true });
      const { upload_url: url, file_id: id } = uploadSchema.parse(answer);
      await within(patienceMs, async (signal) => {
        const headers = { 'content-type': 'application/octet-stream' };
        const request = { method: 'POST', headers, body: Buffer.from(bytes), signal };
        const answered = await fetch(url, request).catch(lost);
        if (answered.status === 429) throw new SlackLimited('the upload of a file', retryAfter(answered));
        if (!answered.ok)
          throw new Transient(`Slack answered the upload of a file with HTTP ${answered.status}`);
      });
      return id;
    },

    /** Shows it below a message. Slack takes that once: repeating it is refused. */
    async share(file: string, title: string, comment: string, { channel, ts }: Posted): Promise<void> {
      const shared = { files: [{ id: file, title }], channel_id: channel, thread_ts: ts };
      await call('files.completeUploadExternal', { ...shared, initial_comment: comment });
    },
  };
}
