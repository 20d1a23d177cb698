/** What makes an ECS service bring new versions in as the configuration says, and what a load balancer lacks for it. */

import { asksAtPauses, asksHook } from './access/lifecycle-hook.ts';
import type { Environment } from './config.ts';
import { isPause } from './pause-hook.ts';
import { type EcsRollout, hookStage, isTidegates } from './preflight.ts';
import { asEcs, differences } from './strategy.ts';

export interface EcsHook {
  /** Absent for one that pauses: what else it has, ECS does not tell. */
  hookTargetArn?: string | undefined;
  targetType?: string | undefined;
  timeoutConfiguration?: { timeoutInMinutes: number; action: string };
  roleArn?: string | undefined;
  lifecycleStages?: string[] | undefined;
}

/** `deploymentConfiguration` of a service: what is not named here is kept. */
export interface SeenConfiguration extends EcsRollout {
  lifecycleHooks?: EcsHook[] | undefined;
  alarms?: { alarmNames: string[] | undefined } | undefined;
}

export interface SeenBalancer {
  targetGroupArn?: string | undefined;
  advancedConfiguration?:
    | {
        alternateTargetGroupArn?: string | undefined;
        productionListenerRule?: string | undefined;
        testListenerRule?: string | undefined;
        roleArn?: string | undefined;
      }
    | undefined;
}

export interface StrategyChange {
  /** Each in words. Empty: nothing is to do. */
  differences: string[];
  /** What somebody else has to do before, each a sentence. */
  lacks: string[];
  /** The whole of what the service gets. */
  deploymentConfiguration: SeenConfiguration;
}

type Wanted = Pick<Environment, 'rollout' | 'smoke' | 'approval'>;

/** ECS lets no hook pause for longer. */
const longestPause = 20_160;

/** Pauses once the new version can be tried, and no user reaches it. ECS's own timeout comes an hour after people's. */
export const pauseHookFor = ({ approval }: Pick<Environment, 'approval'>): EcsHook => ({
  ...{ targetType: 'PAUSE', lifecycleStages: [hookStage] },
  timeoutConfiguration: {
    timeoutInMinutes: Math.min(longestPause, Math.ceil((approval?.timeout ?? 86_400) / 60) + 60),
    action: 'ROLLBACK',
  },
});

/** `hook`: Tidegate's own, for the case that it is wanted. */
export function strategyChange(
  wanted: Wanted,
  seen: SeenConfiguration,
  balancers: readonly SeenBalancer[],
  hook: EcsHook,
): StrategyChange {
  const { lifecycleHooks = [] } = seen;
  const has = lifecycleHooks.some(isTidegates);
  const wants = asksHook(wanted);
  const otherHooks = lifecycleHooks.filter((one) => !isTidegates(one));
  const rolling = wanted.rollout.strategy === 'ROLLING';
  // ECS knows hooks of others with ROLLING, too: whether they are meant for it is theirs to say.
  const wantsPause = asksAtPauses(wanted) && !lifecycleHooks.some(isPause);
  const hooks = [
    ...otherHooks,
    ...(wants ? [lifecycleHooks.find(isTidegates) ?? hook] : []),
    ...(wantsPause ? [pauseHookFor(wanted)] : []),
  ];
  const told = [
    ...differences(wanted.rollout, seen),
    ...(wants && !has ? [`Tidegate's lifecycle hook at ${hookStage} is missing`] : []),
    ...(wantsPause ? [`a hook that pauses at ${hookStage} is missing, and people are asked there`] : []),
    ...(has && !wants ? [`Tidegate's lifecycle hook at ${hookStage} has nothing to test`] : []),
  ];
  return {
    differences: told,
    lacks:
      told.length === 0
        ? []
        : [...(rolling ? [] : lackingIn(wanted, balancers)), ...lackingHooks(otherHooks)],
    deploymentConfiguration: { ...kept(seen, rolling), ...asEcs(wanted.rollout), lifecycleHooks: hooks },
  };
}

/** Sent again as it is: UpdateService's reference does not say whether what is left out stays. */
function kept(seen: SeenConfiguration, rolling: boolean): SeenConfiguration {
  const { canaryConfiguration: _, linearConfiguration: __, bakeTimeInMinutes: ___, ...others } = seen;
  const { deploymentCircuitBreaker, earlySuccessCriteria, ...common } = others;
  // Of rolling updates only.
  return {
    ...common,
    ...(rolling && deploymentCircuitBreaker && { deploymentCircuitBreaker }),
    ...(rolling && earlySuccessCriteria && { earlySuccessCriteria }),
  };
}

/** Of what belongs to the load balancer, and so to whoever made it. */
function lackingIn({ smoke }: Wanted, balancers: readonly SeenBalancer[]): string[] {
  if (balancers.length === 0)
    return smoke
      ? [
          'the service has no load balancer, so no test listener leads to a new version: take smoke out, or put one before it',
        ]
      : [];
  return balancers.flatMap(({ targetGroupArn = '', advancedConfiguration = {} }) => {
    const { alternateTargetGroupArn, productionListenerRule, testListenerRule, roleArn } =
      advancedConfiguration;
    const missing: [unknown, string][] = [
      [alternateTargetGroupArn, 'alternateTargetGroupArn: a second target group of the same kind'],
      [
        productionListenerRule,
        "productionListenerRule: the rule of the listener that users' requests come by",
      ],
      [roleArn, 'roleArn: a role with AmazonECSInfrastructureRolePolicyForLoadBalancers'],
      [testListenerRule ?? !smoke, 'testListenerRule: a rule of the listener that smoke.testListener names'],
    ];
    const name = targetGroupArn.slice(targetGroupArn.indexOf('targetgroup/'));
    return missing.flatMap(([there, what]) =>
      there ? [] : [`advancedConfiguration of ${name} has no ${what}`],
    );
  });
}

const lackingHooks = (others: readonly EcsHook[]): string[] =>
  others.some(isPause)
    ? [
        'the service has a hook that pauses, and ECS does not tell all of it: change the service where that hook was made',
      ]
    : [];
