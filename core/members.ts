/** The ECS services of an environment: the one that leads, and those of the same image that move with it. */
import * as z from 'zod';
import type { Environment, Service } from './config.ts';
import { strategySchema } from './strategy.ts';

export const ecsName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,255}$/, { error: 'the name (not the ARN) of an ECS cluster or service' });
const roleName = z.string().regex(/^[\w+=,.@/-]{1,512}$/, {
  error: 'the name of an IAM role (with its path, if it has one), not its ARN',
});
const logGroup = z.string().regex(/^[\w./#-]{1,512}$/, { error: 'the name of a log group' });

/** What an ECS service says of itself, whichever of an environment's it is. */
export const memberShape = {
  /** The ECS service. */
  service: ecsName,
  /** The family of its task definition; the ECS service's name unless given. */
  family: ecsName.optional(),
  /** The CloudWatch log groups of its containers, for the last lines of tasks that failed; `/ecs/` and the family unless given. */
  logGroups: z.array(logGroup).optional(),
  /** How ECS brings the new version in. A release does not change it: `tidegate strategy` does. */
  rollout: strategySchema.default({ strategy: 'ROLLING' }),
};
export const rolesSchema = z.array(roleName);

/** DescribeServices takes ten, and the payload of a release has room for no more. */
const mostAlongside = 9;

export const alongsideSchema = z
  .array(
    z.strictObject({
      ...memberShape,
      /** The container that gets the image, where it is called otherwise here. */
      container: z.string().min(1).optional(),
      /** Names of the roles that its task definition gives to its tasks; those of the environment unless given. */
      roles: rolesSchema.optional(),
    }),
  )
  .max(mostAlongside, {
    error: `names more than ${mostAlongside}: make environments of services of their own`,
  })
  .default([]);

/** An ECS service of an environment, as if it were the environment's only one. */
export interface Member {
  service: Service;
  environment: Environment;
}

/** The leading one is the first. Metrics and the release task are its alone; smoke tests too, but others may have to wait for them. */
export function membersOf(service: Service, environment: Environment): [Member, ...Member[]] {
  const itsAlone = { family: undefined, logGroups: undefined, analysis: undefined, releaseTask: undefined };
  // Where they come before users do, no other one has users before them either.
  const smoke = environment.rollout.strategy === 'ROLLING' ? undefined : environment.smoke;
  const shared = { ...environment, ...itsAlone, smoke, alongside: [] };
  return [
    { service, environment },
    ...environment.alongside.map(({ container = service.container, roles = environment.roles, ...own }) => ({
      service: { ...service, container },
      environment: { ...shared, ...own, roles },
    })),
  ];
}
