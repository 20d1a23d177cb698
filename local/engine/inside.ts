/** Where a path of a container is on this machine: symbolic links are followed, but never out of the root filesystem. */
import { lstat, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** Answers the place also when nothing is there. `rootfs` is the real path of a directory. */
export async function inside(rootfs: string, path: string): Promise<string> {
  const todo = path.split('/');
  let at = '/';
  for (let links = 0; todo.length > 0; ) {
    const part = todo.shift() ?? '';
    const next = posix.resolve(at, part);
    const found = await lstat(join(rootfs, next)).catch(() => undefined);
    if (!found?.isSymbolicLink()) {
      at = next;
      continue;
    }
    links += 1;
    if (links > 40) throw new Error(`${path}: too many levels of symbolic links`);
    const target = await readlink(join(rootfs, next));
    if (target.startsWith('/')) at = '/';
    todo.unshift(...target.split('/'));
  }
  return join(rootfs, at);
}
