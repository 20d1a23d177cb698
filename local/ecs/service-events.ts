/** The messages in DescribeServices' `events`, in AWS's words. */

import type { FailureCause, ServiceRecord } from './model.ts';
import { lastPart } from './names.ts';
import type { World } from './world.ts';

/** `text` follows `(service <name>) `. The newest 100 stay. */
export function tellService({ clock, ids }: World, service: ServiceRecord, text: string) {
  const event = {
    id: ids.uuid(),
    createdAt: new Date(clock.now()),
    message: `(service ${service.name}) ${text}`,
  };
  service.events = [event, ...service.events].slice(0, 100);
}

const moreInformation =
  'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

export const messages = {
  started: (taskArns: string[]) => `has started ${taskArns.length} tasks: ${list(taskArns)}.`,
  stopped: (taskArns: string[]) => `has stopped ${taskArns.length} running tasks: ${list(taskArns)}.`,
  draining: (taskArns: string[]) => `has begun draining connections on ${taskArns.length} tasks.`,
  registered: (targetGroupArn: string) => `registered 1 targets in (target-group ${targetGroupArn})`,
  unhealthy: (taskArn: string, why: string) => `(task ${lastPart(taskArn)}) ${why}.`,
  completed: (deploymentId: string) => `(deployment ${deploymentId}) deployment completed.`,
  failed: (deploymentId: string, cause: FailureCause) =>
    `(deployment ${deploymentId}) deployment failed: ${cause === 'alarm' ? 'alarm detected' : 'tasks failed to start'}.`,
  failedBecause: (deploymentId: string, why: string) =>
    `(deployment ${deploymentId}) deployment failed: ${why}`,
  rollingBack: (deploymentId: string) => `rolling back to deployment ${deploymentId}.`,
  steady: 'has reached a steady state.',
  unplaced: (why: string) => `was unable to place a task. Reason: ${why}. ${moreInformation}`,
  impaired: `is unable to consistently start tasks successfully. ${moreInformation}`,
  stalled:
    'was unable to stop or start tasks during a deployment because of the service deployment configuration. ' +
    'Update the minimumHealthyPercent or maximumPercent value and try again.',
};

const list = (taskArns: string[]) => taskArns.map((arn) => `(task ${lastPart(arn)})`).join(' ');
