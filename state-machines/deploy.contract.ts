// biome-ignore-all format: generated from deploy.asl.json by `npm run generate`
/** The data flow of the state machine: to be compiled, never to be run. */
import type { ErrorOf, Failure, In, Out, Present, ReleaseRequest } from './contract.ts';

export function ResolveRelease($input: ReleaseRequest, $result: Out<'ResolveRelease'>) {
  ({ request: $input }) satisfies In<'ResolveRelease'>;
  (['Transient', 'Throttled', 'ReleaseRejected']) satisfies ErrorOf<'ResolveRelease'>[];
  ({
    decision: $result.decision,
    soakSeconds: $result.soakSeconds,
    release: $result.release,
  }) satisfies Record<string, Present>;
}

export function ToDeploy(decision: Out<'ResolveRelease'>['decision']) {
  void (decision === 'skip');
  void (decision === 'soak');
}

export function Soak(soakSeconds: Out<'ResolveRelease'>['soakSeconds']) {
  soakSeconds satisfies number;
}

export function CheckScan(release: Out<'ResolveRelease'>['release']) {
  ({ release: release }) satisfies In<'CheckScan'>;
  (['Transient', 'Throttled', 'ScanPending', 'ReleaseRejected']) satisfies ErrorOf<'CheckScan'>[];
}

export function ScanPassed(scan: Out<'CheckScan'>, release: Out<'ResolveRelease'>['release']) {
  void (scan.status === 'fail');
  void (release.settings.held === true);
  void (release.settings.approval === true);
}

export function MayBreakGlass(release: Out<'ResolveRelease'>['release']) {
  void (release.settings.breakGlass === true);
}

export function RequestApproval(release: Out<'ResolveRelease'>['release'], scan: Out<'CheckScan'>) {
  ({ release: release, scan: scan }) satisfies In<'RequestApproval'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'RequestApproval'>[];
}

export function Approved(approval: Out<'RequestApproval'>) {
  void (approval.decision === 'approved');
  void (approval.decision === 'superseded');
}

export function AcquireSlot(release: Out<'ResolveRelease'>['release']) {
  ({ release: release }) satisfies In<'AcquireSlot'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'AcquireSlot'>[];
}

export function SlotGranted(slot: Out<'AcquireSlot'>) {
  void (slot.status === 'superseded');
  void (slot.status === 'rejected');
}

export function PlanDeployment(release: Out<'ResolveRelease'>['release']) {
  ({ release: release }) satisfies In<'PlanDeployment'>;
  (['Transient', 'Throttled', 'ReleaseRejected']) satisfies ErrorOf<'PlanDeployment'>[];
}

export function ToChange(plan: Out<'PlanDeployment'>) {
  void (plan.decision === 'skip');
}

export function RegisterTaskDefinition(release: Out<'ResolveRelease'>['release'], plan: Out<'PlanDeployment'>) {
  ({ release: release, plan: plan }) satisfies In<'RegisterTaskDefinition'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'RegisterTaskDefinition'>[];
}

export function HasReleaseTask(release: Out<'ResolveRelease'>['release']) {
  void (release.settings.releaseTask === true);
}

export function RunReleaseTask(
  release: Out<'ResolveRelease'>['release'],
  revision: Out<'RegisterTaskDefinition'>,
) {
  ({ release: release, revision: revision }) satisfies In<'RunReleaseTask'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'RunReleaseTask'>[];
}

export function ReleaseTaskPassed(releaseTask: Out<'RunReleaseTask'>) {
  void (releaseTask.status === 'pass');
  void (releaseTask.status === 'continue');
}

export function StartDeployment(
  release: Out<'ResolveRelease'>['release'],
  plan: Out<'PlanDeployment'>,
  revision: Out<'RegisterTaskDefinition'>,
) {
  ({ release: release, plan: plan, revision: revision }) satisfies In<'StartDeployment'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'StartDeployment'>[];
}

