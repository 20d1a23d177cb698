/** What a release would change, and what stands in its way. Looks only: the state machine asks, and so does whoever plans ahead. */

import * as z from 'zod';
import type { Service } from '../aws/ecs.ts';
import type { Aws } from '../aws/gateways.ts';
import { imageFacts } from '../aws/images.ts';
import { asksAtPauses, asksHook } from '../core/access/lifecycle-hook.ts';
import { type Environment, familyOf, memberOf } from '../core/config.ts';
import { Transient } from '../core/errors.ts';
import { type Answer, isGroup, services } from '../core/group.ts';
import { digestOf, ofOneRepository, repositoryOf, shortDigest } from '../core/image.ts';
import type { Plan } from '../core/plan.ts';
import { goesForward, obstacles, type Preflight, waitsFor, warnings } from '../core/preflight.ts';
import type { Release, Target } from '../core/release.ts';
import { isSettling } from '../core/rollout.ts';
import { type Unproved, unprovedOf } from '../core/slot.ts';
import {
  architectureOf,
  changes,
  imageOf,
  registrable,
  rolesOf,
  type TaskDefinition,
  withImage,
} from '../core/task-definition.ts';

export interface DeploymentPlan {
  plan: Plan;
  /** Every reason not to deploy, each a sentence. */
  obstacles: string[];
  /** What a release would wait for first, a sentence. */
  waitsFor: string | undefined;
  /** What was proved last, and what is to follow; the same where there is nothing to do, or no way to it. */
  running: TaskDefinition;
  wanted: TaskDefinition;
}

/** Of each of its ECS services. Throws `ReleaseRejected` where there is nothing to plan with: no service, or no image. */
export async function deploymentPlans(
  release: Release,
  aws: Pick<Aws, 'cloudwatch' | 'config' | 'ecr' | 'ecs' | 'now' | 'slots'>,
): Promise<Answer<DeploymentPlan>[]> {
  const slot = await aws.slots.look(release.target);
  const leading = release.target.service;
  return Promise.all(
    services(release).map(async (part) => {
      const { service } = part.target;
      const unproved = unprovedOf(slot, service, leading);
      const left = unproved && { ...unproved, since: slot.unproved?.since };
      const { obstacles, ...plan } = await deploymentPlan(part, left, aws);
      const { warnings } = plan.plan;
      // Of several, each sentence says whose it is.
      const naming = (sentence: string) => (isGroup(release) ? named(service, sentence) : sentence);
      return {
        target: part.target,
        answer: {
          ...plan,
          obstacles: obstacles.map(naming),
          plan: { ...plan.plan, warnings: warnings.map(naming) },
        },
      };
    }),
  );
}

const named = (service: string, sentence: string): string =>
  sentence.includes(`service ${service} `) ? sentence : `${service}: ${sentence}`;

