/** Runs the one-off task of the new revision, once: asked again, it tells how that task is doing. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ecs } from '../../aws/ecs.ts';
import { logs } from '../../aws/logs.ts';
import { slots } from '../../aws/slots.ts';
import { environmentOf } from '../../core/config.ts';
import { atFault } from '../../core/diagnosis/fault.ts';
import { revisionSchema } from '../../core/plan.ts';
import { releaseSchema } from '../../core/release.ts';
import {
  mayStartLater,
  overdueReason,
  readReleaseTask,
  refused,
  releaseTaskSchema,
} from '../../core/release-task.ts';
import { lambda } from '../lambda.ts';
import { defineStep } from '../step.ts';
import { seenStop } from '../stopped-tasks.ts';
import { logTail } from '../task-logs.ts';

export const runReleaseTask = defineStep({
  name: 'RunReleaseTask',
  uses: { ecs, logs, slots },
  input: z.strictObject({ release: releaseSchema, revision: revisionSchema }),
  output: releaseTaskSchema,
  errors: ['Transient', 'Throttled'],
  run: async ({ release, revision }, aws, { arn }) => {
    const { releaseTask } = environmentOf(aws.config, release.service, release.environment).environment;
    if (!releaseTask)
      throw new Error(`${release.service}/${release.environment} has no release task any more`);
    const { target } = release;
    // Nobody else may run one meanwhile.
    await aws.slots.hold(target, arn);
    const { cluster, container } = target;
    const ecs = aws.ecs(target);
    const clientToken = createHash('sha256').update(arn).digest('hex').slice(0, 36);
    const { taskDefinitionArn } = revision;
    const run = { taskDefinitionArn, container, command: releaseTask.command, clientToken };
    const started = await ecs.runOnce(target, run, mayStartLater);
    if ('failures' in started) return { ...refused(started.failures), taskArn: '', logTail: [] };
    const { taskArn } = started;

    const task = await ecs.task(cluster, taskArn);
    const stopped = task?.lastStatus === 'STOPPED';
    const { definition } = stopped ? await ecs.taskDefinition(taskDefinitionArn) : {};
    const stop = task && seenStop(task, definition);
    const log =
      stop && definition
        ? await logTail(
            aws,
            target,
            { definition, container: atFault(stop, container)?.name ?? container, task: stop.task },
            20,
          )
        : [];
    const seen = task &&
      stop && {
        lastStatus: String(task.lastStatus),
        createdAt: task.createdAt?.getTime() ?? aws.now(),
        startedAt: task.startedAt?.getTime(),
        stop: { ...stop, log },
      };
    const { timeout: timeoutSeconds, exitCodes } = releaseTask;
    const { overdue, ...read } = readReleaseTask(seen, { container, timeoutSeconds, exitCodes }, aws.now());
    if (overdue) await ecs.stopTask(cluster, taskArn, overdueReason(timeoutSeconds));
    return { ...read, taskArn, logTail: log };
  },
});

export const handler = lambda(runReleaseTask);
