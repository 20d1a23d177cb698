/** The proof that a release is deployed: our service deployment succeeded, and every running task has the pushed digest. */
import * as z from 'zod';
import { ecs, type Task } from '../../aws/ecs.ts';
import type { Aws } from '../../aws/gateways.ts';
import { logs } from '../../aws/logs.ts';
import { abortSentence } from '../../core/abort.ts';
import { memberOf } from '../../core/config.ts';
import {
  type Confirmation,
  confirmationSchema,
  type Proof,
  readConfirmation,
  readUnchanged,
} from '../../core/confirmation.ts';
import { Transient } from '../../core/errors.ts';
import {
  changedParts,
  joinConfirmations,
  type Part,
  startedAtOf,
  unchangedServices,
} from '../../core/group.ts';
import { deploymentSchema, revisionSchema } from '../../core/plan.ts';
import { type Release, releaseSchema } from '../../core/release.ts';
import { clockSkewMs, crashLoop, lastWords, ourDeployment } from '../../core/rollout.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';
import { diagnosed, endedAfterStart, stoppedTasks } from '../stopped-tasks.ts';

export const confirmRelease = defineStep({
  name: 'ConfirmRelease',
  uses: { ecs, logs },
  input: z.strictObject({
    release: releaseSchema,
    revision: revisionSchema,
    deployment: deploymentSchema,
    /** Of the look before; null at first. Absent where Tidegate was deployed anew while the release was under way. */
    confirmation: confirmationSchema.nullable().optional(),
  }),
  output: confirmationSchema,
  errors: ['Transient', 'Throttled'],
  aborted: (abort) => ({
    status: 'refuted' as const,
    reason: abortSentence(abort),
    waitSeconds: 1,
    since: abort.at,
  }),
  run: async ({ release, revision, deployment, confirmation }, aws) => {
    const since = confirmation?.since ?? aws.now();
    const changed = changedParts({ release, revision }).map(async (part) => {
      const startedAt = startedAtOf(deployment, part.release);
      return { target: part.release.target, answer: await confirmationOf(part, { startedAt, since }, aws) };
    });
    const unchanged = unchangedServices({ release, revision }).map(async (member) => {
      const running = await runningTasks(member, aws);
      return { target: member.target, answer: readUnchanged(member.digest, running, since) };
    });
    const answers = await Promise.all([...changed, ...unchanged]);
    const joined = joinConfirmations(answers, release.target);
    // An execution keeps its state machine: an older one takes it for a refusal that somebody waits, but tries again.
    if (joined.status === 'continue' && confirmation === undefined) throw new Transient(joined.reason);
    return joined;
  },
});

async function confirmationOf(
  part: Part,
  { startedAt, since }: { startedAt: number; since: number },
  aws: Pick<Aws, 'config' | 'ecs' | 'logs' | 'now'>,
): Promise<Confirmation> {
  const { proof, crashed } = await proofOf(part, startedAt, aws);
  const answer = readConfirmation({ ...proof, since });
  if (answer.status !== 'refuted' || !crashLoop(proof.crashes)) return answer;
  const why = await diagnosed(crashed, part.release, part.revision, startedAt, aws);
  return { ...answer, reason: answer.reason + lastWords(why.diagnosis), ...why };
}

async function proofOf(
  { release, revision: { taskDefinitionArn } }: Part,
  startedAt: number,
  aws: Pick<Aws, 'config' | 'ecs' | 'now'>,
): Promise<{ proof: Omit<Proof, 'since'>; crashed: Task[] }> {
  const { target, digest } = release;
  const ecs = aws.ecs(target);
  const deployments = await ecs.deploymentsSince(target, startedAt - clockSkewMs);
  const tasks = await runningTasks(release, aws);
  const { desiredCount } = await ecs.seenService(target);
  const { deploymentTimeout: timeoutSeconds, rollout, watch } = memberOf(aws.config, release);
  const question = { taskDefinitionArn, startedAt, timeoutSeconds };
  const since = ourDeployment(question, deployments)?.createdAt ?? startedAt - clockSkewMs;
  const crashed = endedAfterStart(await stoppedTasks(release, { taskDefinitionArn }, since, aws));
  const proof = {
    ...{ digest, question, deployments, tasks },
    // Where old tasks stand until the end, the new ones have been watched for as long.
    watchSeconds: watch - (rollout.strategy === 'ROLLING' ? 0 : rollout.bakeTime),
    now: aws.now(),
    crashes: { count: crashed.length, desiredCount },
  };
  return { proof, crashed };
}

async function runningTasks({ target }: Release, { ecs }: Pick<Aws, 'ecs'>): Promise<Proof['tasks']> {
  const query = { serviceName: target.service, desiredStatus: 'RUNNING' } as const;
  const running = await ecs(target).tasks(target.cluster, query);
  return running.map(({ taskDefinitionArn, lastStatus, containers = [] }) => ({
    taskDefinitionArn: String(taskDefinitionArn),
    lastStatus: String(lastStatus),
    digest: containers.find(({ name }) => name === target.container)?.imageDigest,
  }));
}

export const handler = lambda(confirmRelease);
