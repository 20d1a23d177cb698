/** Executions as people look at them: which there were, and the states that one went through. Only reads. */
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { calling } from './calling.ts';
import type { Means } from './means.ts';

export interface ListedExecution {
  name: string;
  arn: string;
  /** `RUNNING`, or how it ended, in Step Functions' words. */
  status: string;
  /** ms since the epoch. */
  startedAt: number;
  stoppedAt: number | undefined;
}

/** A state that something is done in: those that only choose or wait belong to the one before. */
export interface EnteredState {
  state: string;
  /** ms since the epoch. */
  at: number;
}

const entered = 'TaskStateEntered';

export function executions({ environment: { STATE_MACHINE_ARN: stateMachineArn }, makeClient }: Means) {
  const client = makeClient(SFNClient, {});

  /** Pages of it, in either order. */
  async function* states(executionArn: string, reverseOrder: boolean): AsyncGenerator<EnteredState[]> {
    let nextToken: string | undefined;
    do {
      const command = new GetExecutionHistoryCommand({
        ...{ executionArn, reverseOrder, includeExecutionData: false },
        maxResults: reverseOrder ? 100 : 1000,
        ...(nextToken && { nextToken }),
      });
      const page = await calling('GetExecutionHistory', () => client.send(command));
      yield (page.events ?? []).flatMap(({ type, timestamp, stateEnteredEventDetails: details }) =>
        type === entered ? [{ state: String(details?.name), at: timestamp?.getTime() ?? 0 }] : [],
      );
      nextToken = page.nextToken;
    } while (nextToken);
  }

  return {
    /** Pages of all of them, the last started first: as long as Step Functions keeps them, 90 days. */
    async *list(): AsyncGenerator<ListedExecution[]> {
      let nextToken: string | undefined;
      do {
        const command = new ListExecutionsCommand({
          ...{ stateMachineArn, maxResults: 1000 },
          ...(nextToken && { nextToken }),
        });
        const page = await calling('ListExecutions', () => client.send(command));
        yield (page.executions ?? []).map(({ name, executionArn, status, startDate, stopDate }) => ({
          ...{ name: String(name), arn: String(executionArn), status: String(status) },
          startedAt: startDate?.getTime() ?? 0,
          stoppedAt: stopDate?.getTime(),
        }));
        nextToken = page.nextToken;
      } while (nextToken);
    },

    /** The state that it is in and since when, however often it looked again there; undefined before the first. */
    async current(arn: string): Promise<EnteredState | undefined> {
      let found: EnteredState | undefined;
      for await (const page of states(arn, true)) {
        for (const one of page) {
          if (found && one.state !== found.state) return found;
          found = one;
        }
      }
      return found;
    },

    /** Every state that it entered, in their order; one that looked again and again once, when it was first entered. */
    async story(arn: string): Promise<EnteredState[]> {
      const found: EnteredState[] = [];
      for await (const page of states(arn, false))
        for (const one of page) if (found.at(-1)?.state !== one.state) found.push(one);
      return found;
    },
  };
}
