/** Images built without an engine are real ones. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';
import { type Blob, buildImage, descriptorOf, type ImageToBuild } from '../../local/images/build-image.ts';
import { sampleImage } from '../../local/images/sample-image.ts';
import { variants } from '../../local/images/variants.ts';

const created = new Date('2026-01-05T09:00:00Z');
const small: ImageToBuild = {
  layers: [[{ path: 'etc/motd', content: 'hi' }], [{ path: 'app/a.txt', content: 'A' }]],
  config: { Entrypoint: ['node', 'server.mjs'], Labels: { 'org.opencontainers.image.revision': 'f00' } },
  created,
  architecture: 'arm64',
};
const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const json = ({ bytes }: Blob) => JSON.parse(new TextDecoder().decode(bytes));

async function filesOf({ bytes }: Blob) {
  const files: Record<string, string> = {};
  const archive = extract();
  archive.end(gunzipSync(bytes));
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files[entry.header.name] = Buffer.concat(chunks).toString();
  }
  return files;
}

test('the same input gives the same digest', async () => {
  const [first, second] = [await buildImage(small), await buildImage(small)];

  expect(first.manifest.digest).toBe(second.manifest.digest);
});

test.each([
  ['a file', { layers: [[{ path: 'etc/motd', content: 'ho' }]] }],
  ['a label', { config: {} }],
  ['the time', { created: new Date(0) }],
])('%s changes the digest', async (_what, change) => {
  const [first, second] = [await buildImage(small), await buildImage({ ...small, ...change })];

  expect(first.manifest.digest).not.toBe(second.manifest.digest);
});

test('each part names the next by digest and size', async () => {
  const image = await buildImage(small);

  const manifest = json(image.manifest);
  const config = json(image.config);

  expect(manifest.config).toEqual(descriptorOf(image.config));
  expect(manifest.layers).toEqual(image.layers.map(descriptorOf));
  expect(config.rootfs.diff_ids).toEqual(image.layers.map(({ bytes }) => sha256(gunzipSync(bytes))));
  expect(config).toMatchObject({ os: 'linux', architecture: 'arm64', config: small.config });
  for (const { digest, bytes, size } of [image.config, ...image.layers]) {
    expect([digest, size]).toEqual([sha256(bytes), bytes.length]);
  }
});

test('layers are tar archives of their files', async () => {
  const image = await buildImage(small);

  expect(await Promise.all(image.layers.map(filesOf))).toEqual([{ 'etc/motd': 'hi' }, { 'app/a.txt': 'A' }]);
});

test('the sample service brings its version, its commit and how it misbehaves', async () => {
  const revision = 'a'.repeat(40);

  const image = await sampleImage({
    service: 'my-api',
    variant: variants.errors,
    tag: 'v1',
    revision,
    created,
  });

  const { config } = json(image.config);
  expect(config).toMatchObject({
    WorkingDir: '/app',
    Entrypoint: ['node', 'server.mjs'],
    ExposedPorts: { '8080/tcp': {} },
    Env: ['PORT=8080', 'VERSION=v1', `REVISION=${revision}`, 'ERROR_RATE=0.05'],
    Labels: {
      'org.opencontainers.image.revision': revision,
      'org.opencontainers.image.version': 'v1',
      'org.opencontainers.image.source': 'https://github.com/example/my-api',
    },
  });
  expect(await filesOf(image.layers[1] as Blob)).toHaveProperty(['app/server.mjs']);
});

test('the vulnerable variant truly contains the package its report complains about', async () => {
  const revision = 'a'.repeat(40);

  const image = await sampleImage({
    service: 'my-api',
    variant: variants.vulnerable,
    tag: 'v1',
    revision,
    created,
  });

  const files = await filesOf(image.layers[1] as Blob);
  expect(files['app/node_modules/minimist/package.json']).toBe('{"name":"minimist","version":"1.2.5"}');
});
