/** Every function that an event wakes, by its name. */
import { mailApproval } from './mail-approval.ts';
import { onApproval } from './on-approval.ts';
import { onApprovalCommand } from './on-approval-command.ts';
import { onApprovalPage } from './on-approval-page.ts';
import { onDeploymentEvent } from './on-deployment-event.ts';
import { onExecutionEnd } from './on-execution-end.ts';
import { onLifecycleHook } from './on-lifecycle-hook.ts';
import { onReleaseChange } from './on-release-change.ts';
import { onRollback } from './on-rollback.ts';
import { reconcilePushes } from './reconcile-pushes.ts';
import { startRelease } from './start-release.ts';
import { tellSlack } from './tell-slack.ts';

export const eventHandlers = {
  'start-release': startRelease,
  'on-deployment-event': onDeploymentEvent,
  'on-execution-end': onExecutionEnd,
  'on-approval': onApproval,
  'on-approval-command': onApprovalCommand,
  'on-approval-page': onApprovalPage,
  'on-lifecycle-hook': onLifecycleHook,
  'on-release-change': onReleaseChange,
  'mail-approval': mailApproval,
  'on-rollback': onRollback,
  'reconcile-pushes': reconcilePushes,
  'tell-slack': tellSlack,
};
