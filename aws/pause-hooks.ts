/** The hooks by which ECS pauses a deployment, and the answers to them. */
import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  ECSClient,
} from '@aws-sdk/client-ecs';
import { type WaitingHook, waitingIn } from '../core/pause-hook.ts';
import { calling, isAwsError } from './calling.ts';
import type { ClientMaker } from './client-maker.ts';
import type { Means } from './means.ts';
import { perPlace } from './per-place.ts';

/** Of the place where an environment is. */
export const pauseHooks = (means: Means) => perPlace(means, pauseHooksOf);

/** What ECS says to an answer under an id that it does not wait for, or of a deployment that has ended. */
const tooLate = [
  ...['InvalidParameterException', 'ServiceDeploymentNotFoundException'],
  ...['ClientException', 'ConflictException'],
];

interface Hook {
  serviceDeploymentArn: string;
  hookId: string;
}

function pauseHooksOf(makeClient: ClientMaker) {
  const client = makeClient(ECSClient, {});

  async function waiting(serviceDeploymentArn: string): Promise<WaitingHook[]> {
    const command = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] });
    const { serviceDeployments: [found] = [] } = await calling('DescribeServiceDeployments', () =>
      client.send(command),
    );
    return found ? waitingIn(found) : [];
  }

  const waits = async ({ serviceDeploymentArn, hookId }: Hook): Promise<boolean> =>
    (await waiting(serviceDeploymentArn)).some((one) => one.hookId === hookId);

  return {
    /** The hooks that a service deployment is paused by. */
    waiting,
    waits,
    /**
     * Lets a deployment go on, or has it taken back. Repeating it changes nothing: a hook takes one answer. Answers false where ECS
     * did not wait for it any more.
     */
    async answer({ serviceDeploymentArn, hookId }: Hook, action: 'CONTINUE' | 'ROLLBACK'): Promise<boolean> {
      const command = new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action });
      try {
        await calling('ContinueServiceDeployment', () => client.send(command));
        return true;
      } catch (error) {
        const refused = tooLate.some((name) => isAwsError(error, name));
        // It may have been our own answer, whose reply was lost.
        if (!refused || (await waits({ serviceDeploymentArn, hookId }))) throw error;
        return false;
      }
    },
  };
}
