/** Why the tasks of a deployment failed: the cause, what happened, what to do, and what says so. */
import { atFault, type SeenContainer, type SeenStop } from './fault.ts';
import { inTexts, isBlameless, type Recognised, recognise, unknown } from './recognise.ts';
import type { Diagnosis } from './schema.ts';

export interface ToldStop extends SeenStop {
  /** The last lines of the container at fault, oldest first. */
  log: readonly string[];
}

/** The service's own container, which is suspected first, and what the service's events say since the deployment began. */
export interface Surroundings {
  target: string;
  events: readonly string[];
}

/** Why one task stopped. */
export function explain(
  stop: ToldStop,
  { target, events }: Surroundings,
): Diagnosis & { container: string | undefined } {
  const container = atFault(stop, target);
  // That it was started, an event says too.
  const own = events.filter((event) => event.includes(stop.task) && inTexts([event]));
  const others = stop.containers.filter((one) => one !== container).map(endOf);
  const recognised = recognise(stop, container, { events: own, log: stop.log });
  const ended = stop.stopCode === 'EssentialContainerExited' || recognised.cause.name === 'DependencyFailed';
  const words = ended
    ? [
        container?.exitCode === undefined ? container?.reason : `exit code ${container.exitCode}`,
        lineOf(recognised, stop.log),
      ]
    : [inside(recognised.by ?? container?.reason ?? stop.reason ?? '')];
  return {
    ...said(recognised, container?.name ?? target, words),
    container: container?.name,
    evidence: [...new Set([container?.reason, stop.reason, ...others, ...own])]
      .flatMap((text) => (text ? cut(text, 300) : []))
      .slice(0, 5),
  };
}

/**
 * Why a deployment failed: what stopped most of its tasks or, where none did, what the service says. A cause that is nobody's fault
 * explains nothing while there is another. Undefined where nothing is known.
 */
export function diagnose(stops: readonly ToldStop[], around: Surroundings): Diagnosis | undefined {
  const explained = stops.map((stop) => explain(stop, around));
  const count = ({ cause }: Diagnosis) => explained.filter((one) => one.cause === cause).length;
  const [first] = explained.toSorted((one, other) => rank(one) - rank(other) || count(other) - count(one));
  if (!first || first.cause === unknown.name) {
    const told = ofService(stops, around);
    if (told || !first) return told;
  }
  const { container: _, ...diagnosis } = first;
  return diagnosis;
}

function rank({ cause }: Diagnosis): number {
  if (cause === unknown.name) return 2;
  return isBlameless(cause) ? 1 : 0;
}

function said(
  { cause, found }: Recognised,
  container: string,
  words: (string | undefined)[],
): Omit<Diagnosis, 'evidence'> {
  const filled = (text: string) =>
    text.replaceAll('{container}', container).replaceAll('{found}', found ?? 'a container');
  const behind = words.filter(Boolean).join('; ');
  return {
    cause: cause.name,
    sentence: cut(filled(cause.sentence) + (behind && ` (${behind})`), 600),
    advice: filled(cause.advice),
  };
}

/** What the service says of itself, and not of a task that another deployment may have started. */
function ofService(stops: readonly ToldStop[], { target, events }: Surroundings): Diagnosis | undefined {
  const others = (event: string) =>
    /\(task [\w-]+\)/.test(event) && !stops.some(({ task }) => event.includes(task));
  const recognised = inTexts(events.filter((event) => !others(event)));
  if (!recognised) return undefined;
  const by = recognised.by ?? '';
  return { ...said(recognised, target, [inside(by)]), evidence: [cut(by, 300)] };
}

/** How a container ended that is not at fault; undefined where there is nothing to say of it. */
function endOf({ name, reason, exitCode }: SeenContainer): string | undefined {
  const words = [exitCode !== undefined && `exit code ${exitCode}`, reason].filter(Boolean);
  return words.length > 0 ? `${name}: ${words.join(', ')}` : undefined;
}

/** A stack trace and a runtime's farewell stand behind the line that says what happened. */
const isFrame = (line: string) => /^\s*(?:at\s|Node\.js v\d|\.{3}\s|File ")/.test(line);
const isTelling = (line: string) =>
  /error|exception|fatal|panic|fail|cannot|could not|denied|refused|missing|not (?:set|found)/i.test(line);

/** The line by which it was recognised or, else, the last one that says something. */
function lineOf({ by }: Recognised, log: readonly string[]): string | undefined {
  const lines = log.filter((line) => line.trim() !== '' && !isFrame(line));
  const line = by !== undefined && log.includes(by) ? by : (lines.findLast(isTelling) ?? lines.at(-1));
  if (line === undefined) return undefined;
  return `${line === log.at(-1) ? 'last line' : 'log'}: ${cut(line.trim(), 240)}`;
}

/** AWS says first what failed and last why; between stands how often it was tried. */
const inside = (text: string) => (text.length <= 300 ? text : `${text.slice(0, 80)} … ${text.slice(-210)}`);

const cut = (text: string, limit: number) => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`);
