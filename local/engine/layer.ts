/** Applies one layer of an image to a root filesystem, as container runtimes do. Nothing outside of it is touched. */
import { createWriteStream } from 'node:fs';
import { chmod, link, lstat, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { inside } from './inside.ts';

export interface Layer {
  mediaType: string;
  bytes: Uint8Array;
}

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

export async function applyLayer(rootfs: string, { mediaType, bytes }: Layer): Promise<void> {
  const tar = extract();
  const source = Readable.from([bytes]);
  const flowing = mediaType.endsWith('gzip')
    ? pipeline(source, createGunzip(), tar)
    : mediaType.endsWith('zstd')
      ? pipeline(source, createZstdDecompress(), tar)
      : pipeline(source, tar);
  // The loop below fails with the same error; without this it would also be an unhandled rejection.
  flowing.catch(() => {});

  const written = new Set<string>();
  for await (const entry of tar) {
    const path = pathOf(entry.header.name);
    if (path !== '') await write(path, entry.header, entry);
    entry.resume();
  }
  await flowing;

  async function write(path: string, header: Header, content: AsyncIterable<unknown>) {
    const parent = await inside(rootfs, posix.dirname(path));
    await mkdir(parent, { recursive: true });
    const name = posix.basename(path);
    if (name === opaque) return hideLower(parent);
    if (name.startsWith(whiteout)) {
      const hidden = pathOf(name.slice(whiteout.length));
      if (hidden !== '') await rm(join(parent, hidden), { recursive: true, force: true });
      return;
    }
    const place = join(parent, name);
    written.add(place);
    const isDirectory = header.type === 'directory';
    const there = await lstat(place).catch(() => undefined);
    if (there && !(isDirectory && there.isDirectory())) await rm(place, { recursive: true });
    const mode = (header.mode ?? 0o755) & 0o777;

    if (isDirectory) {
      await mkdir(place, { recursive: true });
      // Later entries must be able to go into it.
      await chmod(place, mode | 0o700);
    } else if (header.type === 'file' || header.type === 'contiguous-file') {
      // A tar stream yields bytes only; its types do not say so.
      await pipeline(content as AsyncIterable<Uint8Array>, createWriteStream(place, { flags: 'wx' }));
      await chmod(place, mode);
    } else if (header.type === 'symlink') {
      await symlink(contained(rootfs, place, header.linkname ?? ''), place);
    } else if (header.type === 'link') {
      await linkTo(header.linkname ?? '', place);
    }
    // Devices and pipes are left out: a process of this machine has its own.
  }

  async function linkTo(target: string, place: string) {
    const path = pathOf(target);
    const file = join(await inside(rootfs, posix.dirname(path)), posix.basename(path));
    // The link would lead elsewhere from another directory.
    if ((await lstat(file)).isSymbolicLink()) throw new Error(`${target} is a hard link to a symbolic link`);
    await link(file, place);
  }

  /** Hides what lower layers have below a directory; what this layer has itself stays, also when it came first. */
  async function hideLower(directory: string): Promise<void> {
    for (const child of await readdir(directory, { withFileTypes: true })) {
      const place = join(directory, child.name);
      const own = written.has(place) || written.values().some((one) => one.startsWith(`${place}/`));
      if (!own) await rm(place, { recursive: true });
      else if (child.isDirectory()) await hideLower(place);
    }
  }
}

/** Refuses what leads out, as Docker does; `a/../b` is fine. */
function pathOf(name: string): string {
  const path = posix.normalize(name.replace(/^\/+/, '')).replace(/\/$/, '');
  if (path === '..' || path.startsWith('../'))
    throw new Error(`${JSON.stringify(name)} is outside of the root filesystem`);
  return path === '.' ? '' : path;
}

/** The same place as seen from within the container, as a relative link that cannot climb above the root. */
function contained(rootfs: string, place: string, target: string): string {
  const from = `/${posix.relative(rootfs, dirname(place))}`;
  return posix.relative(from, posix.resolve(from, target)) || '.';
}
