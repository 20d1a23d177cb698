import { expect, test } from 'vitest';
import { byHand } from '../../core/by-hand.ts';
import { reasonFor } from '../../core/record.ts';
import type { Failure, Outcome } from '../../core/release.ts';

const cause = (errorMessage: string) => JSON.stringify({ errorType: 'any', errorMessage, trace: [] });

test.each<{
  it: string;
  outcome: Outcome;
  steps?: Record<string, unknown>;
  failure?: Failure;
  reason: string;
}>([
  {
    it: 'a skipped push says why there was nothing to do',
    outcome: 'NothingToDo',
    steps: { ResolveRelease: { decision: 'skip', reason: 'it runs already' } },
    reason: 'it runs already',
  },
  {
    it: 'a failed scan says what was found',
    outcome: 'Rejected',
    steps: { CheckScan: { status: 'fail', summary: '1 CRITICAL' } },
    reason: '1 CRITICAL',
  },
  {
    it: 'a rejection says who and why',
    outcome: 'Rejected',
    steps: {
      CheckScan: { status: 'pass', summary: '' },
      RequestApproval: { decision: 'rejected', by: 'slack:U1', reason: 'not today' },
    },
    reason: 'rejected by slack:U1: not today',
  },
  {
    it: 'a failed preflight gives its reasons without the name of the error',
    outcome: 'Rejected',
    failure: { Error: 'ReleaseRejected', Cause: cause('no way back') },
    reason: 'no way back',
  },
  {
    it: 'a rollback names the check that failed, not those that passed',
    outcome: 'RolledBack',
    steps: {
      AwaitDeployment: { status: 'stable', reason: 'fine' },
      RunSmokeTests: { status: 'pass', sentence: 'all answered' },
      CompareMetrics: { status: 'fail', decision: 'take back', headline: '5xx rose' },
      AwaitRollback: { status: 'back', reason: 'home' },
    },
    reason: '5xx rose',
  },
  {
    it: 'a rollback after a fault names the fault',
    outcome: 'RolledBack',
    failure: { Error: 'Transient', Cause: cause('CloudWatch is down') },
    reason: 'Transient: CloudWatch is down',
  },
  {
    it: 'a deployment gives its proof and what the metrics said',
    outcome: 'Deployed',
    steps: {
      ConfirmRelease: { status: 'confirmed', reason: '2 of 2 tasks run it' },
      CompareMetrics: { headline: 'no change' },
    },
    reason: '2 of 2 tasks run it; no change',
  },
  {
    it: 'a superseded release names the newer one',
    outcome: 'Superseded',
    steps: { AcquireSlot: { status: 'superseded', by: 'v2' } },
    reason: 'v2, pushed later, takes its place',
  },
  {
    it: 'a failed rollback says both what failed and how the way back failed',
    outcome: 'NeedsHuman',
    steps: {
      RunSmokeTests: { status: 'fail', sentence: '/ answered 500' },
      AwaitRollback: { status: 'failed', reason: 'not back' },
    },
    reason: '/ answered 500; not back',
  },
  {
    it: 'a fault without a cause still has a reason',
    outcome: 'NeedsHuman',
    failure: { Error: null, Cause: null },
    reason: 'an error without a name',
  },
])('$it', ({ outcome, steps = {}, failure = null, reason }) => {
  expect(reasonFor(outcome, steps, failure)).toBe(reason);
});

test.each([
  { where: 'at home', at: {}, by: '', region: '' },
  {
    where: 'elsewhere',
    at: { region: 'us-east-1', roleArn: 'arn:aws:iam::210987654321:role/tidegate' },
    by: ', in the account 210987654321',
    region: ' --region us-east-1',
  },
])('the way back of a service $where is a command that goes there', ({ at, by, region }) => {
  const target = { cluster: 'main', service: 'my-api', ...at };
  const said = byHand(target, { 'my-api': 'my-api:1' }, { service: 'api', environment: 'production' }, {});

  expect(said).toBe(
    `; to go back to what ran before${by}: aws ecs update-service${region} --cluster main --service my-api --task-definition my-api:1`,
  );
});

test.each([
  {
    where: 'nothing was ever successful',
    steps: { RollBack: { method: 'nothing to go back to' }, AwaitRollback: { status: 'failed' } },
    says: 'aws ecs update-service --cluster main --service my-api --desired-count 0',
  },
  {
    where: 'the way back was gone and is bad too',
    steps: { RollBack: { method: 'deployment stopped' }, AwaitRollback: { status: 'back' } },
    says: 'npm run tidegate -- rollback api production',
  },
])('where $where, the command leads elsewhere', ({ steps, says }) => {
  const target = { cluster: 'main', service: 'my-api' };

  expect(
    byHand(target, { 'my-api': 'my-api:1' }, { service: 'api', environment: 'production' }, steps),
  ).toContain(says);
});
