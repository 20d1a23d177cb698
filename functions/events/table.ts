/** Every function that an event wakes, by its name. */
import { onApproval } from './on-approval.ts';
import { onApprovalCommand } from './on-approval-command.ts';
import { onDeploymentEvent } from './on-deployment-event.ts';
import { onExecutionEnd } from './on-execution-end.ts';
import { onLifecycleHook } from './on-lifecycle-hook.ts';
import { onReleaseChange } from './on-release-change.ts';
import { reconcilePushes } from './reconcile-pushes.ts';
import { startRelease } from './start-release.ts';
import { tellSlack } from './tell-slack.ts';

export const eventHandlers = {
  'start-release': startRelease,
  'on-deployment-event': onDeploymentEvent,
  'on-execution-end': onExecutionEnd,
  'on-approval': onApproval,
  'on-approval-command': onApprovalCommand,
  'on-lifecycle-hook': onLifecycleHook,
  'on-release-change': onReleaseChange,
  'reconcile-pushes': reconcilePushes,
  'tell-slack': tellSlack,
};
