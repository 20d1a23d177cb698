/** How our deployment is doing, asked by the waiting step and by every event that might have changed the answer. */
import type { Aws } from '../aws/gateways.ts';
import { environmentOf } from '../core/config.ts';
import type { Deployment, Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import {
  clockSkewMs,
  lastWords,
  ourDeployment,
  type Rollout,
  readRollout,
  type SeenDeployment,
} from '../core/rollout.ts';
import { successor } from '../core/slot.ts';
import { crashesOf, diagnoses, stoppedTasks } from './stopped-tasks.ts';

export interface DeploymentQuestion {
  release: Release;
  revision: Revision;
  deployment: Deployment;
  /** The smoke tests have passed, and so have the metrics. */
  tested: boolean;
  measured: boolean;
}

/** Undefined while it goes on. Looks only. */
export async function lookAtDeployment(
  { release, revision, deployment, tested, measured }: DeploymentQuestion,
  execution: string,
  aws: Pick<Aws, 'config' | 'ecs' | 'logs' | 'now' | 'slots'>,
): Promise<Rollout | undefined> {
  const { target } = release;
  const ecs = aws.ecs(target);
  const { environment } = environmentOf(aws.config, release.service, release.environment);
  const { smokeTests: toTest, analysis: toMeasure } = release.settings;
  const shifts = environment.rollout.strategy !== 'ROLLING';
  const asked = { taskDefinitionArn: revision.taskDefinitionArn, startedAt: deployment.startedAt };
  const slot = await aws.slots.look(target);
  const listed = await ecs.deploymentsSince(target, deployment.startedAt - clockSkewMs);
  // How far it has come matters only where there is something to do on the way.
  const seen = shifts ? await ecs.withDetails(listed) : listed;
  const ours = ourDeployment(asked, seen);
  const stopped = await stoppedTasks(
    release,
    revision,
    ours?.createdAt ?? asked.startedAt - clockSkewMs,
    aws,
  );
  const question = {
    ...asked,
    timeoutSeconds: environment.deploymentTimeout,
    crashes: await crashesOf(release, stopped, aws),
    newer: successor(slot, { ...release, execution }),
    shifting: shifts ? { toTest, toMeasure, tested, measured } : undefined,
  };
  const found = readRollout(question, seen, aws.now());
  if (!found) return undefined;
  // Only at the end it matters how often the circuit breaker saw a task fail, and whether the service wants any.
  const last =
    found.status === 'failed'
      ? readRollout(question, await ecs.withDetails(seen), aws.now())
      : ['stable', 'proved'].includes(found.status) &&
        readRollout({ ...question, wanted: (await ecs.seenService(target)).desiredCount }, seen, aws.now());
  const reading = last || found;
  const failed = reading.status === 'failed';
  const stoppedTasksOf = failed ? await diagnoses(stopped, release, revision, aws) : [];
  const targetGroups = shifts && toMeasure ? await targetGroupsOf(ours, aws.ecs(target)) : undefined;
  return {
    ...reading,
    reason: reading.reason + lastWords(stoppedTasksOf),
    at: aws.now(),
    ...(ours && { createdAt: ours.createdAt }),
    ...(targetGroups && { targetGroups }),
    stoppedTasks: stoppedTasksOf,
  };
}

/** Undefined where the new version has no target group of its own: a service without a load balancer. */
async function targetGroupsOf(
  ours: SeenDeployment | undefined,
  ecs: ReturnType<Aws['ecs']>,
): Promise<Rollout['targetGroups']> {
  const { source, target, productionWeight = 0 } = ours?.details ?? {};
  if (!source || !target) return undefined;
  const before = await ecs.targetGroupOf(source);
  const after = await ecs.targetGroupOf(target);
  if (!before || !after || before === after) return undefined;
  return { old: before, new: after, newPercent: productionWeight };
}
