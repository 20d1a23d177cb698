/** Remembers on disk which processes run, so that the next run can end those that a run before left behind. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A pid alone is not enough: the system gives it to another process later. */
interface Identity {
  pid: number;
  startedAt: string;
}

interface Entry extends Identity {
  /** The process that started it. While that lives, its processes are not left behind. */
  owner: Identity;
}

export function processRegister(directory: string) {
  mkdirSync(directory, { recursive: true });
  const fileOf = (pid: number) => join(directory, `${pid}.json`);
  const owner = identityOf(process.pid);

  return {
    add(pid: number) {
      const identity = identityOf(pid);
      if (!identity || !owner) return;
      const entry: Entry = { ...identity, owner };
      writeFileSync(fileOf(pid), JSON.stringify(entry));
    },
    remove: (pid: number) => rmSync(fileOf(pid), { force: true }),
    /** Kills the process groups whose owner is gone. Answers their pids. */
    endLeftovers(): number[] {
      const ended = [];
      for (const name of readdirSync(directory)) {
        const entry = readEntry(join(directory, name));
        if (entry && isAlive(entry.owner)) continue;
        rmSync(join(directory, name), { force: true });
        if (!entry || !isAlive(entry)) continue;
        killGroup(entry.pid);
        ended.push(entry.pid);
      }
      return ended;
    },
  };
}

/** SIGKILL to a group and all in it. A group that is gone is no error. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const isAlive = ({ pid, startedAt }: Identity) => identityOf(pid)?.startedAt === startedAt;

function identityOf(pid: number): Identity | undefined {
  try {
    return { pid, startedAt: process.platform === 'linux' ? startTicks(pid) : startTime(pid) };
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/<pid>/stat; the second, the name, may itself have spaces and parentheses. */
function startTicks(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  if (!ticks) throw new Error(`/proc/${pid}/stat is not as expected`);
  return ticks;
}

const startTime = (pid: number) =>
  execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();

/** `undefined` for what a run that was killed while writing left. */
function readEntry(file: string): Entry | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Entry;
  } catch {
    return undefined;
  }
}
