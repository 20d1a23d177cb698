/** The two event streams: all releases at a glance, and the history of one. */
import type { HistoryEvent } from '../asl/index.ts';
import type { Clock } from '../clock.ts';
import { eventStream, type Message } from './event-stream.ts';
import { releaseRow } from './release-row.ts';
import type { ConsoleSource } from './source.ts';
import { storyteller } from './story.ts';
import type { ReleasesSnapshot } from './wire.ts';

/** History is written in bursts: a snapshot follows one by this much. */
const settleMs = 250;
/** What users see changes by itself. */
const refreshMs = 2000;

export async function releasesSnapshot(source: ConsoleSource, clock: Clock): Promise<ReleasesSnapshot> {
  const [executions, surroundings] = await Promise.all([source.executions(), source.surroundings()]);
  const releases = executions.map(async (execution) =>
    releaseRow(execution, execution.status === 'RUNNING' ? await source.history(execution.executionArn) : []),
  );
  return { now: clock.now(), releases: await Promise.all(releases), surroundings };
}

/** A `releases` message at once, after every change, and every two seconds. */
export function releasesStream(source: ConsoleSource, clock: Clock, signal: AbortSignal): Response {
  return eventStream({
    clock,
    signal,
    open(send) {
      let over = false;
      let cancel = () => {};
      let soon = false;
      const next = (milliseconds: number) => {
        cancel();
        soon = milliseconds === settleMs;
        cancel = clock.after(milliseconds, look);
      };
      const look = async () => {
        soon = false;
        // A source that fails now may answer the next time.
        const data = await releasesSnapshot(source, clock).catch(() => undefined);
        if (over) return;
        if (data) send({ event: 'releases', data });
        if (!soon) next(refreshMs);
      };
      const unsubscribe = source.subscribe(() => {
        if (!soon) next(settleMs);
      });
      void look();
      return () => {
        over = true;
        cancel();
        unsubscribe();
      };
    },
  });
}

/** A `history` message for each event after `lastId`, past ones first; then, when the execution is over, one `ended`. */
export function historyStream(
  source: ConsoleSource,
  clock: Clock,
  { executionArn, lastId, signal }: { executionArn: string; lastId: number; signal: AbortSignal },
): Response {
  return eventStream({
    clock,
    signal,
    open(send) {
      let over = false;
      // What happens while the past is being read.
      let held: HistoryEvent[] | undefined = [];
      let tell: (event: HistoryEvent) => void = () => {};
      const unsubscribe = source.subscribe((arn, event) => {
        if (arn !== executionArn) return;
        if (held) held.push(event);
        else tell(event);
      });

      const begin = async () => {
        const execution = await source.execution(executionArn);
        const past = await source.history(executionArn);
        if (over || !execution) return;
        tell = historyTeller(execution.startDate.getTime(), lastId, send, (message) => {
          // The status of an execution changes before its last event is written, but asking takes a moment.
          void ending().then((row) => !over && row && send({ ...message, data: { row, now: clock.now() } }));
        });
        for (const event of [...past, ...(held ?? [])]) tell(event);
        held = undefined;
      };
      const ending = async () => {
        const execution = await source.execution(executionArn);
        return execution && releaseRow(execution, []);
      };
      begin().catch(() => {});
      return () => {
        over = true;
        unsubscribe();
      };
    },
  });
}

/** Tells each event once, in order, whether it comes from the past or from the subscription. */
function historyTeller(
  startedAt: number,
  lastId: number,
  send: (message: Message) => void,
  end: (message: Omit<Message, 'data'>) => void,
) {
  const told = storyteller(startedAt);
  let last = 0;
  return (event: HistoryEvent) => {
    if (event.id <= last) return;
    last = event.id;
    const data = told(event);
    if (event.id > lastId) send({ id: event.id, event: 'history', data });
    if (event.type.startsWith('Execution') && event.type !== 'ExecutionStarted') end({ event: 'ended' });
  };
}
