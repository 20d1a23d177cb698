/** Releases' records: written step by step, so that an execution that is stopped by hand leaves what it found. */

import { forgetting } from '../core/forgetting.ts';
import { type ReleaseRecord, recordSchema } from '../core/record.ts';
import type { Outcome, ReleaseRequest } from '../core/release.ts';
import type { Means } from './means.ts';
import { recordKey as keyOf, recordOf, stepAttribute } from './record-item.ts';
import { tidegateTable } from './table.ts';

interface StartedChange {
  startedAt: number;
  wayBack: string;
  askedAt?: number;
}

interface Ending extends Pick<ReleaseRecord, 'replaced'> {
  request: ReleaseRequest;
  outcome: Outcome;
  reason: string;
  endedAt: number;
}

export function records({ open }: Means) {
  const table = open(tidegateTable);
  const asking = (execution: string, askedAt: number) => table.set(keyOf(execution), { askedAt });

  return {
    /** Keeps what a step answered; the last answer of a state counts. And what was asked for, where the step knows. May be repeated. */
    note: (execution: string, state: string, answer: unknown, request?: unknown): Promise<void> =>
      table.set(keyOf(execution), { execution, request, [stepAttribute(state)]: answer }),

    /** Keeps that it waits for another release, and since when (ms since the epoch). The first time stays. */
    queue: (execution: string, queuedAt: number): Promise<boolean> =>
      table.setFirst(keyOf(execution), 'queuedAt', { execution, queuedAt }),

    /**
     * Keeps the way back, before anything is changed, and that ECS is about to be asked for the change. The first way back
     * stays: repeating it is harmless.
     */
    async start(
      execution: string,
      { askedAt, ...start }: Pick<ReleaseRecord, 'wayBacks'> & StartedChange,
    ): Promise<void> {
      const first = await table.setFirst(keyOf(execution), 'wayBack', { ...start, askedAt });
      if (!first && askedAt !== undefined) await asking(execution, askedAt);
    },

    /** Notes, before it happens, that ECS is asked for another change. The last time counts. */
    asking,

    /** When `start` was first called, and when ECS was asked for a change last, ms since the epoch; undefined before. */
    async started(execution: string): Promise<Pick<ReleaseRecord, 'startedAt' | 'askedAt'>> {
      const { startedAt, askedAt } = recordSchema.shape;
      const item = await table.read(keyOf(execution));
      return { startedAt: startedAt.parse(item?.startedAt), askedAt: askedAt.parse(item?.askedAt) };
    },

    /** Keeps how a release ended. The first outcome stays: answers false, and writes nothing, where there is one. */
    end: (execution: string, ending: Ending) =>
      table.setFirst(keyOf(execution), 'outcome', {
        ...{ execution, ...ending },
        ...forgetting('release', ending.endedAt),
      }),

    async of(execution: string): Promise<ReleaseRecord> {
      return recordOf((await table.read(keyOf(execution))) ?? { execution });
    },

    /** Several, in their order: those of which nothing is kept have no steps and no outcome. */
    async several(executions: readonly string[]): Promise<ReleaseRecord[]> {
      const items = await table.readAll(executions.map(keyOf));
      return items.map((item, index) => recordOf(item ?? { execution: executions[index] }));
    },
  };
}
