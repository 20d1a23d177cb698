/** What an image says of its commit reaches people: with a link to what changed, and without what strangers could do with it. */
import { expect, test } from 'vitest';
import { rehearsal } from '../support/rehearsal.ts';

const runs = { Entrypoint: ['node', 'server.mjs'], WorkingDir: '/app', Env: ['PORT=8080'] };
const oci = (labels: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
  );
const [older, newer] = ['a'.repeat(40), 'b'.repeat(40)];

test.each([
  {
    source: 'git@github.com:example/shop.git',
    compareUrl: `https://github.com/example/shop/compare/${older}...${newer}`,
  },
  {
    source: 'https://gitlab.com/group/sub/shop',
    compareUrl: `https://gitlab.com/group/sub/shop/-/compare/${older}...${newer}`,
  },
  {
    source: 'https://bitbucket.org/example/shop',
    compareUrl: `https://bitbucket.org/example/shop/branches/compare/${newer}%0D${older}`,
  },
])(
  'of an image from $source, everything that its labels say, and what changed',
  async ({ source, compareUrl }) => {
    const world = await rehearsal();
    const base = { 'base.name': 'docker.io/library/node:22', 'base.digest': `sha256:${'c'.repeat(64)}` };
    const labels = { source, authors: 'Ada', version: '1.1', created: '2026-03-05T09:58:11Z', ...base };
    const image = (revision: string) => ({ config: { ...runs, Labels: oci({ ...labels, revision }) } });
    await world.pushImage('v1.0.0', image(older));

    const { record } = await world.pushImage('v1.1.0', image(newer));

    expect(record.steps.ResolveRelease).toMatchObject({
      release: {
        commit: {
          ...{
            revision: newer,
            author: 'Ada',
            version: '1.1',
            createdAt: '2026-03-05T09:58:11.000Z',
            compareUrl,
          },
          base: `docker.io/library/node:22@sha256:${'c'.repeat(64)}`,
        },
      },
    });
  },
);

test('labels that were written to deceive reach nobody as they are', async () => {
  const world = await rehearsal({ slack: true, environment: { approval: { timeout: '1h' } } });
  const Labels = oci({
    ...{
      source: 'javascript:alert(1)',
      revision: '`<!channel>`\u001B[2J',
      authors: '\u202E<https://evil.example|Ada>',
    },
    ...{ version: 'x'.repeat(10_000), created: 'now', 'base.name': '<b>\n', 'base.digest': 'sha256:../..' },
  });

  const { record } = await world.pushImage('v1.0.0', { config: { ...runs, Labels } });

  expect(record.steps.ResolveRelease).toHaveProperty('release.commit', {
    ...{ revision: '`<!channel>`[2J', author: '<https://evil.example|Ada>', base: '<b>' },
    version: `${'x'.repeat(199)}…`,
  });
  const told = JSON.stringify(world.world.slack.messages());
  expect(told).toContain('by &lt;https://evil.example|Ada&gt;');
  expect(told).not.toMatch(/<!channel>|<https:\/\/evil|\u202E/);
});
