/** Releases' records: written step by step, so that an execution that is stopped by hand leaves what it found. */

import { type ReleaseRecord, recordSchema } from '../core/record.ts';
import type { Outcome, ReleaseRequest } from '../core/release.ts';
import type { Table } from './table.ts';

const stepPrefix = 'step ';

export function records(table: Table) {
  const keyOf = (execution: string) => `release ${execution}`;

  return {
    /** Keeps what a step answered; the last answer of a state counts. May be repeated. */
    note: (execution: string, state: string, answer: unknown): Promise<void> =>
      table.set(keyOf(execution), { execution, [stepPrefix + state]: answer }),

    /** Keeps the way back, before anything is changed. The first one stays: repeating it is harmless. */
    start: (execution: string, { startedAt, wayBack }: { startedAt: number; wayBack: string }) =>
      table.setFirst(keyOf(execution), 'wayBack', { startedAt, wayBack }),

    /** When `start` was first called, ms since the epoch; undefined before. */
    startedAt: async (execution: string): Promise<number | undefined> =>
      recordSchema.shape.startedAt.parse((await table.read(keyOf(execution)))?.startedAt),

    /** Keeps how a release ended. The first outcome stays: answers false, and writes nothing, where there is one. */
    end: (
      execution: string,
      ending: { request: ReleaseRequest; outcome: Outcome; reason: string; endedAt: number },
    ) => table.setFirst(keyOf(execution), 'outcome', { execution, ...ending }),

    async of(execution: string): Promise<ReleaseRecord> {
      const { key: _, ...item } = (await table.read(keyOf(execution))) ?? { execution };
      const isStep = (name: string) => name.startsWith(stepPrefix);
      const rest = Object.entries(item).filter(([name]) => !isStep(name));
      const steps = Object.entries(item).filter(([name]) => isStep(name));
      return recordSchema.parse({
        ...Object.fromEntries(rest),
        steps: Object.fromEntries(steps.map(([name, answer]) => [name.slice(stepPrefix.length), answer])),
      });
    },
  };
}
