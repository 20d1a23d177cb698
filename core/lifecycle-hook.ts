/** What ECS is told when it asks whether a new version may have users: the lifecycle hook of services that shift traffic. */
import * as z from 'zod';

/** What the hook is asked with, as far as it is used. Source: "Lifecycle hooks for Amazon ECS service deployments" in the ECS guide. */
export const hookQuestionSchema = z.looseObject({
  lifecycleStage: z.string(),
  /** The service deployment's ARN. */
  resourceArn: z.string().regex(/:service-deployment\/[^/]+\/[^/]+\/[^/]+$/),
});

/** `callBackDelay`: seconds until ECS asks again. */
export type HookAnswer =
  | { hookStatus: 'SUCCEEDED' | 'FAILED' }
  | { hookStatus: 'IN_PROGRESS'; callBackDelay: number };

/** Whoever looks at the new version's smoke tests is told of it within so many seconds. */
const callBackDelay = 10;

/** Neither yes nor no. */
export const askAgain: HookAnswer = { hookStatus: 'IN_PROGRESS', callBackDelay };

/** The release that the deployment belongs to. */
export interface ReleaseOnHook {
  ended: boolean;
  /** Whether its environment has smoke tests at all. */
  toTest: boolean;
  smokeTests: 'pass' | 'fail' | 'continue' | undefined;
}

/**
 * `release` is undefined for a deployment of somebody else, or of a way back: those are not ours to judge. A failing answer makes
 * ECS take the deployment back; where it does so already, no answer may stop it. May be asked any number of times.
 */
export function answerHook(status: string, release: ReleaseOnHook | undefined): HookAnswer {
  if (!release || status.startsWith('ROLLBACK')) return { hookStatus: 'SUCCEEDED' };
  // Nobody looks after it any more, and it was never proved.
  if (release.ended || release.smokeTests === 'fail') return { hookStatus: 'FAILED' };
  if (!release.toTest || release.smokeTests === 'pass') return { hookStatus: 'SUCCEEDED' };
  return askAgain;
}
