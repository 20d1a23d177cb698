/** A rehearsal of two ECS services of one image: `my-api` leads, and `my-worker` moves with it. */
import type { Call } from '../../local/door/answering.ts';
import { type RehearsalOptions, rehearsal } from './rehearsal.ts';

/** A service `my-api` and its worker. `worker` is what the container of the worker is told over its image. */
export async function withWorker({
  worker = {},
  around = (_call, next) => next(),
  environment,
  alongside = {},
  ...options
}: RehearsalOptions & { worker?: Record<string, string>; alongside?: object } = {}) {
  const world = await rehearsal({
    ...options,
    environment: { ...environment, alongside: [{ service: 'my-worker', ...alongside }] },
    async around(call, next) {
      if (call.operation === 'RegisterTaskDefinition' && familyOf(call) === 'my-worker') {
        const [container] = (call.input as { containerDefinitions: { environment: object[] }[] })
          .containerDefinitions;
        const more = Object.entries(worker).map(([name, value]) => ({ name, value }));
        container?.environment.push(...more);
      }
      return around(call, next);
    },
  });
  return {
    ...world,
    /** The digests that run, of both. */
    both: async () => [await world.running(), await world.running('main', 'my-worker')],
    updates: () =>
      world.calls.flatMap(({ operation, input }) =>
        operation === 'UpdateService' ? [(input as { service: string }).service] : [],
      ),
    /** As a person would, past Tidegate. */
    async deployByHand(service: string, digest?: string): Promise<void> {
      const { taskDefinition } = await world.ask('ECS', 'DescribeTaskDefinition', {
        taskDefinition: `${service}:1`,
      });
      const { containerDefinitions, cpu, memory, networkMode, executionRoleArn } = taskDefinition;
      const [container] = containerDefinitions;
      const image = digest ? container.image.replace(/@.*/, `@${digest}`) : container.image;
      const changed = { ...container, image, environment: [{ name: 'BY_HAND', value: '1' }] };
      const registered = await world.ask('ECS', 'RegisterTaskDefinition', {
        ...{ family: service, cpu, memory, networkMode, executionRoleArn },
        ...{ requiresCompatibilities: ['FARGATE'], containerDefinitions: [changed] },
      });
      const { taskDefinitionArn } = registered.taskDefinition;
      await world.ask('ECS', 'UpdateService', {
        cluster: 'main',
        service,
        taskDefinition: taskDefinitionArn,
      });
    },
    async setTo(service: string): Promise<string> {
      const { services } = await world.ask('ECS', 'DescribeServices', {
        cluster: 'main',
        services: [service],
      });
      return services[0].taskDefinition;
    },
  };
}
export const familyOf = ({ input }: Pick<Call, 'input'>) => (input as { family?: string }).family;

export const twice = (digest: string) => [digest, digest];
