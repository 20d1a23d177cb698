/** Runs the one-off task of the new revision, once: asked again, it tells how that task is doing. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { logs } from '../../aws/logs.ts';
import { environmentOf } from '../../core/config.ts';
import { revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import { readReleaseTask, releaseTaskSchema } from '../../core/release-task.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';
import { logTail } from '../task-logs.ts';

export const runReleaseTask = defineStep({
  name: 'RunReleaseTask',
  uses: { ecs, logs },
  input: z.strictObject({ release: releaseSchema, revision: revisionSchema }),
  output: releaseTaskSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, revision }, aws, { arn }) => {
    const { releaseTask } = environmentOf(aws.config, release.service, release.environment).environment;
    if (!releaseTask)
      throw new Error(`${release.service}/${release.environment} has no release task any more`);
    const { target } = release;
    const { cluster, container } = target;
    const ecs = aws.ecs(target);
    const clientToken = createHash('sha256').update(arn).digest('hex').slice(0, 36);
    const { taskDefinitionArn } = revision;
    const run = { taskDefinitionArn, container, command: releaseTask.command, clientToken };
    const taskArn = await ecs.runOnce(target, run);

    const task = await ecs.task(cluster, taskArn);
    const seen = task && {
      lastStatus: String(task.lastStatus),
      stoppedReason: task.stoppedReason,
      exitCode: task.containers?.find(({ name }) => name === container)?.exitCode,
      createdAt: task.createdAt?.getTime() ?? aws.now(),
    };
    const read = readReleaseTask(seen, releaseTask.timeout, aws.now());
    const tail =
      read.status === 'continue' ? [] : await logTail(aws, target, { taskDefinitionArn, taskArn }, 20);
    return { ...read, taskArn, logTail: tail };
  },
});

export const handler = lambda(runReleaseTask);
