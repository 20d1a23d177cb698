/** The exact difference between running and wanted, and whether the way there and the way back are open. */
import * as z from 'zod';
import { ecr } from '../../aws/ecr.ts';
import { ecs } from '../../aws/ecs.ts';
import type { Aws } from '../../aws/gateways.ts';
import { imageFacts } from '../../aws/images.ts';
import { slots } from '../../aws/slots.ts';
import { environmentOf, familyOf } from '../../core/config.ts';
import { ReleaseRejected, Transient } from '../../core/errors.ts';
import { digestOf, ofOneRepository, repositoryOf, shortDigest } from '../../core/image.ts';
import { type Plan, planSchema } from '../../core/plan.ts';
import { obstacles } from '../../core/preflight.ts';
import { type Release, releaseSchema } from '../../core/release.ts';
import { isSettling } from '../../core/rollout.ts';
import { changes, imageOf, registrable, rolesOf, withImage } from '../../core/task-definition.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';

export const planDeployment = defineStep({
  name: 'PlanDeployment',
  uses: { ecr, ecs, slots },
  input: z.strictObject({ release: releaseSchema }),
  output: planSchema,
  errors: ['Transient', 'Throttled', 'ReleaseRejected'],
  run: async ({ release }, aws): Promise<Plan> => {
    const { target, image } = release;
    const ecs = aws.ecs(target);
    const service = await ecs.service(target);
    const { unproved } = await aws.slots.look(target);
    // What a newer release interrupted was never proved: the way back leads to what ran before it.
    const interrupted = unproved !== undefined && unproved.taskDefinitionArn === service.taskDefinition;
    if (unproved && !interrupted && isSettling(unproved.since, aws.now()))
      throw new Transient('ECS may not show yet what the release before was asking it for');
    const base = interrupted ? unproved.wayBack : String(service.taskDefinition);
    const running = await ecs.taskDefinition(base);
    const proved = { runningTaskDefinitionArn: running.arn };
    const runs = imageOf(running.definition, target.container) ?? '';
    if (!interrupted && digestOf(runs) === release.digest)
      return {
        decision: 'skip',
        reason: `${shortDigest(release.digest)} runs already`,
        ...proved,
        changes: [],
      };
    const { architectures } = await imageFacts(aws.ecr, repositoryOf(image), release.digest, release);
    const { deployments = [], deploymentConfiguration: limits } = service;
    const { environment: configured } = environmentOf(aws.config, release.service, release.environment);

    const reasons = obstacles(target.service, {
      status: service.status,
      desiredCount: service.desiredCount ?? 0,
      deploymentController: service.deploymentController?.type ?? 'ECS',
      strategy: limits?.strategy ?? 'ROLLING',
      minimumHealthyPercent: limits?.minimumHealthyPercent ?? 100,
      maximumPercent: limits?.maximumPercent ?? 200,
      deploymentInProgress: interrupted
        ? undefined
        : deployments.find(({ rolloutState }) => rolloutState === 'IN_PROGRESS')?.id,
      previousRevisionStatus: z.string().optional().parse(running.definition.status),
      previousImageExists: await imageExists(aws, release, imageOf(running.definition, target.container)),
      family: { running: running.definition.family, configured: familyOf(configured) },
      unnamedRoles: rolesOf(running.definition).filter((role) => !configured.roles.includes(role)),
      architecture: release.architecture,
      imageArchitectures: architectures,
    });
    if (!imageOf(running.definition, target.container)) {
      const names = running.definition.containerDefinitions.map(({ name }) => name).join(', ');
      reasons.push(`the task definition has no container ${target.container}, only ${names}`);
    }
    if (reasons.length > 0) throw new ReleaseRejected(reasons.join('; '));

    const wanted = withImage(running.definition, target.container, image);
    return {
      decision: 'deploy',
      ...proved,
      ...(interrupted && { unprovedTaskDefinitionArn: unproved.taskDefinitionArn }),
      changes: changes(registrable(running.definition), wanted).slice(0, 50),
    };
  },
});

/** Undefined where the running image is not pinned, or lies in another registry: then nothing is known. */
async function imageExists(
  { ecr }: Pick<Aws, 'ecr'>,
  { image }: Release,
  running: string | undefined,
): Promise<boolean | undefined> {
  const digest = digestOf(running ?? '');
  if (!digest || !ofOneRepository(image, running ?? '')) return undefined;
  return (await ecr.pushedAt(repositoryOf(image), digest)) !== undefined;
}

export const handler = lambda(planDeployment);
