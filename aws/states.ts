/** Step Functions, as Tidegate uses it: start a release, answer a task token. */
import { SendTaskSuccessCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ReleaseRequest } from '../core/release.ts';
import { calling, isAwsError } from './calling.ts';

export function states(client: SFNClient, stateMachineArn: string) {
  return {
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
