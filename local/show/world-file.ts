/** `.tidegate/world.json`: which local world runs in a folder, and where. One at a time. */
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Config } from '../../core/config.ts';
import type { Surroundings } from '../../functions/runtime.ts';

const fileSchema = z.object({
  pid: z.int().optional(),
  /** Absent while it comes up. */
  address: z.url().optional(),
  /** When users began to come, ms since the epoch. */
  servingSince: z.number().optional(),
  /** As the world runs by it, defaults filled in. */
  config: z.custom<Config>((value) => typeof value === 'object').optional(),
  /** What Tidegate's functions are told of it, as Lambda's environment variables tell them: so does `tidegate --local`. */
  environment: z.custom<Surroundings['environment']>((value) => typeof value === 'object').optional(),
});
export type WorldFile = z.infer<typeof fileSchema>;

const pathIn = (directory: string) => join(directory, 'world.json');

/** Undefined where there is no file, or none that can be read. */
export async function readWorldFile(directory: string): Promise<WorldFile | undefined> {
  const text = await readFile(pathIn(directory), 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : fileSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * Takes the folder for this process. Answers the world that has it already; a file that a world left which is gone is
 * replaced.
 */
export async function claim(directory: string, pid: number): Promise<WorldFile | undefined> {
  await mkdir(directory, { recursive: true });
  // Another start that finds the file must find it whole.
  const own = join(directory, `world.${pid}.json`);
  await writeFile(own, JSON.stringify({ pid }));
  try {
    return await claimWith(own, directory);
  } finally {
    await rm(own, { force: true });
  }
}

async function claimWith(own: string, directory: string): Promise<WorldFile | undefined> {
  const taken = () =>
    link(own, pathIn(directory)).then(
      () => false,
      () => true,
    );
  if (!(await taken())) return undefined;
  const other = await readWorldFile(directory);
  if (other && (await runs(other))) return other;
  await rm(pathIn(directory), { force: true });
  // Another start may have been quicker.
  return (await taken()) ? await readWorldFile(directory) : undefined;
}

/** Says where this process's world is, once it is up. */
export const announce = (directory: string, world: Required<WorldFile>) =>
  writeFile(pathIn(directory), `${JSON.stringify(world)}\n`);

/** Another world's file stays. */
export async function release(directory: string, pid: number): Promise<void> {
  if ((await readWorldFile(directory))?.pid === pid) await rm(pathIn(directory), { force: true });
}

/** A process of that number may be another by now: where there is an address, it must answer as well. */
async function runs({ pid, address }: WorldFile): Promise<boolean> {
  if (pid === undefined || !isAlive(pid)) return false;
  return address === undefined || (await answersAt(address));
}

export async function answersAt(address: string): Promise<boolean> {
  const asked = fetch(new URL('/v2/', address), { signal: AbortSignal.timeout(5000) });
  return asked.then(
    () => true,
    () => false,
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
