/** ECS on virtual time with a service whose traffic is shifted: two target groups, two rules, and Lambda functions that are a script. */

import type { DeploymentConfiguration, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { ListenerRule } from '../../local/load-balancer/target-group.ts';
import type { TaskScript } from './ecs-engine.ts';
import { targetGroupArn as blueGroup, modelledTargetGroup, type TargetScript } from './ecs-target-group.ts';
import { ecsWorld } from './ecs-world.ts';

export { blueGroup };

const elb = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
export const greenGroup = `${elb}:targetgroup/api-2/fedcba9876543210`;
export const productionRule = `${elb}:listener-rule/app/api/0123456789abcdef/1111111111111111/2222222222222222`;
export const testRule = `${elb}:listener-rule/app/api/0123456789abcdef/3333333333333333/4444444444444444`;
export const hookArn = 'arn:aws:lambda:eu-west-1:123456789012:function:may-it-go-on';

export const loadBalancers = [
  {
    targetGroupArn: blueGroup,
    containerName: 'api',
    containerPort: 8080,
    advancedConfiguration: {
      alternateTargetGroupArn: greenGroup,
      productionListenerRule: productionRule,
      testListenerRule: testRule,
      roleArn: 'arn:aws:iam::123456789012:role/ecs-load-balancers',
    },
  },
];

export const blueGreen = (more: DeploymentConfiguration = {}): DeploymentConfiguration => ({
  strategy: 'BLUE_GREEN',
  bakeTimeInMinutes: 10,
  ...more,
});

export const lambdaHook = (stage: string, more: object = {}) => ({
  hookTargetArn: hookArn,
  roleArn: 'arn:aws:iam::123456789012:role/ecs-hooks',
  lifecycleStages: [stage as 'POST_TEST_TRAFFIC_SHIFT'],
  ...more,
});

export const pauseHook = (stage: string, more: object = {}) => ({
  targetType: 'PAUSE' as const,
  lifecycleStages: [stage as 'POST_TEST_TRAFFIC_SHIFT'],
  ...more,
});

/** What ECS asks a hook. */
export interface Question {
  executionId: string;
  lifecycleStage: string;
  resourceArn: string;
  executionDetails: {
    serviceArn: string;
    targetServiceRevisionArn: string;
    testTrafficWeights: Record<string, number>;
    productionTrafficWeights: Record<string, number>;
  };
  hookDetails?: unknown;
}

interface Settings {
  script?: (task: unknown, place: number) => TaskScript;
  targets?: (place: number) => TargetScript;
  /** Of every function. It is asked with its ARN and the question; throwing is an error of Lambda's own. */
  lambda?: (functionArn: string, question: Question) => unknown;
}

/** Answers before anything is created. */
export function shiftWorld({ lambda, targets, script }: Settings = {}) {
  const rules = new Map([productionRule, testRule].map((arn) => [arn, modelledRule(arn)]));
  const asked: (Question & { at: number })[] = [];
  const world = ecsWorld({
    ...(script && { script }),
    ...(targets && { targets }),
    targetGroups: (arn) => groups.get(arn),
    listenerRules: (arn) => rules.get(arn),
    async invoke(functionArn, payload) {
      const question = structuredClone(payload) as Question;
      asked.push({ ...question, at: world.clock.now() });
      return lambda?.(functionArn, question);
    },
  });
  const groups = new Map([
    [blueGroup, world.targetGroup],
    [greenGroup, modelledTargetGroup(world.clock, 30, targets, greenGroup)],
  ]);
  const share = (rule: string, group: string) => rules.get(rule)?.weights().get(group) ?? 0;

  return Object.assign(world, {
    asked,
    groups,
    /** `blue` and `green` are the two target groups. */
    traffic: () => ({
      blue: share(productionRule, blueGroup),
      green: share(productionRule, greenGroup),
      testBlue: share(testRule, blueGroup),
      testGreen: share(testRule, greenGroup),
    }),
    /** Ids of the targets that are in a target group, without those that are drained. */
    serving: (group: string) =>
      [...(groups.get(group)?.targets ?? [])].filter(([, health]) => health === 'healthy').map(([id]) => id),
    /** Lets time pass until the newest service deployment is in a stage, or has another status than IN_PROGRESS. */
    async at(stage: string, limitSeconds = 90_000): Promise<ServiceDeployment> {
      await world.clock.until(() => {
        const { lifecycleStage, status } = world.deployment();
        return lifecycleStage === stage || (status !== 'IN_PROGRESS' && status !== 'PENDING');
      }, limitSeconds * 1000);
      return world.deployment();
    },
  });
}

/** With the first version running, in the first target group. */
export async function runningShift(configuration: DeploymentConfiguration, settings: Settings = {}) {
  const world = shiftWorld(settings);
  world.register('v1');
  world.create({
    desiredCount: 2,
    loadBalancers,
    deploymentConfiguration: blueGreen({ bakeTimeInMinutes: 0 }),
  });
  await world.ended();
  await world.seconds(60);
  world.update({ deploymentConfiguration: configuration });
  world.events.length = 0;
  world.asked.length = 0;
  return world;
}

function modelledRule(arn: string): ListenerRule {
  let current: ReadonlyMap<string, number> = new Map([[blueGroup, 100]]);
  return {
    arn,
    weights: () => current,
    forward(weights) {
      current = new Map(weights);
    },
  };
}
