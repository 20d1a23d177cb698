/** A picture in a release's thread: handed over, shared once, and given up where Slack does not take it. */
import { describe, expect, test } from 'vitest';
import { SlackRefused } from '../../aws/slack-api.ts';
import type { PictureTelling } from '../../aws/tellings.ts';
import { Transient } from '../../core/errors.ts';
import { tellPicture } from '../../functions/tell-picture.ts';
import { samples } from '../../local/slack/samples.ts';

const recordOf = (name: string) => {
  const found = samples().find((sample) => sample.name === name);
  if (!found) throw new Error(`there is no sample ${name}`);
  return found.told.record;
};
const bad = recordOf('rolled back by its metrics');
const posted = { channel: 'C0', ts: '1.0' };
const lost = new Transient('Slack: lost');
const refused = new SlackRefused('files.completeUploadExternal', 'missing_scope');

/** What Slack answers to each call, in order; undefined: it takes it. */
function world({
  upload = [],
  share = [],
}: {
  upload?: (Error | undefined)[];
  share?: (Error | undefined)[];
} = {}) {
  const calls: string[] = [];
  let kept: PictureTelling | undefined;
  const answer = async (call: string, with_: Error | undefined, value?: string) => {
    calls.push(call);
    if (with_) throw with_;
    return value as string;
  };
  const aws = {
    measure: () => {},
    slackFiles: {
      upload: () => answer('upload', upload.shift(), 'F1'),
      share: (file: string) => answer(`share ${file}`, share.shift()) as unknown as Promise<void>,
    },
    tellings: {
      keep: async (_execution: string, { picture }: { picture?: PictureTelling }) => {
        kept = picture;
      },
    },
  };
  const tell = (record = bad) =>
    tellPicture(record, posted, kept, aws as unknown as Parameters<typeof tellPicture>[3]);
  return { calls, tell, kept: () => kept };
}

describe('a picture', () => {
  test('is handed over and shared, and then left alone', async () => {
    const { calls, tell } = world();

    await tell();
    const again = await tell();

    expect(calls).toEqual(['upload', 'share F1']);
    expect(again).toMatchObject({ ended: 'shared' });
  });

  test('that was handed over is not handed over again', async () => {
    const { calls, tell, kept } = world({ share: [lost] });

    await expect(tell()).rejects.toBe(lost);
    expect(kept()).toMatchObject({ file: 'F1', attempts: 1 });
    await tell();

    expect(calls).toEqual(['upload', 'share F1', 'share F1']);
    expect(kept()).toMatchObject({ ended: 'shared' });
  });

  test.each([
    { it: 'at once where Slack refuses it', failures: [refused], attempts: 1 },
    { it: 'after three attempts where Slack does not answer', failures: [lost, lost, lost], attempts: 3 },
  ])('is given up $it', async ({ failures, attempts }) => {
    const { calls, tell, kept } = world({ upload: [...failures] });

    for (let attempt = 0; attempt < attempts + 1; attempt += 1) await tell().catch(() => {});

    expect(calls).toEqual(Array.from({ length: attempts }, () => 'upload'));
    expect(kept()).toMatchObject({ ended: 'given up', why: expect.stringContaining('Slack') });
  });

  test.each(['deployed', 'rolled back by its endpoints', 'being rolled back'])(
    'is not of a release that is %s',
    async (name) => {
      const { calls, tell } = world();

      expect(await tell(recordOf(name))).toBeUndefined();
      expect(calls).toEqual([]);
    },
  );
});
