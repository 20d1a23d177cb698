/** What each function is called with once: the state machine's payloads, and events as AWS and Slack send them. */
import { marshall } from '@aws-sdk/util-dynamodb';
import { approvalActions } from '../../core/approval/message.ts';
import { pinnedImage } from '../../core/image.ts';
import type { steps } from '../../functions/steps/table.ts';
import { slackSignature } from '../../local/slack/interactions.ts';
import type { In } from '../../state-machines/contract.ts';

const account = '123456789012';
const region = 'eu-west-1';
export const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:deploy`;
const execution = `${stateMachineArn.replace('stateMachine', 'execution')}:my-api-production-v1-0a1b2c3d`;
const taskDefinition = (revision: number) =>
  `arn:aws:ecs:${region}:${account}:task-definition/my-api:${revision}`;
const pushedAt = Date.UTC(2026, 0, 5, 9);
const digest = `sha256:${'4f'.repeat(32)}`;
const repository = { registryId: account, region, repository: 'my-api' };
const push = { eventId: '0a1b2c3d-0000-4000-8000-000000000000', pushedAt, ...repository, tag: 'v1', digest };
const request = { service: 'my-api', environment: 'production', push };

const release: In<'CheckScan'>['release'] = {
  ...{ service: 'my-api', environment: 'production', tag: 'v1', digest, pushedAt, commit: {} },
  image: pinnedImage(repository, digest),
  target: { cluster: 'main', service: 'my-api', container: 'app' },
  architecture: 'arm64',
  settings: {
    ...{ approval: true, approvalTimeoutSeconds: 3600, releaseTask: true, smokeTests: true, analysis: true },
  },
};
const plan: In<'RollBack'>['plan'] = {
  ...{ decision: 'deploy', runningTaskDefinitionArn: taskDefinition(1), changes: [] },
};
const revision = { taskDefinitionArn: taskDefinition(2) };
const deployment = { status: 'started', startedAt: pushedAt + 60_000 } as const;
const rollout: In<'CompareMetrics'>['rollout'] = {
  ...{ status: 'stable', at: pushedAt + 180_000, reason: 'it is stable', stoppedTasks: [] },
};
const scan: In<'RequestApproval'>['scan'] = {
  status: 'pass',
  summary: 'no findings',
  findings: [],
  waived: [],
};

const inputs: { [State in keyof typeof steps]: In<State> } = {
  ResolveRelease: { request },
  CheckScan: { release },
  RequestApproval: { release, scan },
  AcquireSlot: { release },
  PlanDeployment: { release },
  RegisterTaskDefinition: { release, plan },
  RunReleaseTask: { release, revision },
  StartDeployment: { release, plan, revision },
  AwaitDeployment: { release, revision, deployment },
  RequestContinuation: {
    ...{ release, scan, plan, revision, deployment },
    ...{ tested: false, measured: false, paused: null, lookAgainIn: 60 },
  },
  // Of a service that nobody has: what it would ask lies outside of this machine.
  RunSmokeTests: { release: { ...release, service: 'nobodys' }, rollout },
  CompareMetrics: { release, revision, deployment, rollout },
  ConfirmRelease: { release, revision, deployment },
  RollBack: { release, plan, revision },
  AwaitRollback: {
    ...{ release, plan, revision },
    rollback: { method: 'deployment stopped', startedAt: pushedAt + 240_000 },
  },
  // As RunSmokeTests: of nobody's service, it has nothing to ask.
  ProveWayBack: {
    release: { ...release, service: 'nobodys' },
    wayBack: { status: 'back', reason: 'it is back', tasks: 2, at: pushedAt + 300_000 },
  },
  RecordOutcome: { request, outcome: 'Rejected', failure: null },
  Promote: { request },
};

const event = (source: string, detailType: string, resources: string[], detail: object) => ({
  ...{ version: '0', id: push.eventId, source, 'detail-type': detailType, account, region },
  ...{ time: '2026-01-05T09:00:00Z', resources, detail },
});

/** By the names of the functions. `secret` is the one that Slack signs with. */
export function eventsOf(secret: string): Readonly<Record<string, unknown>> {
  const payloads = Object.entries(inputs).map(([state, input]) => [
    state.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase(),
    { ...input, execution, taskToken: 'token' },
  ]);
  return {
    ...Object.fromEntries(payloads),
    'start-release': event('aws.ecr', 'ECR Image Action', [], {
      ...{ result: 'SUCCESS', 'action-type': 'PUSH', 'repository-name': 'my-api' },
      ...{ 'image-digest': digest, 'image-tag': 'v1' },
    }),
    'on-deployment-event': event(
      'aws.ecs',
      'ECS Deployment State Change',
      [`arn:aws:ecs:${region}:${account}:service/main/my-api`],
      { eventName: 'SERVICE_DEPLOYMENT_COMPLETED' },
    ),
    'on-execution-end': event('aws.states', 'Step Functions Execution Status Change', [execution], {
      ...{ executionArn: execution, status: 'ABORTED', input: JSON.stringify(request) },
    }),
    'on-approval': click(secret),
    'on-approval-command': {
      requestContext: { authorizer: { iam: { userArn: `arn:aws:iam::${account}:user/ada` } } },
      body: JSON.stringify({ action: 'show', approvalId: 'my-api-production-v1-0a1b2c3d' }),
    },
    'on-rollback': event('tidegate.slack', 'Rollback Asked', [], { viewId: 'V012AB3CD' }),
    'on-release-change': {
      Records: [
        {
          eventName: 'INSERT',
          dynamodb: {
            ApproximateCreationDateTime: pushedAt / 1000,
            Keys: { key: { S: `release ${execution}` } },
            NewImage: marshall({
              ...{ key: `release ${execution}`, execution, request },
              ...{ outcome: 'Rejected', reason: 'not today', endedAt: pushedAt + 60_000 },
            }),
          },
        },
      ],
    },
    'on-approval-page': {
      ...{ rawPath: '/a/my-api-production-v1-0a1b2c3d', rawQueryString: `t=${'A'.repeat(43)}` },
      requestContext: { http: { method: 'GET' } },
    },
    'mail-approval': event('tidegate', 'Release Ended', [], {
      ...{ version: 1, id: 'my-api-production-v1-0a1b2c3d/Ended', execution, request },
      ...{ outcome: 'Rejected', reason: 'not today', endedAt: pushedAt + 60_000 },
    }),
    'reconcile-pushes': {},
    'tell-slack': event('tidegate', 'Release Ended', [], {
      ...{ version: 1, id: 'my-api-production-v1-0a1b2c3d/Ended', execution, request },
      ...{ outcome: 'Rejected', reason: 'not today', endedAt: pushedAt + 60_000 },
    }),
  };
}

/** A click on Approve, now: nobody believes an older one. */
function click(secret: string) {
  const user = { id: 'U1' };
  const actions = [{ action_id: approvalActions.approve, value: 'my-api-production-v1-0a1b2c3d' }];
  const payload = JSON.stringify({ type: 'block_actions', user, actions });
  const body = new URLSearchParams({ payload }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': slackSignature(secret, timestamp, body),
  };
  return { headers, body, isBase64Encoded: false };
}
