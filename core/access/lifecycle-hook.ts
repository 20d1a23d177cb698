/** ECS asks one of Tidegate's functions before users get a new version: which services have it asked, and who may. */
import type { Config, Environment } from '../config.ts';
import { functionNameOf } from '../functions.ts';
import { placeOf } from '../place.ts';
import type { RoleElsewhere } from './elsewhere.ts';
import type { Installation } from './installation.ts';

export const hookFunction = 'on-lifecycle-hook';

/** Where the new version can be asked before users are, its smoke tests have the say. */
export const asksHook = ({ rollout, smoke }: Pick<Environment, 'rollout' | 'smoke'>): boolean =>
  rollout.strategy !== 'ROLLING' && smoke !== undefined;

/** Where people are asked when ECS pauses, the service has a hook that does. */
export const asksAtPauses = ({ rollout, approval }: Pick<Environment, 'rollout' | 'approval'>): boolean =>
  rollout.strategy !== 'ROLLING' && approval?.at === 'pause';

export const hookArnOf = (installation: Installation): string => {
  const { partition, account, region } = installation;
  return `arn:${partition}:lambda:${region}:${account}:function:${functionNameOf(installation, hookFunction)}`;
};

/** ECS takes on a role of the service's account to call the function. */
export const hookRoleName = ({ prefix }: Pick<Installation, 'prefix'>): string => `${prefix}-ecs-hook`;

/** One for each account that has such services. */
export function hookRoles({ services }: Config, installation: Installation): RoleElsewhere[] {
  const { partition } = installation;
  const accounts = Object.values(services).flatMap(({ environments }) =>
    environments.filter(asksHook).map((environment) => placeOf(environment, installation).account),
  );
  const name = hookRoleName(installation);
  return [...new Set(accounts)].sort().map((account) => ({
    ...{ arn: `arn:${partition}:iam::${account}:role/${name}`, account, name, path: '/' },
    // As AWS's guide has it, without conditions: whether ECS would meet one of the source account it does not say.
    trust: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    access: [{ actions: ['lambda:InvokeFunction'], resources: [hookArnOf(installation)] }],
  }));
}
