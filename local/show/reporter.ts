/** Tells in the terminal what every execution does, while it does it. */
import type { HistoryEvent } from '../asl/index.ts';
import type { StatusChange } from '../states/states.ts';
import { endOf, type Line, narrator } from './narrate.ts';
import { type Colour, type Terminal, wrapped } from './terminal.ts';

export interface Ended {
  name: string;
  outcome: string;
  reason: string;
  seconds: number;
}

const outcomes: Record<string, { mark: string; colour: Colour }> = {
  Deployed: { mark: '✔', colour: 'green' },
  NothingToDo: { mark: '·', colour: 'dim' },
  Superseded: { mark: '»', colour: 'dim' },
  Rejected: { mark: '✘', colour: 'yellow' },
  RolledBack: { mark: '↩', colour: 'yellow' },
  NeedsHuman: { mark: '!', colour: 'red' },
};
const marks: Record<Line['mark'], { sign: string; colour: Colour }> = {
  done: { sign: '✓', colour: 'green' },
  waiting: { sign: '…', colour: 'dim' },
  failed: { sign: '✗', colour: 'red' },
};

/** Where the text of a line begins, and how wide it may be. */
const indent = 36;
const textWidth = 86;

interface Followed {
  tell: ReturnType<typeof narrator>;
  tag: string;
  state: string;
  since: number;
}

export function reporter(terminal: Terminal, now: () => number) {
  const narrators = new Map<string, Followed>();
  const ends: ((ended: Ended) => void)[] = [];
  const { paint, say } = terminal;

  function history(executionArn: string, event: HistoryEvent) {
    const at = event.timestamp.getTime();
    const one = narrators.get(executionArn) ?? {
      tell: narrator(at),
      tag: tagOf(event),
      state: '',
      since: at,
    };
    narrators.set(executionArn, one);
    if (event.type.endsWith('StateEntered')) {
      one.state = String(event.stateEnteredEventDetails?.name);
      one.since = at;
    }
    const line = one.tell(event);
    if (line) write(line, narrators.size > 1 ? `${one.tag}: ` : '');
  }

  function write({ afterMs, state, text, mark }: Line, whose: string) {
    const { sign, colour } = marks[mark];
    const [first = '', ...rest] = wrapped(whose + text, textWidth);
    say(`  ${elapsed(afterMs)}  ${paint(colour, sign)} ${state.padEnd(indent - 12)}${first}`);
    for (const more of rest) say(' '.repeat(indent) + more);
  }

  function status(change: StatusChange) {
    const end = endOf(change);
    if (!end) return say(paint('dim', `  execution ${change.name}`));
    narrators.delete(change.executionArn);
    const { mark, colour } = outcomes[end.outcome] ?? { mark: '!', colour: 'red' };
    const seconds = ((change.stopDate ?? now()) - change.startDate) / 1000;
    const [first = '', ...rest] = wrapped(end.reason, textWidth);
    say(
      `  ${elapsed(seconds * 1000)}  ${paint(colour, `${mark} ${end.outcome.padEnd(indent - 12)}`)}${first}`,
    );
    for (const more of rest) say(' '.repeat(indent) + more);
    for (const tell of ends.splice(0)) tell({ name: change.name, ...end, seconds });
    return undefined;
  }

  return {
    history,
    status,
    /** Resolves when the next execution has ended. */
    nextEnd: () => new Promise<Ended>((resolve) => ends.push(resolve)),
    /** What is going on now, for the line that changes: state by state, with the time spent in it. */
    going: () =>
      [...narrators.values()]
        .map(({ state, since }) => `${state} ${Math.round((now() - since) / 1000)} s`)
        .join(', '),
  };
}

/** The tag that a release carries, from its first event; `?` for an execution that somebody started with another input. */
function tagOf(event: HistoryEvent): string {
  const input: unknown = JSON.parse(String(event.executionStartedEventDetails?.input ?? '{}'));
  const tag = (input as { push?: { tag?: unknown } | null } | null)?.push?.tag;
  return typeof tag === 'string' ? tag : '?';
}

/** `00:07.4` */
function elapsed(milliseconds: number): string {
  const tenths = Math.max(0, Math.round(milliseconds / 100));
  const [minutes, seconds] = [Math.floor(tenths / 600), (tenths % 600) / 10];
  return `${String(minutes).padStart(2, '0')}:${seconds.toFixed(1).padStart(4, '0')}`;
}
