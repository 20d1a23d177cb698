/** What each ECS service of an environment is set to, against its `rollout`; and the one call that makes it so. */
import { ecs } from '../../aws/ecs.ts';
import { type Opened, openAws } from '../../aws/open.ts';
import { slots } from '../../aws/slots.ts';
import { hookArnOf, hookRoleName } from '../../core/access/lifecycle-hook.ts';
import { membersOf } from '../../core/members.ts';
import { named } from '../../core/named.ts';
import { placeOf } from '../../core/place.ts';
import { type Target, targetOf } from '../../core/release.ts';
import { called } from '../../core/slot.ts';
import { type SeenConfiguration, type StrategyChange, strategyChange } from '../../core/strategy-change.ts';
import type { Installation } from '../installation.ts';

export interface ServiceStrategy extends StrategyChange {
  target: Target;
  /** Of the configuration. */
  strategy: string;
  /** What has to end first, a sentence. */
  busy: string | undefined;
}

const uses = { ecs, slots };
type Aws = Opened<typeof uses>;

export interface Strategies {
  services: ServiceStrategy[];
  /** One UpdateService for each that differs. Rejects before the first where anything stands against one of them. */
  apply(): Promise<void>;
}

export async function strategies(
  { service: name, environment: wanted }: { service: string; environment: string },
  { surroundings, names }: Pick<Installation, 'surroundings' | 'names'>,
): Promise<Strategies> {
  const aws = openAws(surroundings, uses);
  const { service, environment } = named(aws.config, name, wanted);
  const slot = await aws.slots.look(targetOf(service, environment));
  const services = await Promise.all(
    membersOf(service, environment).map(async (member): Promise<ServiceStrategy> => {
      const target = targetOf(member.service, member.environment);
      const { deploymentConfiguration = {}, loadBalancers = [] } = await aws.ecs(target).service(target);
      const { account } = placeOf(target, aws.home);
      const hook = {
        hookTargetArn: hookArnOf({ ...names, table: '', stateMachine: '', secretParameters: {} }),
        roleArn: `arn:${names.partition}:iam::${account}:role/${hookRoleName(names)}`,
        lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
      };
      const seen = deploymentConfiguration as SeenConfiguration;
      return {
        ...{ target, strategy: member.environment.rollout.strategy },
        ...strategyChange(member.environment, seen, loadBalancers, hook),
        busy: slot.holder
          ? `${called(slot.holder)} is being deployed: wait until it has ended`
          : await underWay(target, aws),
      };
    }),
  );
  return { services, apply: () => apply(services, aws) };
}

async function underWay(target: Target, aws: Aws): Promise<string | undefined> {
  const found = await aws.ecs(target).underWay(target);
  return found && `a deployment is under way (${found.arn}): wait until it has ended`;
}

/** What keeps a change from being made: all of it, each with its service. */
export const against = (services: readonly ServiceStrategy[]): string[] =>
  services.flatMap(({ target, differences, lacks, busy }) =>
    differences.length === 0
      ? []
      : [...lacks, ...(busy ? [busy] : [])].map((what) => `${target.service}: ${what}`),
  );

async function apply(services: readonly ServiceStrategy[], aws: Aws): Promise<void> {
  const obstacles = against(services);
  if (obstacles.length > 0) throw new Error(obstacles.join('; '));
  for (const { target, differences, deploymentConfiguration } of services) {
    if (differences.length === 0) continue;
    const whole = deploymentConfiguration as Parameters<ReturnType<Aws['ecs']>['configure']>[1];
    await aws.ecs(target).configure(target, whole);
  }
}
