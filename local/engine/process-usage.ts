/** What a group of processes has used, from Linux's /proc. Nothing on other systems. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Usage } from './engine.ts';

/** _SC_CLK_TCK and the page size are these on every Linux that Node runs on, but for a few of 64 KB pages. */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** Of the process and of all that have come from it and live. Undefined where it is gone. */
export function usageOf(pid: number): Usage | undefined {
  const own = statOf(pid);
  if (!own) return undefined;
  const children = childrenOf(pid)
    .map(usageOf)
    .filter((usage) => usage !== undefined);
  return children.reduce(
    (sum, usage) => ({
      cpuSeconds: sum.cpuSeconds + usage.cpuSeconds,
      memoryBytes: sum.memoryBytes + usage.memoryBytes,
    }),
    own,
  );
}

function statOf(pid: number): Usage | undefined {
  try {
    // The name of the program is in brackets and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [user = 0, system = 0, , , , , , , , , resident = 0] = fields.slice(11).map(Number);
    return { cpuSeconds: (user + system) / ticksPerSecond, memoryBytes: resident * pageBytes };
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
