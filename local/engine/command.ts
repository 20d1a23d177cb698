/** What to run for a container: its command as ECS and Docker put it together, with paths as they are on this machine. */
import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import type { ContainerToStart } from './engine.ts';
import type { ImageConfig } from './image-source.ts';
import { inside } from './inside.ts';

export interface Command {
  executable: string;
  args: string[];
  directory: string;
  environment: Record<string, string>;
}

export const noCommand =
  'CannotStartContainerError: ResourceInitializationError: unable to create new container: no command specified';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Rejects with ECS's `CannotStartContainerError: …` when there is nothing to run, or nothing that can be run. */
export async function commandOf(
  container: ContainerToStart,
  config: ImageConfig,
  rootfs: string,
): Promise<Command> {
  const [wanted, ...args] = wordsOf(container, config);
  if (!wanted) throw new Error(noCommand);

  const workingDirectory = config.WorkingDir || '/';
  const directory = await inside(rootfs, workingDirectory);
  await mkdir(directory, { recursive: true });
  const given = { ...environmentOf(config), ...container.environment };
  const searched = await Promise.all(
    (given.PATH ?? defaultPath).split(':').map((entry) => inside(rootfs, entry)),
  );
  const search = [dirname(process.execPath), ...searched, ...(process.env.PATH ?? '').split(delimiter)];
  return {
    executable: await executableOf(wanted, { rootfs, workingDirectory, search }),
    args: await Promise.all(args.map((word) => onThisMachine(word, rootfs))),
    directory,
    environment: { HOME: await inside(rootfs, '/root'), ...given, PATH: search.join(delimiter) },
  };
}

/** An entry point of the task definition also drops the image's CMD: Docker resets it. */
export function wordsOf(
  { entryPoint, command }: ContainerToStart,
  { Entrypoint, Cmd }: ImageConfig,
): string[] {
  const words = entryPoint?.length ? entryPoint : (Entrypoint ?? []);
  const rest = command?.length ? command : entryPoint?.length ? [] : (Cmd ?? []);
  return [...words, ...rest];
}

export function environmentOf({ Env = [] }: ImageConfig): Record<string, string> {
  return Object.fromEntries(
    Env.map((line) => {
      const [name = '', ...value] = line.split('=');
      return [name, value.join('=')];
    }),
  );
}

interface Lookup {
  rootfs: string;
  workingDirectory: string;
  search: string[];
}

/** An image's own Node is passed over: its libraries are not on this machine, and this Node is. */
async function executableOf(wanted: string, { rootfs, workingDirectory, search }: Lookup): Promise<string> {
  if (basename(wanted) === 'node') return process.execPath;
  if (!wanted.includes('/')) {
    for (const entry of search) {
      const place = entry.startsWith(rootfs)
        ? await inside(rootfs, join(entry, wanted).slice(rootfs.length))
        : join(entry, wanted);
      if ((await isFile(place)) && (await isExecutable(place))) return place;
    }
    throw cannotStart(wanted, 'executable file not found in $PATH');
  }
  const place = await inside(rootfs, wanted.startsWith('/') ? wanted : join(workingDirectory, wanted));
  const own = wanted.startsWith('/') && !(await isFile(place)) ? wanted : place;
  if (!(await isFile(own))) throw cannotStart(wanted, `stat ${wanted}: no such file or directory`);
  if (!(await isExecutable(own))) throw cannotStart(wanted, 'permission denied');
  return own;
}

const cannotStart = (wanted: string, why: string) =>
  new Error(
    'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: ' +
      'failed to create shim task: OCI runtime create failed: runc create failed: ' +
      `unable to start container process: exec: ${JSON.stringify(wanted)}: ${why}: unknown`,
  );

/** A process of this machine finds a file of its container only under the path that it has here. */
async function onThisMachine(word: string, rootfs: string): Promise<string> {
  if (!word.startsWith('/')) return word;
  const place = await inside(rootfs, word);
  return (await stat(place).catch(() => undefined)) ? place : word;
}

const isFile = async (path: string) => (await stat(path).catch(() => undefined))?.isFile() ?? false;

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
