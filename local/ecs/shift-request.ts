/**
 * What CreateService and UpdateService refuse of strategies that shift traffic. Texts are those of "Troubleshooting Amazon ECS
 * blue/green deployments" in the ECS guide where it has them.
 */

import type { DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import type { TargetGroup } from '../load-balancer/target-group.ts';
import { invalidParameter } from './errors.ts';
import type { FindRule } from './listener-rules.ts';
import type { RevisionSettings } from './model.ts';
import { type Configuration, shiftsTraffic } from './stages.ts';

export interface PossibleShift {
  targetGroups: (arn: string) => TargetGroup | undefined;
  listenerRules: FindRule;
}

const strategies = ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'];

const pauseStages = [
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];
const lambdaStages = [...pauseStages, 'RECONCILE_SERVICE', 'TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];

export function checkShift(configuration: Configuration): void {
  const { strategy = '', bakeTimeInMinutes, canaryConfiguration, linearConfiguration } = configuration;
  if (!strategies.includes(strategy))
    throw invalidParameter(`Invalid deployment strategy. Valid values are: ${strategies.join(', ')}`);
  whole('bakeTimeInMinutes', bakeTimeInMinutes, 0, 1440);
  percent('canaryPercent', canaryConfiguration?.canaryPercent, 0.1);
  whole('canaryBakeTimeInMinutes', canaryConfiguration?.canaryBakeTimeInMinutes, 0, 1440);
  percent('stepPercent', linearConfiguration?.stepPercent, 3);
  whole('stepBakeTimeInMinutes', linearConfiguration?.stepBakeTimeInMinutes, 0, 1440);
  const hooks = configuration.lifecycleHooks ?? [];
  const pauses = hooks.filter(({ targetType }) => targetType === 'PAUSE').length;
  if (pauses > 10 || hooks.length - pauses > 10)
    throw invalidParameter('At most 10 lifecycle hooks of each target type can be provided.');
  hooks.forEach(checkHook);
}

function checkHook(hook: DeploymentLifecycleHook): void {
  const { targetType = 'AWS_LAMBDA', hookTargetArn, roleArn, lifecycleStages = [] } = hook;
  if (targetType !== 'AWS_LAMBDA' && targetType !== 'PAUSE')
    throw invalidParameter('Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE');
  if (lifecycleStages.length === 0)
    throw invalidParameter('lifecycleStages must be provided for a lifecycle hook.');
  const { timeoutInMinutes, action = 'ROLLBACK' } = hook.timeoutConfiguration ?? {};
  if (action !== 'ROLLBACK' && action !== 'CONTINUE')
    throw invalidParameter('Invalid timeout action. Valid values are: CONTINUE, ROLLBACK');
  whole('timeoutInMinutes', timeoutInMinutes, 1, targetType === 'PAUSE' ? 20_160 : 1440);
  if (targetType === 'PAUSE') {
    if (lifecycleStages.some((stage) => !pauseStages.includes(stage)))
      throw invalidParameter('Invalid lifecycle stage provided for Pause Hook');
    return;
  }
  if (lifecycleStages.some((stage) => !lambdaStages.includes(stage)))
    throw invalidParameter('Invalid lifecycle stage provided for Lambda Hook');
  if (!/^arn:aws[a-z-]*:lambda:/.test(hookTargetArn ?? ''))
    throw invalidParameter('hookTargetArn must be the ARN of a Lambda function.');
  if (!roleArn) throw invalidParameter('roleArn must be provided for a lifecycle hook.');
}

/** Whether the load balancers can shift traffic as the strategy wants it. */
export function checkAdvanced(
  configuration: Configuration,
  { loadBalancers = [] }: RevisionSettings,
  { targetGroups, listenerRules }: PossibleShift,
): void {
  const advanced = loadBalancers.filter(({ advancedConfiguration }) => advancedConfiguration);
  if (shiftsTraffic(configuration) && advanced.length < loadBalancers.length)
    throw invalidParameter(
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    );
  if (advanced.length > 0 && advanced.length < loadBalancers.length)
    throw invalidParameter(
      'Either all or none of the provided loadBalancers must have advancedConfiguration defined',
    );
  for (const { targetGroupArn = '', advancedConfiguration = {} } of advanced) {
    const {
      alternateTargetGroupArn = '',
      productionListenerRule = '',
      testListenerRule,
    } = advancedConfiguration;
    if (!targetGroups(alternateTargetGroupArn))
      throw invalidParameter(`The specified target group does not exist: ${alternateTargetGroupArn}`);
    if (alternateTargetGroupArn === targetGroupArn)
      throw invalidParameter(`Duplicate targetGroupArn found: ${targetGroupArn}`);
    if (!advancedConfiguration.roleArn)
      throw invalidParameter('roleArn must be provided in advancedConfiguration.');
    for (const [name, arn] of Object.entries({ productionListenerRule, testListenerRule })) {
      if (arn === undefined) continue;
      if (!/:listener-rule\/app\//.test(arn))
        throw invalidParameter(
          `${name} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${arn}`,
        );
      if (!listenerRules(arn)) throw invalidParameter(`One or more rules not found: ${arn}`);
    }
    if (testListenerRule === productionListenerRule)
      throw invalidParameter(
        `The following rules cannot be used as both production and test listener rules: ${testListenerRule}`,
      );
  }
}

function whole(name: string, value: number | undefined, low: number, high: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) return;
  throw invalidParameter(`${name} must be between ${low} and ${high}.`);
}

/** In steps of a tenth. */
function percent(name: string, value: number | undefined, low: number): void {
  if (value === undefined) return;
  const tenths = Math.round(value * 10);
  if (value >= low && value <= 100 && Math.abs(value * 10 - tenths) < 1e-6) return;
  throw invalidParameter(`${name} must be a multiple of 0.1 between ${low} and 100.0.`);
}