/** Of one ECS service. `unproved`: what a release before left it with. */
async function deploymentPlan(
  release: Release,
  unproved: (Unproved & { since: number | undefined }) | undefined,
  aws: Pick<Aws, 'cloudwatch' | 'config' | 'ecr' | 'ecs' | 'now'>,
): Promise<DeploymentPlan> {
  const { target, image } = release;
  const ecs = aws.ecs(target);
  const service = await ecs.service(target);
  // What a newer release interrupted was never proved: the way back leads to what ran before it.
  const interrupted = unproved !== undefined && unproved.taskDefinitionArn === service.taskDefinition;
  if (unproved && !interrupted && isSettling(unproved.since, aws.now()))
    throw new Transient('ECS may not show yet what the release before was asking it for');
  const base = interrupted ? unproved.wayBack : String(service.taskDefinition);
  const { arn, definition: running } = await ecs.taskDefinition(base);
  const proved = { runningTaskDefinitionArn: arn };
  const runs = imageOf(running, target.container);
  if (!interrupted && digestOf(runs ?? '') === release.digest) {
    const reason = `${shortDigest(release.digest)} runs already`;
    return {
      ...{ plan: { decision: 'skip', reason, ...proved, changes: [], warnings: [], first: false } },
      ...{ obstacles: [], waitsFor: undefined, running, wanted: running },
    };
  }
  const { architectures } = await imageFacts(aws.ecr, repositoryOf(image), release.digest, release);
  const configured = memberOf(aws.config, release);
  const found = await ecs.underWay(target);
  // What a release left that was stopped is not waited for: this one takes its place.
  const underWay = found && interrupted && goesForward(found.status) ? undefined : found;
  const seen = {
    ...(await preflightOf({ target, configured, service, running, image, found }, aws)),
    ...{ underWay, architecture: release.architecture, imageArchitectures: architectures },
  };
  const reasons = obstacles(target.service, seen);
  if (!runs) {
    const names = running.containerDefinitions.map(({ name }) => name).join(', ');
    reasons.push(`the task definition has no container ${target.container}, only ${names}`);
  }
  const runsOn = architectureOf(running);
  if (runsOn !== release.architecture) {
    reasons.push(
      `it runs on ${runsOn}, and the image was looked into for ${release.architecture}: push again, and give services on different platforms environments of their own`,
    );
  }
  const wanted = runs ? withImage(running, target.container, image) : running;
  return {
    plan: {
      decision: 'deploy',
      ...proved,
      ...(interrupted && { unprovedTaskDefinitionArn: unproved.taskDefinitionArn }),
      changes: changes(registrable(running), registrable(wanted)).slice(0, 50),
      warnings: warnings(target.service, seen, configured.deploymentTimeout),
      first: seen.first,
    },
    obstacles: reasons,
    waitsFor: waitsFor(seen),
    running,
    wanted,
  };
}

export interface ServiceAsItIs {
  target: Target;
  configured: Environment;
  service: Service;
  /** What was proved last. */
  running: TaskDefinition;
  /** Of its repository. */
  image: string;
  /** The service deployment that has not ended. */
  found: Preflight['underWay'];
}

/** What can be said of an ECS service whatever is to be deployed to it. Looks only. */
export async function preflightOf(
  { target, configured, service, running, image, found }: ServiceAsItIs,
  aws: Pick<Aws, 'cloudwatch' | 'ecr' | 'ecs'>,
): Promise<Preflight> {
  const { deploymentConfiguration: rollout = {} } = service;
  const { alarmNames = [], enable: alarmed } = rollout.alarms ?? {};
  return {
    status: service.status,
    desiredCount: service.desiredCount ?? 0,
    deploymentController: service.deploymentController?.type ?? 'ECS',
    schedulingStrategy: service.schedulingStrategy ?? 'REPLICA',
    rollout,
    wanted: { rollout: configured.rollout, hook: asksHook(configured), pause: asksAtPauses(configured) },
    underWay: found,
    first: !(isQuiet(service, found) || (await aws.ecs(target).everSuccessful(target))),
    previousRevisionStatus: z.string().optional().parse(running.status),
    previousImageExists: await imageExists(aws, image, imageOf(running, target.container)),
    family: { running: running.family, configured: familyOf(configured) },
    unnamedRoles: rolesOf(running).filter((role) => !configured.roles.includes(role)),
    architecture: architectureOf(running),
    imageArchitectures: [],
    firing: alarmed ? await aws.cloudwatch(target).firing(alarmNames) : [],
  };
}

/** Its last deployment was brought to an end, maybe longer ago than ECS remembers. */
function isQuiet({ deployments = [], runningCount = 0 }: Service, underWay: Preflight['underWay']): boolean {
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  // ECS tells it of rolling updates only.
  return primary?.rolloutState === undefined
    ? underWay === undefined && runningCount > 0
    : primary.rolloutState === 'COMPLETED';
}

/** Undefined where the running image is not pinned, or lies in another registry: then nothing is known. */
async function imageExists(
  { ecr }: Pick<Aws, 'ecr'>,
  image: string,
  running: string | undefined,
): Promise<boolean | undefined> {
  const digest = digestOf(running ?? '');
  if (!digest || !ofOneRepository(image, running ?? '')) return undefined;
  return (await ecr.pushedAt(repositoryOf(image), digest)) !== undefined;
}
