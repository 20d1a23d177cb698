/** Every Task state of the state machine and the step behind it. */
import { acquireSlot } from './acquire-slot.ts';
import { awaitDeployment } from './await-deployment.ts';
import { awaitRollback } from './await-rollback.ts';
import { checkScan } from './check-scan.ts';
import { compareMetrics } from './compare-metrics.ts';
import { confirmRelease } from './confirm-release.ts';
import { planDeployment } from './plan-deployment.ts';
import { promote } from './promote.ts';
import { proveWayBack } from './prove-way-back.ts';
import { recordOutcome } from './record-outcome.ts';
import { registerTaskDefinition } from './register-task-definition.ts';
import { requestApproval } from './request-approval.ts';
import { requestContinuation } from './request-continuation.ts';
import { resolveRelease } from './resolve-release.ts';
import { rollBack } from './roll-back.ts';
import { runReleaseTask } from './run-release-task.ts';
import { runSmokeTests } from './run-smoke-tests.ts';
import { startDeployment } from './start-deployment.ts';

export const steps = {
  ResolveRelease: resolveRelease,
  CheckScan: checkScan,
  RequestApproval: requestApproval,
  AcquireSlot: acquireSlot,
  PlanDeployment: planDeployment,
  RegisterTaskDefinition: registerTaskDefinition,
  RunReleaseTask: runReleaseTask,
  StartDeployment: startDeployment,
  AwaitDeployment: awaitDeployment,
  RequestContinuation: requestContinuation,
  RunSmokeTests: runSmokeTests,
  CompareMetrics: compareMetrics,
  ConfirmRelease: confirmRelease,
  RollBack: rollBack,
  AwaitRollback: awaitRollback,
  ProveWayBack: proveWayBack,
  RecordOutcome: recordOutcome,
  Promote: promote,
};
