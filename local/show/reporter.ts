/** Tells in the terminal what every execution does, while it does it. */
import { type Outcome, type ReleaseRequest, releaseRequestSchema } from '../../core/release.ts';
import type { HistoryEvent } from '../asl/index.ts';
import type { StatusChange } from '../states/states.ts';
import { type End, endOf, type Line, narrator } from './narrate.ts';
import type { Colour, Terminal } from './terminal.ts';

/** An execution that is over, with how Tidegate recorded its end. */
export interface Ended {
  name: string;
  /** Step Functions' status where Tidegate has no outcome. */
  outcome: Outcome | string;
  reason: string;
  /** Absent where the execution was started by hand with something else. */
  request?: ReleaseRequest | undefined;
}

const outcomes: Record<Outcome | string, { mark: string; colour: Colour }> = {
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
/** Endings that run no catcher: what becomes of the release is said by who cleans up after it. */
const stops: Record<string, { word: string; text: string }> = {
  ABORTED: { word: 'Stopped', text: 'by hand; Tidegate cleans up after it' },
  TIMED_OUT: { word: 'TimedOut', text: 'Tidegate cleans up after it' },
  FAILED: { word: 'Failed', text: 'without an outcome; Tidegate cleans up after it' },
};

/** Where the text of a line begins. */
const indent = 37;

interface Followed {
  tell: ReturnType<typeof narrator>;
  name: string;
  request: ReleaseRequest | undefined;
  /** Another one ran meanwhile: their lines are mixed. */
  accompanied: boolean;
  /** From or to another environment while that release still ran: the tag alone does not tell them apart. */
  promoted: boolean;
  /** Its first line names it. Not as soon as it starts: the release that it goes on from is told to its end first. */
  introduced: boolean;
  /** Its execution is over, and Tidegate has not yet recorded how. */
  stopped: boolean;
  startedAt: number;
  state: string;
  since: number;
}

export function reporter(terminal: Terminal, now: () => number) {
  const running = new Map<string, Followed>();
  const recorded = new Map<string, End>();
  const ended: Ended[] = [];
  const waiting: (() => void)[] = [];
  const { paint, say, tell } = terminal;

  function status(change: StatusChange) {
    const { executionArn, name, input, startDate } = change;
    if (change.status === 'RUNNING') {
      const request = releaseRequestSchema.safeParse(JSON.parse(input)).data;
      const fresh = {
        accompanied: false,
        promoted: false,
        introduced: false,
        stopped: false,
        startedAt: startDate,
        state: '',
        since: startDate,
      };
      running.set(executionArn, { tell: narrator(startDate), name, request, ...fresh });
      if (running.size > 1) for (const each of running.values()) each.accompanied = true;
      const before = running.get(request?.promotedFrom ?? '');
      for (const each of before ? [before, running.get(executionArn)] : []) if (each) each.promoted = true;
      const one = running.get(executionArn);
      return before || !one ? undefined : introduce(one);
    }
    const after = (change.stopDate ?? now()) - startDate;
    const one = running.get(executionArn);
    const end = endOf(change) ?? recorded.get(executionArn);
    if (!one) return undefined;
    if (end) return finish(executionArn, one, end, after);
    const stop = stops[change.status];
    // Not a release of Tidegate's: nobody cleans up after it.
    if (!stop || !one.request) {
      return finish(executionArn, one, { outcome: change.status, reason: change.cause ?? '' }, after);
    }
    one.stopped = true;
    one.state = 'cleaning up';
    one.since = now();
    return write(one, { afterMs: after, state: stop.word, text: stop.text, mark: 'failed' });
  }

  function introduce(one: Followed) {
    if (!one.introduced) say(paint('dim', `  execution ${one.name}`));
    one.introduced = true;
  }

  function history(executionArn: string, event: HistoryEvent) {
    const one = running.get(executionArn);
    if (!one) return;
    if (event.type.endsWith('StateEntered')) {
      one.state = String(event.stateEnteredEventDetails?.name);
      one.since = event.timestamp.getTime();
    }
    const line = one.tell(event);
    if (line) write(one, line);
  }

  function write(one: Followed, { afterMs, state, text, mark }: Line) {
    const { sign, colour } = marks[mark];
    introduce(one);
    const whose = running.size > 1 ? `${one.request?.push.tag ?? one.name}${where(one)}: ` : '';
    tell(`  ${elapsed(afterMs)}  ${paint(colour, sign)} ${state.padEnd(indent - 13)}`, indent, whose + text);
  }

  function finish(
    executionArn: string,
    one: Followed,
    { outcome, reason }: Pick<Ended, 'outcome' | 'reason'>,
    afterMs: number,
  ) {
    running.delete(executionArn);
    introduce(one);
    const { mark, colour } = outcomes[outcome] ?? { mark: '!', colour: 'red' };
    const { service, push } = one.request ?? {};
    const whose = one.accompanied ? `${push ? `${service} ${push.tag}` : one.name}${where(one)}: ` : '';
    const head = `  ${elapsed(afterMs)}  ${paint(colour, `${mark} ${outcome.padEnd(indent - 13)}`)}`;
    tell(head, indent, whose + reason);
    ended.push({ name: one.name, request: one.request, outcome, reason });
    for (const resolve of waiting.splice(0)) resolve();
  }

  return {
    status,
    history,
    /** Tidegate's own word on a release. Only one whose execution could not say it itself waits for it. */
    recorded(executionArn: string, end: End) {
      recorded.set(executionArn, end);
      const one = running.get(executionArn);
      if (one?.stopped) finish(executionArn, one, end, now() - one.startedAt);
    },
    /** Those that are over, the oldest first. */
    ended: (): readonly Ended[] => ended,
    /** Those that run, or are being cleaned up. */
    running: () => [...running.values()].map(({ name, request }) => ({ name, request })),
    /** Resolves when the next one is over. */
    nextEnd: () => new Promise<void>((resolve) => waiting.push(resolve)),
    /** What is going on now, for the line that changes: state by state, with the time spent in it. */
    going: () =>
      [...running.values()]
        .map(({ state, since }) => `${state} ${Math.round((now() - since) / 1000)} s`)
        .join(', '),
  };
}

const where = ({ promoted, request }: Followed) => (promoted && request ? ` (${request.environment})` : '');

export type Reporter = ReturnType<typeof reporter>;

/** `00:07.4` */
function elapsed(milliseconds: number): string {
  const tenths = Math.max(0, Math.round(milliseconds / 100));
  const [minutes, seconds] = [Math.floor(tenths / 600), (tenths % 600) / 10];
  return `${String(minutes).padStart(2, '0')}:${seconds.toFixed(1).padStart(4, '0')}`;
}
