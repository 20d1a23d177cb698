/** What ECS shows of a deployment that a release asked for, for tests of what is read from it. */
import type { SeenDeployment } from '../../core/rollout.ts';

export const ours = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/my-api:8';
export const wayBack = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/my-api:7';
export const question = {
  taskDefinitionArn: ours,
  startedAt: 1_000_000,
  timeoutSeconds: 600,
  crashes: { count: 0, desiredCount: 2 },
  newer: undefined,
};

export function deployment(of: Partial<SeenDeployment> = {}): SeenDeployment {
  return {
    arn: 'deployment-ours',
    status: 'IN_PROGRESS',
    statusReason: undefined,
    taskDefinitionArn: ours,
    createdAt: 1_000_500,
    breaker: undefined,
    ...of,
  };
}
export const somebodyElses = deployment({
  arn: 'deployment-other',
  taskDefinitionArn: `${wayBack}9`,
  createdAt: 1_002_000,
});
