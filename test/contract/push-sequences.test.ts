/** What one push leads to, in recorded events: which of them wake Tidegate, and which releases they start. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Aws } from '../../aws/gateways.ts';
import { type ConfigInput, defineConfig } from '../../core/config.ts';
import type { ReleaseRequest } from '../../core/release.ts';
import { triggersOf } from '../../core/triggers.ts';
import { startRelease } from '../../functions/events/start-release.ts';
import { compilePattern } from '../../local/events/pattern.ts';
import { installation } from '../../local/world.ts';

const folder = new URL('../fixtures/events/sequences/', import.meta.url);
const [index, withProvenance] = ['c3730962d514', '994f455bd3bd'];

/** Every event that a rule takes, delivered; the releases that were started, as `tag digest`. */
async function startedBy(
  file: string,
  settings: Partial<ConfigInput['services'][string]>,
): Promise<string[]> {
  const home = { account: '123456789012', region: 'us-east-1' };
  const environments = [{ name: 'production', cluster: 'main', service: 'shop' }];
  const config = defineConfig({
    services: { shop: { repository: 'shop/api', container: 'app', environments, ...settings } },
  });
  const rules = Object.values(triggersOf(config, { ...installation, ...home })).map(({ pattern }) =>
    compilePattern(pattern),
  );
  const started = new Map<string, ReleaseRequest>();
  const aws = {
    ...{ config, home, now: () => 0 },
    openReleases: { open: async () => {}, close: async () => {} },
    pushes: { see: async () => true },
    states: {
      async start(name: string, request: ReleaseRequest) {
        if (started.has(name)) return false;
        started.set(name, request);
        return true;
      },
    },
  } as unknown as Aws;
  for (const event of JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
    if (rules.some((takes) => takes(event))) await startRelease.run(event, aws, () => 60_000);
  return [...started.values()].map(({ push }) => `${push.tag} ${push.digest.slice(7, 19)}`);
}

const sequences = [
  { file: 'cloudtrail-putimage.json', starts: [] },
  { file: 'push-duplicate-delivery.json', starts: [`1.8.3 ${index}`] },
  { file: 'push-legacy-cosign-tag.json', starts: [] },
  { file: 'push-missing-tag-and-media-fields.json', starts: [] },
  { file: 'push-multi-arch-with-attestations.json', starts: [`1.8.3 ${index}`] },
  { file: 'push-single-arch-with-provenance.json', starts: [`1.8.4 ${withProvenance}`] },
  { file: 'push-then-referrer.json', starts: [`1.8.3 ${index}`] },
  { file: 'push-two-tags-same-digest.json', starts: [`1.8.3 ${index}`] },
];

test.each(sequences)('of $file, $starts', async ({ file, starts }) => {
  expect(await startedBy(file, { tags: '*.*.*' })).toEqual(starts);
});

test.each(sequences)(
  'of $file only tags that are versions, where every tag deploys',
  async ({ file, starts }) => {
    const started = await startedBy(file, { tags: '*' });

    // That latest is none is found when the tag is looked at, and recorded.
    expect(started.filter((release) => !release.startsWith('latest '))).toEqual(starts);
  },
);

test('of two tags of one image, latest too where the service asks for it', async () => {
  const started = await startedBy('push-two-tags-same-digest.json', { tags: '*.*.*', latest: true });

  expect(started).toEqual([`1.8.3 ${index}`, `latest ${index}`]);
});

test('every recorded sequence is played', () => {
  expect(sequences.map(({ file }) => file)).toEqual(readdirSync(folder).sort());
});
