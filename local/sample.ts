/** What is there before Tidegate: clusters, services and a running version of each, as a team would have made them. */
import { asksAtPauses, asksHook, hookArnOf, hookRoleName } from '../core/access/lifecycle-hook.ts';
import { type Config, type Environment, environmentOf, familyOf, logGroupsOf } from '../core/config.ts';
import { type Member, membersOf } from '../core/members.ts';
import { placeOf } from '../core/place.ts';
import { asEcs } from '../core/strategy.ts';
import { pauseHookFor } from '../core/strategy-change.ts';
import { account, home, region } from './aws-service.ts';
import type { Ecs } from './ecs/ecs.ts';
import { pushVariant } from './images/push-variant.ts';
import type { VariantName } from './images/variants.ts';
import { targetGroupName } from './load-balancer/names.ts';
import { advancedConfiguration, balancerNameOf, isShiftable } from './sample-balancer.ts';
import { installation, type World } from './world.ts';

/** The port that the sample service listens on. */
export const containerPort = 8080;

export interface Sample {
  world: World;
  config: Config;
  /** Where the registry is reached. */
  address: string;
  fetch: typeof globalThis.fetch;
  desiredCount?: number;
  /** What runs first: a version that works unless given. */
  variant?: VariantName;
  /** The name of the load balancer in front of an environment; that of its analysis unless given. */
  balancerOf?: (service: string, environment: string) => string | undefined;
}

/** Answers the digest of the version that runs first, by service. Call it before `install`, and nothing is released by it. */
export async function createSample({
  world,
  config,
  address,
  fetch,
  desiredCount = 2,
  variant = 'good',
  balancerOf = (service, environment) =>
    balancerNameOf(service, environmentOf(config, service, environment).environment),
}: Sample): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  const repositories = new Set<string>();
  for (const [name, service] of Object.entries(config.services)) {
    if (!repositories.has(service.repository)) world.ecr.createRepository(service.repository);
    repositories.add(service.repository);
    const { digest } = await pushVariant({
      address,
      service: name,
      repository: service.repository,
      variant,
      tag: 'v0.9.0',
      report: 'none',
      log: () => {},
      clock: world.clock,
      fetch,
    });
    digests[name] = digest;
    for (const environment of service.environments) {
      const { ecs } = world.at(environment);
      // May be repeated.
      ecs.createCluster(environment.cluster);
      const [leading, ...others] = membersOf(service, environment);
      for (const member of [leading, ...others]) {
        const taskDefinition = await registerTaskDefinition(ecs, member, digest);
        // What runs alongside, such as a worker, is asked by nobody.
        const balancer = member === leading ? balancerOf(name, environment.name) : undefined;
        ecs.createService(serviceRequest({ ...member, taskDefinition, desiredCount, balancer }));
        await takeStrategy(ecs, member.environment);
      }
    }
  }
  return digests;
}

async function registerTaskDefinition(
  ecs: Ecs,
  { service, environment }: Member,
  digest: string,
): Promise<string> {
  const there = placeOf(environment, home);
  const register = ecs.service.operations.RegisterTaskDefinition;
  const answer = await register?.({
    family: familyOf(environment),
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: `arn:aws:iam::${there.account}:role/${environment.roles[0] ?? 'ecsTaskExecutionRole'}`,
    tags: [{ key: 'team', value: 'sample' }],
    containerDefinitions: [
      {
        name: service.container,
        image: `${account}.dkr.ecr.${region}.amazonaws.com/${service.repository}@${digest}`,
        essential: true,
        portMappings: [{ containerPort, protocol: 'tcp' }],
        environment: [{ name: 'ENVIRONMENT', value: environment.name }],
        stopTimeout: 5,
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': logGroupsOf(environment)[0] ?? '/ecs',
            'awslogs-region': there.region,
            'awslogs-stream-prefix': 'ecs',
          },
        },
      },
    ],
  });
  return (answer as { taskDefinition: { taskDefinitionArn: string } }).taskDefinition.taskDefinitionArn;
}

interface ServiceToCreate extends Member {
  taskDefinition: string;
  desiredCount: number;
  balancer: string | undefined;
}

function serviceRequest({ service, environment, taskDefinition, desiredCount, balancer }: ServiceToCreate) {
  const { cluster, service: serviceName } = environment;
  const shifts = isShiftable(environment);
  return {
    cluster,
    serviceName,
    taskDefinition,
    desiredCount,
    launchType: 'FARGATE' as const,
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d4e5f60718'] } },
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      // Without a wait and without hooks the first time: it is to be there, not to be released.
      ...(shifts
        ? { strategy: 'BLUE_GREEN' as const, bakeTimeInMinutes: 0 }
        : { deploymentCircuitBreaker: { enable: true, rollback: true } }),
    },
    ...(balancer && {
      loadBalancers: [
        {
          targetGroupArn: targetGroupName(balancer).arn,
          containerName: service.container,
          containerPort,
          ...(shifts && { advancedConfiguration: advancedConfiguration(balancer) }),
        },
      ],
    }),
  };
}

/** From its second deployment on, the service is as its environment's `rollout` says. */
async function takeStrategy(ecs: Ecs, environment: Environment): Promise<void> {
  if (!isShiftable(environment)) return;
  const { cluster, service, rollout } = environment;
  const { account: there } = placeOf(environment, home);
  const hook = {
    hookTargetArn: hookArnOf(installation),
    roleArn: `arn:aws:iam::${there}:role/${hookRoleName(installation)}`,
    lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT' as const],
  };
  const deploymentConfiguration = {
    ...asEcs(rollout),
    lifecycleHooks: [
      ...(asksHook(environment) ? [hook] : []),
      ...(asksAtPauses(environment) ? [pauseHookFor(environment)] : []),
    ],
  };
  await ecs.service.operations.UpdateService?.({ cluster, service, deploymentConfiguration });
}
