/** Which container of a stopped task is at fault, and what is known of its end. */
import { dependency } from './starting.ts';

export interface SeenContainer {
  name: string;
  essential: boolean;
  reason: string | undefined;
  exitCode: number | undefined;
  unhealthy: boolean;
}

/** A task that stopped, as ECS shows it. */
export interface SeenStop {
  /** Its id. */
  task: string;
  stopCode: string;
  reason: string | undefined;
  containers: readonly SeenContainer[];
}

/**
 * The one whose end ended the task. ECS does not say which that was: it stops all others then, which end with 143, with 137,
 * or with 0. A sidecar without an exit code has done nothing. Undefined where no container has come so far.
 */
export function atFault(
  { stopCode, reason = '', containers }: SeenStop,
  target: string,
): SeenContainer | undefined {
  const named = (name: string | undefined) => containers.find((one) => one.name === name);
  // The container that waited in vain has the reason; the one that it waited for has the answer.
  const waitedFor = [reason, ...containers.map((one) => one.reason ?? '')]
    .map((text) => named(dependency.exec(text)?.[1]))
    .find((one) => one !== undefined);
  if (waitedFor) return waitedFor;

  const sorted = containers.toSorted(
    (one, other) =>
      Number(other.essential) - Number(one.essential) ||
      Number(other.name === target) - Number(one.name === target),
  );
  const withReason = sorted.find((one) => one.reason !== undefined);
  if (withReason) return withReason;
  if (stopCode === 'EssentialContainerExited' || stopCode === 'TaskFailedToStart') {
    const essential = sorted.filter((one) => one.exitCode !== undefined && one.essential);
    const ended = essential.length > 0 ? essential : sorted.filter((one) => one.exitCode !== undefined);
    return ended.toSorted((one, other) => suspicion(one) - suspicion(other))[0] ?? named(target);
  }
  return sorted.find((one) => one.unhealthy) ?? named(target);
}

/** The least for the most suspect. */
function suspicion({ exitCode }: SeenContainer): number {
  const innocent = [137, 0, 143].indexOf(exitCode ?? 0);
  return innocent + 1;
}
