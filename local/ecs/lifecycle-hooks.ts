/**
 * The lifecycle hooks of a deployment: those of a stage run side by side, and whichever asks for a rollback first wins.
 * Source: "Lifecycle hooks for Amazon ECS service deployments" and "Troubleshooting blue/green deployments" in the ECS guide.
 */

import type { DeploymentLifecycleHook, DeploymentLifecycleHookAction } from '@aws-sdk/client-ecs';
import { invalidParameter } from './errors.ts';
import type { HookRecord, ServiceDeploymentRecord, ServiceRecord, Stage } from './model.ts';
import type { World } from './world.ts';

/** Percent by ARN of a service revision; empty at stages that shift nothing. */
export interface Weights {
  test: Record<string, number>;
  production: Record<string, number>;
}

interface Stop {
  service: ServiceRecord;
  deployment: ServiceDeploymentRecord;
  stage: Stage;
  weights: Weights;
}

export interface LifecycleHooks {
  /** Runs those of a stage. Answers why to roll back; undefined to go on. Never settles where the deployment was given up meanwhile. */
  run(stop: Stop): Promise<string | undefined>;
  /** ContinueServiceDeployment. Throws InvalidParameterException where no hook of the deployment waits under this id. */
  answer(deployment: ServiceDeploymentRecord, hookId: string, action: DeploymentLifecycleHookAction): void;
}

type Outcome = { status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT'; rollback?: string };

const defaultDelaySeconds = 30;
const defaultTimeoutMinutes = 1440;

export function lifecycleHooks(world: World): LifecycleHooks {
  const { clock, ids, events } = world;
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => void clock.after(milliseconds, resolve));
  /** Of pauses, by id. */
  const waiting = new Map<
    string,
    { deployment: ServiceDeploymentRecord; answer: (action: DeploymentLifecycleHookAction) => void }
  >();

  async function one(hook: DeploymentLifecycleHook, stop: Stop): Promise<string | undefined> {
    const { service, deployment, stage } = stop;
    const { targetType = 'AWS_LAMBDA', hookTargetArn, timeoutConfiguration } = hook;
    const { timeoutInMinutes = defaultTimeoutMinutes, action = 'ROLLBACK' } = timeoutConfiguration ?? {};
    const isPause = targetType === 'PAUSE';
    const record: HookRecord = {
      hookId: `ecs-${isPause ? 'pause' : 'lambda'}-${ids.short()}${ids.short()}`,
      targetType,
      ...(hookTargetArn && { targetArn: hookTargetArn }),
      status: isPause ? 'AWAITING_ACTION' : 'IN_PROGRESS',
      expiresAt: new Date(clock.now() + timeoutInMinutes * 60_000),
      timeoutAction: action,
      stage,
    };
    deployment.shift?.hooks.push(record);
    events.hook(service, deployment, record);
    const { promise: timedOut, resolve } = Promise.withResolvers<Outcome>();
    const cancel = clock.after(timeoutInMinutes * 60_000, () => {
      const why = isPause
        ? `${stage} pause hook timed out.`
        : failed(stage, `Lifecycle hook target ${hookTargetArn} timed out.`);
      resolve({ status: 'TIMED_OUT', ...(action === 'ROLLBACK' && { rollback: why }) });
    });
    const answered = isPause ? paused(record, stop) : asked(hook, stop, record);
    const { status, rollback } = await Promise.race([answered, timedOut]);
    cancel();
    waiting.delete(record.hookId);
    if (!isOpen(record, stop)) return undefined;
    record.status = status;
    events.hook(service, deployment, record);
    return rollback && `Service deployment rolled back because ${rollback}`;
  }

  function paused({ hookId }: HookRecord, { deployment, stage }: Stop): Promise<Outcome> {
    return new Promise((resolve) => {
      waiting.set(hookId, {
        deployment,
        answer: (action) =>
          resolve(
            action === 'CONTINUE'
              ? { status: 'SUCCEEDED' }
              : { status: 'FAILED', rollback: `${stage} pause hook was rolled back by a user request.` },
          ),
      });
    });
  }

  async function asked(hook: DeploymentLifecycleHook, stop: Stop, record: HookRecord): Promise<Outcome> {
    const { stage } = stop;
    const { hookTargetArn = '' } = hook;
    const executionId = ids.uuid();
    const giveUp = (why: string): Outcome => ({ status: 'FAILED', rollback: failed(stage, why) });
    let hookDetails: unknown = hook.hookDetails;
    while (record.status === 'IN_PROGRESS' && isOpen(record, stop)) {
      let reply: unknown;
      try {
        reply = await world.invoke(hookTargetArn, question(stop, executionId, hookDetails));
      } catch (error) {
        return giveUp(
          `ECS was unable to invoke hook target ${hookTargetArn} due to ${(error as Error).message}`,
        );
      }
      const { hookStatus, callBackDelay, ...rest } = (reply ?? {}) as Reply;
      if (hookStatus === 'SUCCEEDED') return { status: 'SUCCEEDED' };
      if (hookStatus === 'FAILED')
        return giveUp(`Lifecycle hook target ${hookTargetArn} returned FAILED status.`);
      if (hookStatus !== 'IN_PROGRESS') {
        const why =
          hookStatus === undefined ? 'HookStatus must not be null' : `HookStatus ${hookStatus} is invalid`;
        return giveUp(`ECS was unable to parse the response from ${hookTargetArn} due to: ${why}.`);
      }
      hookDetails = rest.hookDetails ?? hookDetails;
      await pause(Math.max(1, callBackDelay ?? defaultDelaySeconds) * 1000);
    }
    return { status: 'TIMED_OUT' };
  }

  return {
    async run(stop) {
      const hooks = (stop.deployment.configuration.lifecycleHooks ?? []).filter(({ lifecycleStages = [] }) =>
        lifecycleStages.some((stage) => stage === stop.stage),
      );
      if (hooks.length === 0) return undefined;
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      const all = hooks.map(async (hook) => {
        const rollback = await one(hook, stop);
        if (rollback) resolve(rollback);
      });
      void Promise.all(all).then(() => resolve(undefined));
      return promise;
    },
    answer(deployment, hookId, action) {
      if (!/^ecs-[a-z]+-.+$/.test(hookId))
        throw invalidParameter('Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}');
      const found = waiting.get(hookId);
      if (found?.deployment !== deployment || deployment.status !== 'IN_PROGRESS')
        throw invalidParameter(
          'Provided hookId is either completed, unavailable, or not associated with the given Resource ARN',
        );
      found.answer(action);
    },
  };
}

interface Reply {
  hookStatus?: unknown;
  callBackDelay?: number;
  hookDetails?: unknown;
}

/** Not where the deployment has gone on without it: taken back for another hook, or replaced. */
const isOpen = (record: HookRecord, { deployment: { shift, finishedAt } }: Stop) =>
  finishedAt === undefined && shift?.hooks.includes(record) === true;

const failed = (stage: Stage, why: string) => `${stage} lifecycle hook(s) failed. ${why}`;

const question = (
  { service, deployment, stage, weights }: Stop,
  executionId: string,
  hookDetails: unknown,
) => ({
  executionDetails: {
    testTrafficWeights: weights.test,
    productionTrafficWeights: weights.production,
    serviceArn: service.arn,
    targetServiceRevisionArn: deployment.target.arn,
  },
  executionId,
  lifecycleStage: stage,
  resourceArn: deployment.arn,
  ...(hookDetails !== undefined && { hookDetails }),
});
