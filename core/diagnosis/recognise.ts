/** From what is known of a stopped task to the cause that it fits. */
import { endingCauses, exitedWithError, outOfMemory } from './ending.ts';
import type { SeenContainer, SeenStop } from './fault.ts';
import type { KnownCause } from './known-cause.ts';
import { standingCauses } from './standing.ts';
import { dependency, startingCauses } from './starting.ts';

export interface Recognised {
  cause: KnownCause;
  /** What a text of the cause caught. */
  found: string | undefined;
  /** The line or text by which it was recognised, if any. */
  by: string | undefined;
}

const causes: readonly KnownCause[] = [...startingCauses, ...endingCauses, ...standingCauses];

export const isBlameless = (name: string): boolean =>
  causes.some((cause) => cause.name === name && cause.blameless);

export const unknown: KnownCause = {
  name: 'Unknown',
  sentence: 'ECS stopped the task, and why is not known here',
  advice: 'Read what ECS says of the task and of the service, and the last lines of its containers.',
};

/** `events`: of the service, that speak of the task. `log`: the last lines of the container, oldest first. */
export function recognise(
  stop: SeenStop,
  container: SeenContainer | undefined,
  { events, log }: { events: readonly string[]; log: readonly string[] },
): Recognised {
  // That it was waited for in vain stands in the reason of the one that waited.
  const waiting = stop.containers.find(({ reason = '' }) => dependency.exec(reason)?.[1] === container?.name);
  const own = inTexts([container?.reason, waiting?.reason].filter((reason) => reason !== undefined));
  if (own) return own;
  const byItself = ['EssentialContainerExited', 'TaskFailedToStart'].includes(stop.stopCode);
  const code = byItself ? container?.exitCode : undefined;
  const texts = [stop.reason ?? '', ...events];
  // That an essential container exited, ECS says of each of them.
  const told = stop.stopCode === 'EssentialContainerExited' ? undefined : inTexts(texts);
  if (told && told.cause.stopCodes === undefined) return told;
  if (code !== undefined) return ended(code, log);
  const coded = causes.find(({ stopCodes }) => stopCodes?.includes(stop.stopCode));
  return { cause: coded ?? unknown, found: undefined, by: stop.reason };
}

/** The first cause that fits any of the texts: a more precise text counts though it comes later. */
export function inTexts(texts: readonly string[]): Recognised | undefined {
  for (const cause of causes) {
    for (const by of texts) {
      const match = cause.texts
        ?.map((text) => text.exec(by))
        .find((one) => one !== null && one !== undefined);
      if (match) return { cause, found: match[1], by };
    }
  }
  return undefined;
}

function ended(code: number, log: readonly string[]): Recognised {
  const bySignal = code > 128 && code <= 192;
  const said = inLog(bySignal ? [outOfMemory] : causes, log);
  if (said && code !== 0) return said;
  const cause = causes.find(({ exitCodes }) => exitCodes?.includes(code)) ?? exitedWithError;
  return { cause, found: undefined, by: undefined };
}

/** The later line counts: what was said before may have been got over. */
function inLog(among: readonly KnownCause[], log: readonly string[]): Recognised | undefined {
  for (const line of log.toReversed()) {
    for (const cause of among) {
      const match = cause.logs
        ?.map((text) => text.exec(line))
        .find((one) => one !== null && one !== undefined);
      if (match) return { cause, found: match[1], by: line };
    }
  }
  return undefined;
}
