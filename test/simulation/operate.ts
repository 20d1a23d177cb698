/** Does what operators do, past Tidegate. What AWS refuses them, they leave. */
import { stateMachineArn } from '../../local/world.ts';
import type { VirtualWorld } from '../support/virtual-world.ts';
import { serviceOf, workerOf } from './config.ts';
import type { OperatorPlan, Plan } from './plan.ts';

export async function operate(
  { ask, config, first, world }: VirtualWorld,
  action: OperatorPlan,
  { alongside }: Pick<Plan, 'alongside'>,
  say: (what: string) => void,
): Promise<void> {
  const { does } = action;
  const name = serviceOf(config, action);
  const [environment] = config.services[name]?.environments ?? [];
  const { cluster = '', service: leading = '' } = environment ?? {};
  const service = alongside === 'a worker that operators mean' ? workerOf(leading) : leading;
  const { ecs } = world.at(environment ?? {});
  const inEcs = (operation: string, input: object) => ask('ECS', operation, input, ecs);
  const update = (change: object) => inEcs('UpdateService', { cluster, service, ...change });
  const register = async () => {
    const { taskDefinition } = await inEcs('DescribeTaskDefinition', { taskDefinition: service });
    const { family, networkMode, cpu, memory, requiresCompatibilities, executionRoleArn } = taskDefinition;
    const [container] = taskDefinition.containerDefinitions;
    const edited = [...container.environment, { name: 'EDITED', value: 'yes' }];
    return inEcs('RegisterTaskDefinition', {
      ...{ family, networkMode, cpu, memory, requiresCompatibilities, executionRoleArn },
      containerDefinitions: [{ ...container, environment: edited }],
    });
  };
  const actions: Record<OperatorPlan['does'], () => Promise<unknown>> = {
    async 'stops the newest execution'() {
      const { executions } = await ask('SFN', 'ListExecutions', { stateMachineArn, statusFilter: 'RUNNING' });
      const [newest] = executions as { executionArn: string }[];
      if (newest) await ask('SFN', 'StopExecution', { executionArn: newest.executionArn });
    },
    'deploys the first revision by hand': () =>
      update({ taskDefinition: `${service}:1`, forceNewDeployment: true }),
    'scales to zero': () => update({ desiredCount: 0 }),
    'deletes the image that ran first': async () =>
      world.ecr.service.operations.BatchDeleteImage?.({
        repositoryName: name,
        imageIds: [{ imageDigest: first[name] }],
      }),
    'registers another revision': register,
    async 'deploys a hot fix'() {
      const { taskDefinition } = await register();
      await update({ taskDefinition: taskDefinition.taskDefinitionArn });
    },
  };
  say(`an operator ${does} of ${name}`);
  await actions[does]().catch((error: Error) => say(`  refused: ${error.message}`));
}
