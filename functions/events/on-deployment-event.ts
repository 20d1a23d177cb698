/** ECS says that a deployment changed, its hook did, or a task stopped: looks whether the release that waits for the service may go on. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { serviceOfArn } from '../../aws/ecs-service.ts';
import { logs } from '../../aws/logs.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { waits } from '../../aws/waits.ts';
import { ContractViolation } from '../../core/errors.ts';
import { defineEventHandler, onEvent } from '../event.ts';
import { wakeDeployment } from '../wake-deployment.ts';

const serviceArn = z.string().regex(/:service\/[^/]+\/[^/]+$/, { error: 'the ARN of an ECS service' });
const deploymentSchema = z.looseObject({
  'detail-type': z.literal('ECS Deployment State Change'),
  // The service is nowhere else in this event: arn:aws:ecs:<region>:<account>:service/<cluster>/<service>.
  resources: z.tuple([serviceArn]),
});
const hookSchema = z.looseObject({
  'detail-type': z.literal('ECS Hook State Change'),
  detail: z.looseObject({ serviceArn }),
});
const taskSchema = z.looseObject({
  // Where it happened, also where it was forwarded from there.
  ...{ account: z.string(), region: z.string() },
  'detail-type': z.literal('ECS Task State Change'),
  detail: z.looseObject({ clusterArn: z.string(), group: z.string().startsWith('service:') }),
});
const eventSchema = z.union([
  deploymentSchema.transform(({ resources: [arn] }) => serviceOfArn(arn)),
  hookSchema.transform(({ detail }) => serviceOfArn(detail.serviceArn)),
  taskSchema.transform(({ account, region, detail: { clusterArn, group } }) => ({
    ...{ account, region },
    cluster: clusterArn.slice(clusterArn.lastIndexOf('/') + 1),
    service: group.slice('service:'.length),
  })),
]);

export const onDeploymentEvent = defineEventHandler({
  name: 'on-deployment-event',
  uses: { ecs, logs, records, slots, states, waits },
  run: async (event, aws): Promise<{ answered: string | null }> => {
    const service = eventSchema.safeParse(event);
    if (!service.success) {
      throw new ContractViolation(`this is no event of an ECS service: ${z.prettifyError(service.error)}`);
    }
    // The event only wakes us: what it says may be old, or about a deployment of somebody else.
    return { answered: await wakeDeployment(aws, service.data) };
  },
});

export const handler = onEvent(onDeploymentEvent);
