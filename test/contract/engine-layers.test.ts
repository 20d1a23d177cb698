import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inside } from '../../local/engine/inside.ts';
import { applyLayer } from '../../local/engine/layer.ts';
import { type LayerToBuild, layerBytes } from './engine-image.ts';

let outside: string;
let rootfs: string;

beforeEach(() => {
  outside = realpathSync(mkdtempSync(join(tmpdir(), 'tidegate-layers-')));
  rootfs = join(outside, 'rootfs');
  mkdirSync(rootfs);
});
afterEach(() => rmSync(outside, { recursive: true }));

const apply = async (...layers: LayerToBuild['entries'][]) => {
  for (const entries of layers) await applyLayer(rootfs, await layerBytes({ entries }));
};
const file = (name: string, content = name) => ({ name, content });
const content = (path: string) => readFileSync(join(rootfs, path), 'utf8');
const files = async () => (await readdir(rootfs, { recursive: true })).sort();

test.each([undefined, 'gzip', 'zstd'] as const)(
  'a layer compressed with %s is unpacked',
  async (compression) => {
    const entries = [
      { name: 'app', type: 'directory' as const },
      { ...file('app/run', 'x'), mode: 0o755 },
    ];

    await applyLayer(rootfs, await layerBytes({ entries, ...(compression && { compression }) }));

    expect(content('app/run')).toBe('x');
    expect(lstatSync(join(rootfs, 'app/run')).mode & 0o777).toBe(0o755);
  },
);

test('an upper layer replaces files, also directories by files and files by directories', async () => {
  await apply([file('a', 'old'), file('b/c')], [file('a', 'new'), file('b', 'now a file')]);
  await apply([{ name: 'a', type: 'directory' }, file('a/d')]);

  expect(await files()).toEqual(['a', 'a/d', 'b']);
  expect(content('b')).toBe('now a file');
});

test('a whiteout hides what a lower layer has', async () => {
  await apply([file('a/b'), file('a/c'), file('d/e')], [file('a/.wh.b', ''), file('.wh.d', '')]);

  expect(await files()).toEqual(['a', 'a/c']);
});

test('an opaque whiteout hides all of a directory but what its own layer has, whatever the order', async () => {
  await apply(
    [file('a/old'), file('a/sub/old')],
    [file('a/sub/new'), file('a/.wh..wh..opq', ''), file('a/new')],
  );

  expect(await files()).toEqual(['a', 'a/new', 'a/sub', 'a/sub/new']);
});

test.each(['../evil', 'a/../../evil', '/../evil', '.wh...'])('the path %s is refused', async (name) => {
  await expect(apply([file(name)])).rejects.toThrow('is outside of the root filesystem');

  expect(await readdir(outside)).toEqual(['rootfs']);
});

test('symbolic links are made to lead where they lead in the container', async () => {
  await apply([
    file('usr/bin/tool'),
    { name: 'bin', type: 'symlink', linkname: '/usr/bin' },
    { name: 'usr/up', type: 'symlink', linkname: '../../../../bin/tool' },
  ]);

  expect(content('bin/tool')).toBe('usr/bin/tool');
  expect(readlinkSync(join(rootfs, 'usr/up'))).toBe('../bin/tool');
  expect(content('usr/up')).toBe('usr/bin/tool');
});

test('nothing is written through a symbolic link to the outside', async () => {
  writeFileSync(join(outside, 'victim'), 'untouched');

  await apply([
    { name: 'out', type: 'symlink', linkname: outside },
    { name: 'up', type: 'symlink', linkname: '../../..' },
    { name: 'file', type: 'symlink', linkname: `${outside}/victim` },
    file('out/victim', 'evil'),
    file('up/victim', 'evil'),
    file('file', 'evil'),
  ]);

  expect(await readdir(outside)).toEqual(['rootfs', 'victim']);
  expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('untouched');
});

test('hard links stay inside, and do not carry a symbolic link elsewhere', async () => {
  writeFileSync(join(outside, 'victim'), 'untouched');

  await apply([file('a/b'), { name: 'c', type: 'link', linkname: 'a/b' }]);

  expect(content('c')).toBe('a/b');
  await expect(apply([{ name: 'd', type: 'link', linkname: '../victim' }])).rejects.toThrow('outside');
  const moved = apply([
    { name: 'x/y/deep', type: 'symlink', linkname: '../../..' },
    { name: 'shallow', type: 'link', linkname: 'x/y/deep' },
  ]);
  await expect(moved).rejects.toThrow('is a hard link to a symbolic link');
});

test('a loop of symbolic links is an error, not an endless search', async () => {
  await apply([
    { name: 'a', type: 'symlink', linkname: 'b' },
    { name: 'b', type: 'symlink', linkname: 'a' },
  ]);

  await expect(inside(rootfs, '/a/x')).rejects.toThrow('too many levels of symbolic links');
});

test('a layer that is not what it says is an error', async () => {
  const { bytes } = await layerBytes({ entries: [file('a')] });

  await expect(
    applyLayer(rootfs, { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', bytes }),
  ).rejects.toThrow('incorrect header check');
});
