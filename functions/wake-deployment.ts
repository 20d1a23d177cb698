/** Something may have changed for the release that waits for an ECS service: looks, and lets it go on if so. */
import { type EcsService, leadingOf } from '../aws/ecs-service.ts';
import type { Aws } from '../aws/gateways.ts';
import type { Wait } from '../aws/waits.ts';
import { neverPaused } from '../core/pause-hook.ts';
import { answerTask } from './answer-task.ts';
import { lookAtDeployment } from './look-at-deployment.ts';
import { lookAtRollback } from './look-at-rollback.ts';
import { awaitDeployment } from './steps/await-deployment.ts';
import { awaitRollback } from './steps/await-rollback.ts';
import { lookAgain } from './wake-continuation.ts';

/** Answers which execution goes on; null where none does. It looks at the service itself, so it may be called at any time. */
export async function wakeDeployment(
  aws: Pick<Aws, 'config' | 'ecs' | 'home' | 'logs' | 'now' | 'records' | 'slots' | 'states' | 'waits'>,
  changed: EcsService,
): Promise<string | null> {
  const service = leadingOf(changed, aws.config, aws.home);
  const wait = await aws.waits.of(service);
  if (!wait) return null;
  if (wait.state === 'RequestContinuation') return wakePaused(wait, service, aws);
  const rollback = wait.state === 'AwaitRollback';
  const answer = rollback
    ? await lookAtRollback(awaitRollback.input.parse(wait.input), aws)
    : await lookAtDeployment(awaitDeployment.input.parse(wait.input), wait.execution, aws);
  if (!answer || !(await aws.waits.take(service, wait.taskToken))) return null;
  const answered = await answerTask(aws, rollback ? awaitRollback : awaitDeployment, wait, answer);
  return answered ? wait.execution : null;
}

/** Whatever is new, what to do about it is for the step to say: it may close what people were asked. */
async function wakePaused(
  wait: Wait,
  service: EcsService,
  aws: Parameters<typeof wakeDeployment>[0],
): Promise<string | null> {
  const question = awaitDeployment.input.strip().parse(wait.input);
  const found = await lookAtDeployment(question, wait.execution, aws);
  const { asked } = question.paused ?? neverPaused;
  if (found?.pauses?.every(({ hookId }) => asked.some((one) => one.hookId === hookId))) return null;
  const woken = await lookAgain(wait, service, found?.reason ?? 'ECS is not paused any more', aws);
  return woken ? wait.execution : null;
}
