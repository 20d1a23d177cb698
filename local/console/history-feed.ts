/** Between a world that tells its history to one listener and a console that has as many as there are readers. */
import type { HistoryEvent } from '../asl/index.ts';

type Listener = (executionArn: string, event: HistoryEvent) => void;

export interface HistoryFeed {
  /** To be the world's `onHistory`. */
  publish: Listener;
  subscribe(listener: Listener): () => void;
  /** How many listen at the moment. */
  readonly listeners: number;
}

export function historyFeed(): HistoryFeed {
  const listeners = new Set<Listener>();
  return {
    publish: (executionArn, event) => {
      for (const listener of listeners) listener(executionArn, event);
    },
    subscribe(listener) {
      // The same function twice is two subscriptions.
      const own: Listener = (executionArn, event) => listener(executionArn, event);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    get listeners() {
      return listeners.size;
    },
  };
}
