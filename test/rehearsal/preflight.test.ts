/** What is looked at before anything changes, where ECS says it. */
import { expect, test } from 'vitest';
import { strategySchema } from '../../core/strategy.ts';
import { registerByHand, service } from '../support/by-hand.ts';
import { rehearsal } from '../support/rehearsal.ts';

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
  const taskDefinition = await registerByHand(world, (containers) =>
    containers.map((one) => ({ ...one, environment: [{ name: 'SET_BY', value: 'hand' }] })),
  );
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
