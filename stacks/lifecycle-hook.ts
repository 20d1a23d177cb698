/** The function that ECS asks before users get a new version, and the role by which it does. */
import { hookFunction, hookRoles } from '../core/access/lifecycle-hook.ts';
import type { Statement } from '../core/access/statement.ts';
import { policyDocument } from '../core/access/statement.ts';
import type { Config } from '../core/config.ts';
import { lambdaFunction } from './functions.ts';
import type { Names } from './names.ts';
import type { Platform } from './platform.ts';

/** Answers what a service's lifecycle hook is to name; undefined where no service has one. */
export function lifecycleHook(
  platform: Platform,
  names: Names,
  config: Config,
  access: Statement[] | undefined,
) {
  const { aws } = platform;
  const roles = hookRoles(config, names);
  if (roles.length === 0) return undefined;
  const asked = lambdaFunction(platform, names, { name: hookFunction, folder: 'events', access });
  // Roles of other accounts need the function's leave too.
  for (const { account } of roles.filter((role) => role.account !== names.account))
    new aws.lambda.Permission(`LifecycleHookPermission${account}`, {
      ...{ action: 'lambda:InvokeFunction', principal: account, function: asked.name },
    });
  const home = roles.find(({ account }) => account === names.account);
  if (home)
    new aws.iam.Role('LifecycleHookRole', {
      name: home.name,
      assumeRolePolicy: JSON.stringify(home.trust),
      inlinePolicies: [{ name: 'ask', policy: JSON.stringify(policyDocument(home.access)) }],
    });
  return { hookTargetArn: asked.arn, roleArns: roles.map(({ arn }) => arn) };
}
