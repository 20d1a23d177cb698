/** Asks for the right to change the service: at once when it is free, else when it becomes free. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import type { Aws } from '../../aws/gateways.ts';
import { logs } from '../../aws/logs.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { waits } from '../../aws/waits.ts';
import { environmentOf } from '../../core/config.ts';
import { releaseSchema, type Target } from '../../core/release.ts';
import { slotAnswerSchema } from '../../core/slot.ts';
import { answerSlot } from '../answer-slot.ts';
import { lambda } from '../lambda.ts';
import { leaveSlot } from '../leave-slot.ts';
import { defineStep } from '../step.ts';
import { wakeDeployment } from '../wake-deployment.ts';

export const acquireSlot = defineStep({
  name: 'AcquireSlot',
  uses: { ecs, logs, records, slots, states, waits },
  input: z.strictObject({ release: releaseSchema }),
  output: slotAnswerSchema,
  errors: ['Transient', 'Throttled'],
  waits: true,
  run: async ({ release }, aws, { arn, taskToken }) => {
    const { target, pushedAt, tag, digest, rollback } = release;
    const { queue } = environmentOf(aws.config, release.service, release.environment).environment;
    // Nobody is rejected because of a release that is over.
    if (queue === 'reject') await freeFromTheDead(target, aws);
    // The answers may be for others, too; ours is one of them when there is nothing to wait for.
    const asking = { execution: arn, pushedAt, tag, digest, taskToken, ...(rollback && { rollback }) };
    const answers = await aws.slots.ask(target, asking, queue);
    await answerSlot(aws, answers);
    const ours = answers.find(({ execution }) => execution === arn);
    if (ours?.answer.status === 'granted') return undefined;
    // People are told of a wait, and not of a turn that comes at once.
    if (!ours) await aws.records.queue(arn, aws.now());
    // A newer release takes the place of one that ECS is still rolling out.
    await wakeDeployment(aws, target);
    await freeFromTheDead(target, aws);
    return undefined;
  },
});

/** An execution that was stopped leaves the slot by an event, and Step Functions may lose that. */
async function freeFromTheDead(
  target: Target,
  aws: Pick<Aws, 'now' | 'records' | 'slots' | 'states'>,
): Promise<void> {
  const { holder } = await aws.slots.look(target);
  if (!holder) return;
  const seen = await aws.states.look(holder.execution.slice(holder.execution.lastIndexOf(':') + 1));
  if (seen?.status === 'RUNNING') return;
  await leaveSlot(aws, target, await aws.records.of(holder.execution));
}

export const handler = lambda(acquireSlot);
