/** What is there before Tidegate: clusters, services and a running version of each, as a team would have made them. */
import { type Config, environmentOf, familyOf, logGroupsOf } from '../core/config.ts';
import { type Member, membersOf } from '../core/members.ts';
import { placeOf } from '../core/place.ts';
import { account, home, region } from './aws-service.ts';
import type { Ecs } from './ecs/ecs.ts';
import { pushVariant } from './images/push-variant.ts';
import type { VariantName } from './images/variants.ts';
import type { World } from './world.ts';

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
  /** The ARN of the target group that an environment's tasks register with; that of its analysis unless given. */
  targetGroupOf?: (service: string, environment: string) => string | undefined;
}

/** Answers the digest of the version that runs first, by service. Call it before `install`, and nothing is released by it. */
export async function createSample({
  world,
  config,
  address,
  fetch,
  desiredCount = 2,
  variant = 'good',
  targetGroupOf = (service, environment) => {
    const { analysis } = environmentOf(config, service, environment).environment;
    return analysis && targetGroupArn(analysis.targetGroup);
  },
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
        const targetGroup = member === leading ? targetGroupOf(name, environment.name) : undefined;
        ecs.createService(serviceRequest({ ...member, taskDefinition, desiredCount, targetGroup }));
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
  targetGroup: string | undefined;
}

function serviceRequest({
  service,
  environment,
  taskDefinition,
  desiredCount,
  targetGroup,
}: ServiceToCreate) {
  const { cluster, service: serviceName } = environment;
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
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    ...(targetGroup && {
      loadBalancers: [{ targetGroupArn: targetGroup, containerName: service.container, containerPort }],
    }),
  };
}

/** From CloudWatch's dimension to the ARN. */
export const targetGroupArn = (dimension: string) =>
  `arn:aws:elasticloadbalancing:${region}:${account}:${dimension}`;
