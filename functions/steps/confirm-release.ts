/** The proof that a release is deployed: our service deployment succeeded, and every running task has the pushed digest. */
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { environmentOf } from '../../core/config.ts';
import { confirmationSchema, readConfirmation } from '../../core/confirmation.ts';
import { deploymentSchema, revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { clockSkewMs, ourDeployment } from '../../core/rollout.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';
import { endedByThemselves, stoppedTasks } from '../stopped-tasks.ts';

export const confirmRelease = defineStep({
  name: 'ConfirmRelease',
  uses: { ecs },
  input: z.strictObject({
    release: releaseSchema,
    revision: revisionSchema,
    deployment: deploymentSchema,
    /** Of the look before; null at first. */
    confirmation: confirmationSchema.nullable().default(null),
  }),
  output: confirmationSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, revision, deployment, confirmation }, aws) => {
    const { target, digest } = release;
    const ecs = aws.ecs(target);
    const deployments = await ecs.deploymentsSince(target, deployment.startedAt - clockSkewMs);
    const running = await ecs.tasks(target.cluster, {
      serviceName: target.service,
      desiredStatus: 'RUNNING',
    });
    const { desiredCount } = await ecs.seenService(target);
    const { environment } = environmentOf(aws.config, release.service, release.environment);
    const question = {
      taskDefinitionArn: revision.taskDefinitionArn,
      startedAt: deployment.startedAt,
      timeoutSeconds: environment.deploymentTimeout,
    };
    const since = ourDeployment(question, deployments)?.createdAt ?? deployment.startedAt - clockSkewMs;
    const stopped = await stoppedTasks(release, revision, since, aws);
    return readConfirmation({
      digest,
      question,
      // Where old tasks stand until the end, the new ones have been watched for as long.
      watchSeconds: environment.rollout.strategy === 'ROLLING' ? environment.watch : 0,
      since: confirmation?.since ?? aws.now(),
      now: aws.now(),
      deployments,
      crashes: { count: endedByThemselves(stopped).length, desiredCount },
      tasks: running.map(({ taskDefinitionArn, lastStatus, containers = [] }) => ({
        taskDefinitionArn: String(taskDefinitionArn),
        lastStatus: String(lastStatus),
        digest: containers.find(({ name }) => name === target.container)?.imageDigest,
      })),
    });
  },
});

export const handler = lambda(confirmRelease);
