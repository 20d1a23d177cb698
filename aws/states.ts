/** Step Functions, as Tidegate uses it: start a release, answer a task token. */
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ReleaseRequest } from '../core/release.ts';
import { calling, isAwsError } from './calling.ts';
import type { Means } from './means.ts';

/** An execution, as far as ending its release asks. */
export interface SeenExecution {
  status: string;
  error: string | undefined;
  cause: string | undefined;
  /** ms since the epoch; missing while it runs. */
  stoppedAt?: number | undefined;
}

export function states({ environment: { STATE_MACHINE_ARN: stateMachineArn }, makeClient }: Means) {
  const client = makeClient(SFNClient, {});
  const arnOf = (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  async function* pages(statusFilter: 'RUNNING' | 'SUCCEEDED'): AsyncGenerator<string[]> {
    let nextToken: string | undefined;
    do {
      const command = new ListExecutionsCommand({
        ...{ stateMachineArn, statusFilter, maxResults: 1000 },
        ...(nextToken && { nextToken }),
      });
      const page = await calling('ListExecutions', () => client.send(command));
      yield (page.executions ?? []).map(({ name }) => String(name));
      nextToken = page.nextToken;
    } while (nextToken);
  }
  return {
    arnOf,

    /** Undefined where there is none of this name. */
    async look(name: string): Promise<SeenExecution | undefined> {
      const command = new DescribeExecutionCommand({ executionArn: arnOf(name) });
      try {
        const { status, error, cause, stopDate } = await calling('DescribeExecution', () =>
          client.send(command),
        );
        return { status: String(status), error, cause, stoppedAt: stopDate?.getTime() };
      } catch (error) {
        if (isAwsError(error, 'ExecutionDoesNotExist')) return undefined;
        throw error;
      }
    },

    /** Names of the executions that run, as far as Step Functions knows by now: its list may be some seconds old. */
    async running(): Promise<Set<string>> {
      const names = new Set<string>();
      for await (const page of pages('RUNNING')) for (const name of page) names.add(name);
      return names;
    },

    /** Names of the executions that succeeded, the last started first, as long as Step Functions keeps them: 90 days. */
    succeeded: () => pages('SUCCEEDED'),

    /** Starts a release. Answers false where an execution of this name exists: the same event came twice. */
    async start(name: string, request: ReleaseRequest): Promise<boolean> {
      const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(request) });
      try {
        await calling('StartExecution', () => client.send(command));
        return true;
      } catch (error) {
        if (isAwsError(error, 'ExecutionAlreadyExists')) return false;
        throw error;
      }
    },

    /** Answers a waiting state. False where nobody waits any more: answered before, timed out, or stopped. */
    async answer(taskToken: string, output: unknown): Promise<boolean> {
      const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) });
      try {
        await calling('SendTaskSuccess', () => client.send(command));
        return true;
      } catch (error) {
        if (isAwsError(error, 'TaskTimedOut') || isAwsError(error, 'TaskDoesNotExist')) return false;
        throw error;
      }
    },
  };
}
