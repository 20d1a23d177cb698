/** The history of an execution, in the shapes in which GetExecutionHistory answers it. */
import { tell } from './listener.ts';

/** AWS fails an execution rather than writing another event. */
export const maxEvents = 25_000;

export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: Date;
  type: string;
  /** `<type>EventDetails`, e.g. `taskScheduledEventDetails`. All states share `stateEntered…` and `stateExited…`. */
  [details: `${string}EventDetails`]: Record<string, unknown>;
}

/** There is room for one event more: the one that ends the execution. */
export class HistoryFull extends Error {}

export class History {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;
  readonly #listeners = new Set<(event: HistoryEvent) => void>();
  #closed = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  get closed() {
    return this.#closed;
  }

  /** Answers the id of the event. After the end nothing is written, whatever is still winding down. */
  add(type: string, previousEventId: number, details?: Record<string, unknown>): number {
    if (this.#closed) return previousEventId;
    if (this.events.length >= maxEvents - 1) throw new HistoryFull();
    return this.#write(type, previousEventId, details);
  }

  /** Writes the last event. */
  close(type: string, previousEventId: number, details: Record<string, unknown>) {
    this.#closed = true;
    this.#write(type, previousEventId, details);
  }

  /** Tells the events so far, then each as it happens. The answer ends that. */
  follow(listener: (event: HistoryEvent) => void): () => void {
    for (const event of this.events) tell(listener, event);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #write(type: string, previousEventId: number, details?: Record<string, unknown>) {
    const id = this.events.length + 1;
    const event: HistoryEvent = { id, previousEventId, timestamp: new Date(this.#now()), type };
    if (details) event[`${detailsOf(type)}EventDetails`] = details;
    this.events.push(event);
    for (const listener of this.#listeners) tell(listener, event);
    return id;
  }
}

function detailsOf(type: string) {
  const state = /^(?:Pass|Task|Choice|Wait|Succeed|Fail|Parallel|Map)State(Entered|Exited)$/.exec(type);
  return state ? `state${state[1]}` : type.charAt(0).toLowerCase() + type.slice(1);
}

/** A JSON value as events carry it: text, and the word that it was not cut. */
export const asInput = (value: unknown) => ({
  input: JSON.stringify(value),
  inputDetails: { truncated: false },
});
export const asOutput = (value: unknown) => ({
  output: JSON.stringify(value),
  outputDetails: { truncated: false },
});