export function DeploymentStarted(deployment: Out<'StartDeployment'>) {
  void (deployment.status === 'superseded');
  void (deployment.status === 'gives way');
  void (deployment.status === 'aborted');
}

export function AwaitDeployment(
  release: Out<'ResolveRelease'>['release'],
  revision: Out<'RegisterTaskDefinition'>,
  deployment: Out<'StartDeployment'>,
  tested: false | true,
  measured: false | true,
  paused: null | Out<'RequestContinuation'>['paused'],
) {
  ({
    release: release,
    revision: revision,
    deployment: deployment,
    tested: tested,
    measured: measured,
    paused: paused,
  }) satisfies In<'AwaitDeployment'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'AwaitDeployment'>[];
}

export function Stable(rollout: Out<'AwaitDeployment'>, release: Out<'ResolveRelease'>['release']) {
  void (rollout.status === 'failed');
  void (rollout.status === 'gives way');
  void (rollout.status === 'superseded');
  void (rollout.status === 'testable');
  void (rollout.status === 'serving');
  void (rollout.status === 'paused');
  void (rollout.status === 'proved');
  void (release.settings.smokeTests === true);
  void (release.settings.analysis === true);
}

export function RequestContinuation(
  release: Out<'ResolveRelease'>['release'],
  scan: Out<'CheckScan'>,
  plan: Out<'PlanDeployment'>,
  revision: Out<'RegisterTaskDefinition'>,
  deployment: Out<'StartDeployment'>,
  tested: false | true,
  measured: false | true,
  paused: null | Out<'RequestContinuation'>['paused'],
  lookAgainIn: 60 | Out<'RequestContinuation'>['lookAgainIn'],
  $result: Out<'RequestContinuation'>,
) {
  ({
    release: release,
    scan: scan,
    plan: plan,
    revision: revision,
    deployment: deployment,
    tested: tested,
    measured: measured,
    paused: paused,
    lookAgainIn: lookAgainIn,
  }) satisfies In<'RequestContinuation'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'RequestContinuation'>[];
  ({ paused: $result.paused, lookAgainIn: $result.lookAgainIn }) satisfies Record<string, Present>;
  lookAgainIn satisfies number;
}

export function RunSmokeTests(release: Out<'ResolveRelease'>['release'], rollout: Out<'AwaitDeployment'>) {
  ({ release: release, rollout: rollout }) satisfies In<'RunSmokeTests'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'RunSmokeTests'>[];
}

export function SmokeTestsPassed(
  smoke: Out<'RunSmokeTests'>,
  rollout: Out<'AwaitDeployment'>,
  release: Out<'ResolveRelease'>['release'],
) {
  void (smoke.status === 'continue');
  void (smoke.status === 'fail');
  void (rollout.status === 'testable');
  void (release.settings.analysis === true);
}

export function CompareMetrics(
  release: Out<'ResolveRelease'>['release'],
  revision: Out<'RegisterTaskDefinition'>,
  deployment: Out<'StartDeployment'>,
  rollout: Out<'AwaitDeployment'>,
  paused: null | Out<'RequestContinuation'>['paused'],
) {
  ({
    release: release,
    revision: revision,
    deployment: deployment,
    rollout: rollout,
    paused: paused,
  }) satisfies In<'CompareMetrics'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'CompareMetrics'>[];
}

export function MetricsHeld(comparison: Out<'CompareMetrics'>, rollout: Out<'AwaitDeployment'>) {
  void (comparison.decision === 'look again');
  void (comparison.decision === 'take back');
  void (comparison.decision === 'ask a person');
  void (comparison.decision === 'look at the deployment');
  void (rollout.status === 'serving');
}

export function WaitForMetrics(comparison: Out<'CompareMetrics'>) {
  comparison.waitSeconds satisfies number;
}

export function ConfirmRelease(
  release: Out<'ResolveRelease'>['release'],
  revision: Out<'RegisterTaskDefinition'>,
  deployment: Out<'StartDeployment'>,
  confirmation: null | Out<'ConfirmRelease'>,
) {
  ({
    release: release,
    revision: revision,
    deployment: deployment,
    confirmation: confirmation,
  }) satisfies In<'ConfirmRelease'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'ConfirmRelease'>[];
}

