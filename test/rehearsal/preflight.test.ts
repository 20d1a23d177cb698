/** What is looked at before anything changes, where ECS says it. */
import { expect, test } from 'vitest';
import { strategySchema } from '../../core/strategy.ts';
import { rehearsal } from '../support/rehearsal.ts';

const service = { cluster: 'main', service: 'my-api' };

test('a service of another strategy than the configured one is not deployed', async () => {
  const world = await rehearsal();
  world.reconfigure({ rollout: strategySchema.parse({ strategy: 'CANARY' }) });

  const { outcome, reason } = await world.push('good', 'v1.0.0');

  expect({ outcome, reason }).toEqual({
    outcome: 'Rejected',
    reason: expect.stringMatching(/strategy is ROLLING, not CANARY.*; .*no lifecycle hook of Tidegate/),
  });
  expect(world.count('UpdateService')).toBe(0);
});

test("somebody's deployment that goes back is waited for, and the release builds on what it leads to", async () => {
  const world = await rehearsal();
  const taskDefinition = await revisionByHand(world);
  await world.ask('ECS', 'UpdateService', { ...service, taskDefinition });
  await world.clock.advance(5000);
  await world.pushOnly('good', 'v1.0.0');
  const { serviceDeployments } = await world.ask('ECS', 'ListServiceDeployments', {
    ...service,
    status: ['IN_PROGRESS'],
  });
  await world.ask('ECS', 'StopServiceDeployment', {
    serviceDeploymentArn: serviceDeployments[0].serviceDeploymentArn,
  });
  await world.ended();

  const [release] = await world.releases();
  expect(release?.outcome).toBe('Deployed');
  expect(JSON.stringify(release?.history)).toContain('ECS is still taking a deployment back');
  expect(release?.record.steps.PlanDeployment).toMatchObject({
    runningTaskDefinitionArn: expect.stringMatching(/my-api:1$/),
  });
});

/** The running one with another setting. */
async function revisionByHand(world: Awaited<ReturnType<typeof rehearsal>>): Promise<string> {
  const { taskDefinition } = await world.ask('ECS', 'DescribeTaskDefinition', { taskDefinition: 'my-api' });
  const {
    family,
    containerDefinitions,
    networkMode,
    cpu,
    memory,
    requiresCompatibilities,
    executionRoleArn,
  } = taskDefinition;
  const registered = await world.ask('ECS', 'RegisterTaskDefinition', {
    ...{ family, networkMode, cpu, memory, requiresCompatibilities, executionRoleArn },
    containerDefinitions: containerDefinitions.map((one: object) => ({
      ...one,
      environment: [{ name: 'SET_BY', value: 'hand' }],
    })),
  });
  return registered.taskDefinition.taskDefinitionArn;
}
