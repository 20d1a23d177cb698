/** What an environment would wait for, and cannot: too long for one execution, or where ECS is not known to wait. */
import type * as z from 'zod';
import type { ApprovalPolicy, BreakGlass } from './approval/rules.ts';
import { longestHistory, mostEvents } from './longest-history.ts';
import { mostPauses, type Strategy } from './strategy.ts';

interface Waiting {
  approval?: ApprovalPolicy | undefined;
  breakGlass?: BreakGlass | undefined;
  releaseTask?: { timeout: number } | undefined;
  deploymentTimeout: number;
  smoke?: { timeout: number } | undefined;
  rollout: Strategy;
}

export function checkWaiting(environment: Waiting, context: z.core.$RefinementCtx): void {
  const { approval, breakGlass, releaseTask, deploymentTimeout, smoke, rollout } = environment;
  const reject = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const pauses = approval?.at === 'pause' ? { seconds: approval.timeout, most: mostPauses(rollout) } : never;
  if (approval?.at === 'pause' && rollout.strategy === 'ROLLING')
    reject(
      ['approval', 'at'],
      'must be start with ROLLING: where ECS pauses a rolling update is not known for sure; or set rollout',
    );
  const events = longestHistory({
    approval: Math.max(approval?.at === 'start' ? approval.timeout : 0, breakGlass?.timeout ?? 0),
    pauses,
    releaseTask: releaseTask?.timeout ?? 0,
    deployment: deploymentTimeout,
    smoke: smoke?.timeout ?? 0,
  });
  if (events > mostEvents)
    reject(
      ['deploymentTimeout'],
      `with the other timeouts of this environment a release may take ${events} events of waiting, and an execution has room for ${mostEvents}: shorten them`,
    );
}

const never = { seconds: 0, most: 0 };