export function Confirmed(confirmation: Out<'ConfirmRelease'>) {
  void (confirmation.status === 'confirmed');
  void (confirmation.status === 'superseded');
  void (confirmation.status === 'gives way');
  void (confirmation.status === 'continue');
}

export function WatchTasks(confirmation: Out<'ConfirmRelease'>) {
  confirmation.waitSeconds satisfies number;
}

export function RollBack(
  release: Out<'ResolveRelease'>['release'],
  plan: Out<'PlanDeployment'>,
  revision: Out<'RegisterTaskDefinition'>,
) {
  ({ release: release, plan: plan, revision: revision }) satisfies In<'RollBack'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'RollBack'>[];
}

export function AwaitRollback(
  release: Out<'ResolveRelease'>['release'],
  plan: Out<'PlanDeployment'>,
  revision: Out<'RegisterTaskDefinition'>,
  rollback: Out<'RollBack'>,
) {
  ({ release: release, plan: plan, revision: revision, rollback: rollback }) satisfies In<'AwaitRollback'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'AwaitRollback'>[];
}

export function BackAgain(wayBack: Out<'AwaitRollback'>) {
  void (wayBack.status === 'back');
  void (wayBack.status === 'superseded');
}

export function HasWayBackTests(wayBack: Out<'AwaitRollback'>, release: Out<'ResolveRelease'>['release']) {
  void (wayBack.tasks === 0);
  void (release.settings.smokeTests === true);
}

export function ProveWayBack(release: Out<'ResolveRelease'>['release'], wayBack: Out<'AwaitRollback'>) {
  ({ release: release, wayBack: wayBack }) satisfies In<'ProveWayBack'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'ProveWayBack'>[];
}

export function WayBackProved(wayBackSmoke: Out<'ProveWayBack'>) {
  void (wayBackSmoke.status === 'continue');
  void (wayBackSmoke.status === 'fail');
}

export function GaveWay(outcome: 'NeedsHuman' | 'Superseded') {
  void (outcome === 'Superseded');
  void (outcome !== 'Superseded');
}

export function RecordOutcome(
  $input: ReleaseRequest,
  outcome: 'NothingToDo' | 'Rejected' | 'NeedsHuman' | 'Superseded' | 'Deployed' | 'RolledBack',
  failure: null | Failure,
) {
  ({ request: $input, outcome: outcome, failure: failure }) satisfies In<'RecordOutcome'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'RecordOutcome'>[];
}

export function HasNextEnvironment(recorded: Out<'RecordOutcome'>) {
  void (recorded.promotes === true);
}

export function Promote($input: ReleaseRequest) {
  ({ request: $input }) satisfies In<'Promote'>;
  (['Transient', 'Throttled']) satisfies ErrorOf<'Promote'>[];
}

export function Ended(recorded: Out<'RecordOutcome'>) {
  void (recorded.outcome === 'Deployed');
  void (recorded.outcome === 'NothingToDo');
  void (recorded.outcome === 'Superseded');
  void (recorded.outcome === 'Rejected');
  void (recorded.outcome === 'RolledBack');
}

export function Deployed(recorded: Out<'RecordOutcome'>) {
  recorded satisfies Present;
}

export function NothingToDo(recorded: Out<'RecordOutcome'>) {
  recorded satisfies Present;
}

export function Superseded(recorded: Out<'RecordOutcome'>) {
  recorded satisfies Present;
}

export function WasRejected(recorded: Out<'RecordOutcome'>) {
  recorded.reason satisfies string;
}

export function WasRolledBack(recorded: Out<'RecordOutcome'>) {
  recorded.reason satisfies string;
}

export function WaitsForHuman(recorded: Out<'RecordOutcome'>) {
  recorded.reason satisfies string;
}
