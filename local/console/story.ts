/** The events of an execution with the lines that they are worth, in the words of `npm start`. */
import type { HistoryEvent } from '../asl/index.ts';
import { narrator } from '../show/narrate.ts';
import type { StoryLine, ToldEvent, WireEvent } from './wire.ts';

/** Give it the events in order, from the first. */
export function storyteller(startedAt: number): (event: HistoryEvent) => ToldEvent {
  const narrate = narrator(startedAt);
  return (event) => {
    const line: StoryLine | undefined = narrate(event);
    const wire = { ...event, timestamp: event.timestamp.toISOString() } as WireEvent;
    return line ? { event: wire, line } : { event: wire };
  };
}

export const tell = (startedAt: number, history: readonly HistoryEvent[]): ToldEvent[] =>
  history.map(storyteller(startedAt));
