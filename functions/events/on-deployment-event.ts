/** ECS says that a deployment changed: looks whether the release that waits for this service may go on. */
import * as z from 'zod';
import { ContractViolation } from '../../core/errors.ts';
import { answerTask } from '../answer-task.ts';
import { type EventHandler, onEvent } from '../event.ts';
import { lookAtDeployment } from '../look-at-deployment.ts';
import { lookAtRollback } from '../look-at-rollback.ts';
import { awaitDeployment } from '../steps/await-deployment.ts';
import { awaitRollback } from '../steps/await-rollback.ts';

// The service is nowhere else in this event: arn:aws:ecs:<region>:<account>:service/<cluster>/<service>.
const eventSchema = z.looseObject({
  'detail-type': z.literal('ECS Deployment State Change'),
  resources: z
    .array(z.string().regex(/:service\/[^/]+\/[^/]+$/, { error: 'the ARN of an ECS service' }))
    .min(1),
});

export const onDeploymentEvent: EventHandler<{ answered: string | null }> = {
  name: 'on-deployment-event',
  run: async (event, aws) => {
    const parsed = eventSchema.safeParse(event);
    if (!parsed.success)
      throw new ContractViolation(`this is no deployment event of ECS: ${z.prettifyError(parsed.error)}`);
    const [cluster = '', service = ''] = (parsed.data.resources[0] ?? '').split('/').slice(-2);

    const wait = await aws.waits.of({ cluster, service });
    if (!wait) return { answered: null };
    const rollback = wait.state === 'AwaitRollback';
    const step = rollback ? awaitRollback : awaitDeployment;
    // The event only wakes us: what it says may be old, or about a deployment of somebody else.
    const answer = rollback
      ? await lookAtRollback(awaitRollback.input.parse(wait.input), aws)
      : await lookAtDeployment(awaitDeployment.input.parse(wait.input), aws);
    if (!answer || !(await answerTask(aws, step, wait, answer))) return { answered: null };
    return { answered: wait.execution };
  },
};

export const handler = onEvent(onDeploymentEvent);
