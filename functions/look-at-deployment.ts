/** How our deployment is doing, asked by the waiting step and by every event that might have changed the answer. */
import type { Aws } from '../aws/gateways.ts';
import { abortOf } from '../core/abort.ts';
import { memberOf } from '../core/config.ts';
import { changedParts, joinRollouts, type Part, startedAtOf } from '../core/group.ts';
import type { AnalysisPolicy } from '../core/judge/policy.ts';
import { targetGroupsFor } from '../core/judge/target-groups.ts';
import { neverPaused, type Paused } from '../core/pause-hook.ts';
import type { Deployment, Revision } from '../core/plan.ts';
import type { Release } from '../core/release.ts';
import {
  clockSkewMs,
  lastWords,
  ourDeployment,
  type Rollout,
  readRollout,
  type SeenDeployment,
  unlessAborted,
  unlessRefused,
} from '../core/rollout.ts';
import { successor } from '../core/slot.ts';
import {
  crashesOf,
  diagnosed,
  endedAfterStart,
  endedByThemselves,
  failedToServe,
  stoppedTasks,
} from './stopped-tasks.ts';

export interface DeploymentQuestion {
  release: Release;
  revision: Revision;
  deployment: Deployment;
  /** The smoke tests have passed, and so have the metrics. */
  tested: boolean;
  measured: boolean;
  /** What came of ECS's pauses so far; absent for a state machine of an earlier version, which knows of none. */
  paused?: Paused | null | undefined;
}

/** Undefined while it goes on. Looks only. */
export async function lookAtDeployment(
  question: DeploymentQuestion,
  execution: string,
  aws: Pick<Aws, 'config' | 'ecs' | 'logs' | 'now' | 'slots'>,
): Promise<Rollout | undefined> {
  const { release, deployment, tested, measured, paused } = question;
  const slot = await aws.slots.look(release.target);
  const newer = successor(slot, { ...release, execution });
  const answers = changedParts(question).map(async (part) => {
    const { target } = part.release;
    const leading = target.service === release.target.service;
    const checks = leading ? { tested, measured } : { tested: false, measured: false };
    const startedAt = startedAtOf(deployment, part.release);
    // The others do not give way either to a newer release, once the leading one was measured to be good.
    const given = !leading && measured ? undefined : newer;
    return { target, answer: await lookAtPart({ ...part, ...checks, startedAt, newer: given, paused }, aws) };
  });
  const found = joinRollouts(await Promise.all(answers), release.target, aws.now());
  const approved = unlessRefused(found, paused ?? neverPaused, aws.now());
  return unlessAborted(approved, abortOf(slot, execution), aws.now());
}

interface PartQuestion extends Part, Pick<DeploymentQuestion, 'tested' | 'measured' | 'paused'> {
  startedAt: number;
  /** The tag of a newer release that waits. */
  newer: string | undefined;
}

async function lookAtPart(
  { release, revision, startedAt, newer, tested, measured, paused }: PartQuestion,
  aws: Pick<Aws, 'config' | 'ecs' | 'logs' | 'now'>,
): Promise<Rollout | undefined> {
  const { target } = release;
  const ecs = aws.ecs(target);
  const { rollout, deploymentTimeout, analysis } = memberOf(aws.config, release);
  const { smokeTests: toTest, analysis: toMeasure, asksAtPauses } = release.settings;
  const shifts = rollout.strategy !== 'ROLLING';
  const asked = { taskDefinitionArn: revision.taskDefinitionArn, startedAt };
  const listed = await ecs.deploymentsSince(target, startedAt - clockSkewMs);
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
    timeoutSeconds: deploymentTimeout,
    crashes: {
      ...(await crashesOf(release, (shifts ? failedToServe : endedByThemselves)(stopped), aws)),
      afterStart: endedAfterStart(stopped).length,
    },
    newer,
    shifting: shifts ? { toTest, toMeasure, tested, measured } : undefined,
    pausing: asksAtPauses && paused !== undefined ? (paused ?? neverPaused) : undefined,
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
  const why = failed ? await diagnosed(stopped, release, revision, question.startedAt, aws) : undefined;
  const targetGroups = shifts && analysis ? await targetGroupsOf(ours, analysis, ecs) : undefined;
  // Figures of the old version would be taken for those of the new one.
  if (reading.status === 'serving' && targetGroups === 'not told yet') return undefined;
  return {
    ...reading,
    reason: reading.reason + lastWords(why?.diagnosis),
    at: aws.now(),
    ...(ours && { createdAt: ours.createdAt }),
    ...(targetGroups && targetGroups !== 'not told yet' && { targetGroups }),
    ...(why ?? { stoppedTasks: [] }),
  };
}

/** Undefined where the new version has no target group of its own: a service without a load balancer, or its first deployment. */
async function targetGroupsOf(
  ours: SeenDeployment | undefined,
  analysis: AnalysisPolicy,
  ecs: ReturnType<Aws['ecs']>,
): Promise<Rollout['targetGroups'] | 'not told yet'> {
  const { source, target, productionWeight = 0 } = ours?.details ?? {};
  if (!source || !target) return undefined;
  const before = await ecs.registered(source);
  const after = await ecs.registered(target);
  if (before.length > 0 && after.length === 0) return 'not told yet';
  const found = targetGroupsFor(analysis, before, after);
  return found && { ...found, newPercent: productionWeight };
}
