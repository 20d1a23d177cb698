/** What is known of each state so far: its last visit, and all of them together. */
import { couldNotTell, payloadOf, saysNo } from './payload.ts';
import { type Attempt, type Reading, type Status, type Visit, waitedItsTime } from './visits.ts';

export interface StateSummary {
  /**
   * `said no`: it worked, and its finding speaks against the release. `not sure`: it found too little. `looked again`: nobody had
   * answered within its time, which is no fault.
   */
  status: Status | 'said no' | 'not sure' | 'looked again' | 'not reached';
  visits: Visit[];
  /** Attempts that failed and were followed by another. */
  retries: number;
  /** In all visits; of one that is under way, none. */
  milliseconds: number;
}

export const statusWords: Record<StateSummary['status'], { words: string; sign: string }> = {
  'not reached': { words: 'not reached', sign: '' },
  running: { words: 'running', sign: '●' },
  waiting: { words: 'waiting for an answer', sign: '◔' },
  retrying: { words: 'failed, will be tried again', sign: '↻' },
  succeeded: { words: 'succeeded', sign: '✓' },
  'said no': { words: 'found something against the release', sign: '✕' },
  'not sure': { words: 'found too little to judge', sign: '?' },
  'looked again': { words: 'waited, and looked again', sign: '↻' },
  caught: { words: 'failed, and was caught', sign: '✕' },
  failed: { words: 'failed', sign: '✕' },
  stopped: { words: 'stopped', sign: '■' },
};

export const isLive = (status: StateSummary['status']) =>
  status === 'running' || status === 'waiting' || status === 'retrying';

export function summaryOf({ visits }: Reading, state: string): StateSummary {
  const own = visits.filter((visit) => visit.state === state);
  const last = own.at(-1);
  return {
    status: last ? statusOf(last) : 'not reached',
    visits: own,
    retries: own.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0),
    milliseconds: own.reduce((sum, { enteredAt, exitedAt = enteredAt }) => sum + exitedAt - enteredAt, 0),
  };
}

export function statusOf(visit: Visit): Exclude<StateSummary['status'], 'not reached'> {
  if (waitedItsTime(visit)) return 'looked again';
  if (visit.status !== 'succeeded') return visit.status;
  const answer = payloadOf(lastAttempt(visit)?.output);
  if (saysNo(answer)) return 'said no';
  return couldNotTell(answer) ? 'not sure' : 'succeeded';
}

/** The attempt whose result the visit ended with, or which is under way. */
export const lastAttempt = (visit: Visit | undefined): Attempt | undefined => visit?.attempts.at(-1);

/** Error and cause of a visit, wherever they were written. */
export function failureOf(visit: Visit): { error: string; cause?: string } | undefined {
  const attempt = lastAttempt(visit);
  const error = visit.error ?? attempt?.error;
  if (error === undefined) return undefined;
  const cause = visit.cause ?? attempt?.cause;
  return cause === undefined ? { error } : { error, cause };
}
