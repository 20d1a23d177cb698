import { describe, expect, test } from 'vitest';
import { readConfirmation } from '../../core/confirmation.ts';
import { readReturn, rollbackMethod, type SeenService, settled } from '../../core/rollback.ts';
import { readRollout, type SeenDeployment } from '../../core/rollout.ts';

const ours = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/my-api:8';
const wayBack = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/my-api:7';
const question = {
  taskDefinitionArn: ours,
  startedAt: 1_000_000,
  timeoutSeconds: 600,
  crashes: { count: 0, desiredCount: 2 },
  newer: undefined,
};

function deployment(of: Partial<SeenDeployment> = {}): SeenDeployment {
  return {
    arn: 'deployment-ours',
    status: 'IN_PROGRESS',
    statusReason: undefined,
    taskDefinitionArn: ours,
    createdAt: 1_000_500,
    breaker: undefined,
    ...of,
  };
}
const somebodyElses = deployment({
  arn: 'deployment-other',
  taskDefinitionArn: `${wayBack}9`,
  createdAt: 1_002_000,
});

describe('a rollout', () => {
  test.each<{ it: string; seen: SeenDeployment[]; at?: number; status: string | undefined; says?: string }>([
    { it: 'goes on while ECS is at work', seen: [deployment()], status: undefined },
    { it: 'goes on while ECS does not show it yet', seen: [], status: undefined },
    {
      it: 'is stable once its service deployment is SUCCESSFUL',
      seen: [deployment({ status: 'SUCCESSFUL' })],
      status: 'stable',
    },
    {
      it: 'goes on until its timeout',
      seen: [deployment()],
      at: question.startedAt + 599_999,
      status: undefined,
    },
    {
      it: 'has failed at its timeout',
      seen: [deployment({ breaker: { failureCount: 2, threshold: 3 } })],
      at: question.startedAt + 600_000,
      status: 'failed',
      says: 'not stable after 10 min (2 of 3 allowed task failures)',
    },
    {
      it: 'has failed when ECS never showed it',
      seen: [],
      at: question.startedAt + 600_000,
      status: 'failed',
      says: 'no deployment of my-api:8',
    },
    {
      it: 'has failed as soon as ECS begins to take it back',
      seen: [deployment({ status: 'ROLLBACK_IN_PROGRESS', statusReason: 'circuit breaker' })],
      status: 'failed',
      says: 'circuit breaker',
    },
    {
      it: 'has failed though the service is stable again after ECS took it back',
      seen: [deployment({ status: 'ROLLBACK_SUCCESSFUL' })],
      status: 'failed',
    },
    { it: 'has failed when it was stopped', seen: [deployment({ status: 'STOPPED' })], status: 'failed' },
    {
      it: 'is superseded when it was stopped because of a newer one',
      seen: [deployment({ status: 'STOPPED' }), somebodyElses],
      status: 'superseded',
      says: 'deployment-other',
    },
    {
      it: 'is superseded though it succeeded, when a newer one is under way',
      seen: [deployment({ status: 'SUCCESSFUL' }), somebodyElses],
      status: 'superseded',
    },
    {
      it: 'is not superseded by what came before it',
      seen: [deployment({ status: 'SUCCESSFUL' }), { ...somebodyElses, createdAt: 999_000 }],
      status: 'stable',
    },
    {
      it: 'does not mistake an earlier deployment of the same revision for its own',
      seen: [deployment({ status: 'SUCCESSFUL', createdAt: question.startedAt - 60_001 })],
      status: undefined,
    },
  ])('$it', ({ seen, at = question.startedAt + 5000, status, says = '' }) => {
    const reading = readRollout(question, seen, at);

    expect(reading?.status).toBe(status);
    expect(reading?.reason ?? '').toContain(says);
  });
});

describe('a rollout in progress', () => {
  test.each([
    { count: 2, desiredCount: 2, status: undefined },
    { count: 3, desiredCount: 2, status: 'failed' },
    { count: 4, desiredCount: 10, status: undefined },
    { count: 5, desiredCount: 10, status: 'failed' },
    { count: 199, desiredCount: 1000, status: undefined },
    { count: 200, desiredCount: 1000, status: 'failed' },
  ])('with $count crashes of $desiredCount wanted tasks: $status', ({ count, desiredCount, status }) => {
    const reading = readRollout(
      { ...question, crashes: { count, desiredCount } },
      [deployment()],
      question.startedAt,
    );

    expect(reading?.status).toBe(status);
  });

  test('that ECS calls successful is not stable when its tasks keep crashing', () => {
    const crashing = { ...question, crashes: { count: 3, desiredCount: 2 } };

    expect(readRollout(crashing, [deployment({ status: 'SUCCESSFUL' })], question.startedAt)?.status).toBe(
      'failed',
    );
  });

  test('gives way to a newer release that waits', () => {
    const reading = readRollout({ ...question, newer: 'v2' }, [deployment()], question.startedAt);

    expect(reading).toMatchObject({ status: 'gives way', reason: 'v2, pushed later, takes its place' });
  });

  test('that has come to its end is proved first, whoever waits', () => {
    const seen = [deployment({ status: 'SUCCESSFUL' })];

    expect(readRollout({ ...question, newer: 'v2' }, seen, question.startedAt)?.status).toBe('stable');
  });
});

describe('a confirmation', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const task = { taskDefinitionArn: ours, lastStatus: 'RUNNING', digest };
  const done = deployment({ status: 'SUCCESSFUL', finishedAt: 1_100_000 });
  const proof = {
    digest,
    question,
    watchSeconds: 60,
    crashes: { count: 0, desiredCount: 2 },
    deployments: [done],
    tasks: [task, task],
    since: 1_150_000,
    now: 1_160_000,
  };

  test.each([
    {
      it: 'needs our deployment to be SUCCESSFUL and every task to have the digest',
      of: {},
      status: 'confirmed',
    },
    {
      it: 'is refused while the deployment is in progress',
      of: { deployments: [deployment()] },
      status: 'refuted',
    },
    { it: 'is refused without a deployment', of: { deployments: [] }, status: 'refuted' },
    {
      it: 'is refused when a running task has another digest',
      of: { tasks: [task, { ...task, digest: `sha256:${'b'.repeat(64)}` }] },
      status: 'refuted',
    },
    { it: 'waits for tasks that do not run yet', of: { tasks: [task] }, status: 'continue' },
    { it: 'is refused when they never come', of: { tasks: [task], now: 1_750_000 }, status: 'refuted' },
    { it: 'watches the tasks for a while', of: { now: 1_159_999 }, status: 'continue' },
    {
      it: 'does not mind tasks of the old version that ECS still drains, as it was told to',
      of: { tasks: [task, task, { ...task, taskDefinitionArn: wayBack, digest: 'sha256:0' }] },
      status: 'confirmed',
    },
    {
      it: 'is refused for a service scaled to zero',
      of: { crashes: { count: 0, desiredCount: 0 }, tasks: [] },
      status: 'refuted',
    },
    {
      it: 'is refused for a service that keeps crashing, though tasks run now',
      of: { crashes: { count: 3, desiredCount: 2 } },
      status: 'refuted',
    },
    {
      it: 'looks at running tasks only',
      of: { tasks: [task, task, { ...task, lastStatus: 'DEPROVISIONING', digest: undefined }] },
      status: 'confirmed',
    },
    {
      it: 'says superseded when another deployment came after ours',
      of: { deployments: [done, somebodyElses] },
      status: 'superseded',
    },
  ])('$it', ({ of, status }) => {
    expect(readConfirmation({ ...proof, ...of }).status).toBe(status);
  });
});

const details = {
  stage: 'BAKE_TIME',
  productionWeight: 100,
  triggeredAlarms: [],
  source: 'revision-1',
  target: 'revision-2',
};
const shifting = { toTest: true, toMeasure: true, tested: false, measured: false };

describe('a rollout that shifts traffic', () => {
  const at = (stage: string, productionWeight = 0, of: Partial<SeenDeployment> = {}) => [
    deployment({ ...of, details: { ...details, stage, productionWeight } }),
  ];

  test.each([
    { it: 'goes on while the new tasks come up', seen: at('SCALE_UP'), status: undefined },
    {
      it: 'goes on while the test listener is turned',
      seen: at('TEST_TRAFFIC_SHIFT'),
      status: undefined,
    },
    {
      it: 'is testable once the test listener leads to it',
      seen: at('POST_TEST_TRAFFIC_SHIFT'),
      status: 'testable',
    },
    {
      it: 'waits for ECS once it was tested',
      seen: at('POST_TEST_TRAFFIC_SHIFT'),
      of: { tested: true },
      status: undefined,
    },
    {
      it: 'is tested late rather than never',
      seen: at('BAKE_TIME', 100),
      status: 'testable',
    },
    {
      it: 'can be measured as soon as it has users',
      seen: at('PRODUCTION_TRAFFIC_SHIFT', 5),
      of: { tested: true },
      status: 'serving',
    },
    {
      it: 'is not measured without users',
      seen: at('PRODUCTION_TRAFFIC_SHIFT', 0),
      of: { tested: true },
      status: undefined,
    },
    {
      it: 'waits for ECS once it was measured',
      seen: at('BAKE_TIME', 100),
      of: { tested: true, measured: true },
      status: undefined,
    },
    {
      it: 'does not mind a stage that nobody knows yet',
      seen: at('PRE_PRODUCTION_COFFEE'),
      status: undefined,
    },
    {
      it: 'is proved when ECS is done and everything was checked',
      seen: at('CLEAN_UP', 100, { status: 'SUCCESSFUL' }),
      of: { tested: true, measured: true },
      status: 'proved',
    },
    {
      it: 'is only stable when something was missed',
      seen: at('CLEAN_UP', 100, { status: 'SUCCESSFUL' }),
      of: { tested: true },
      status: 'stable',
    },
  ])('$it', ({ seen, of, status }) => {
    const asked = { ...question, shifting: { ...shifting, ...of } };

    expect(readRollout(asked, seen, question.startedAt)?.status).toBe(status);
  });

  test.each([
    { measured: false, status: 'gives way' },
    { measured: true, status: undefined },
  ])('gives way to a newer release unless it was measured: $measured', ({ measured, status }) => {
    const asked = { ...question, newer: 'v2', shifting: { ...shifting, tested: true, measured } };

    expect(readRollout(asked, at('BAKE_TIME', 100), question.startedAt)?.status).toBe(status);
  });
});

describe('the end of a deployment has a name', () => {
  test.each<[cause: string, of: Partial<SeenDeployment>]>([
    [
      'circuit breaker',
      {
        status: 'ROLLBACK_IN_PROGRESS',
        statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      },
    ],
    ['alarm', { status: 'ROLLBACK_IN_PROGRESS', details: { ...details, triggeredAlarms: ['5xx-too-high'] } }],
    [
      'alarm',
      {
        status: 'ROLLBACK_SUCCESSFUL',
        statusReason: 'Service deployment rolled back because an alarm fired.',
      },
    ],
    ['lifecycle hook', { status: 'ROLLBACK_IN_PROGRESS', statusReason: 'A lifecycle hook failed.' }],
    [
      'stopped by hand',
      {
        status: 'ROLLBACK_REQUESTED',
        statusReason: 'Service deployment rolled back because of a user request.',
      },
    ],
    ['taken back', { status: 'ROLLBACK_FAILED' }],
  ])('%s', (cause, of) => {
    expect(readRollout(question, [deployment(of)], question.startedAt)?.cause).toBe(cause);
  });
});

describe('the way back', () => {
  const service = (of: Partial<SeenService> = {}): SeenService => ({
    taskDefinitionArn: ours,
    rolloutState: 'COMPLETED',
    runningCount: 2,
    desiredCount: 2,
    ...of,
  });
  const home = service({ taskDefinitionArn: wayBack });

  test.each([
    {
      it: 'stops a deployment in progress',
      service: service(),
      deployment: deployment(),
      method: 'deployment stopped',
    },
    {
      it: 'deploys the previous revision once the deployment is done',
      service: service(),
      deployment: deployment({ status: 'SUCCESSFUL' }),
      method: 'previous revision deployed',
    },
    {
      it: 'leaves it to ECS when ECS is at it',
      service: service(),
      deployment: deployment({ status: 'ROLLBACK_IN_PROGRESS' }),
      method: 'taken back by ECS',
    },
    {
      it: 'has nothing to do when ECS took it back',
      service: home,
      deployment: deployment({ status: 'ROLLBACK_SUCCESSFUL' }),
      method: 'taken back by ECS',
    },
    {
      it: 'has nothing to do when nothing was deployed',
      service: home,
      deployment: undefined,
      method: 'nothing to undo',
    },
    {
      it: 'keeps its hands off what somebody else deployed',
      service: service({ taskDefinitionArn: `${wayBack}9` }),
      deployment: deployment({ status: 'STOPPED' }),
      method: 'superseded',
    },
  ])('$it', ({ service, deployment, method }) => {
    expect(rollbackMethod({ ours, wayBack }, service, deployment)).toBe(method);
  });

  const stopped = { method: 'deployment stopped', startedAt: 2_000_000 } as const;
  test.each([
    { it: 'is reached when the previous revision runs again', service: home, status: 'back' },
    { it: 'goes on while tasks are missing', service: { ...home, runningCount: 1 }, status: undefined },
    {
      it: 'goes on while ECS is at work',
      service: { ...home, rolloutState: 'IN_PROGRESS' },
      status: undefined,
    },
    { it: 'goes on while our revision still runs', service: service(), status: undefined },
    {
      it: 'has failed when the previous revision fails, too',
      service: { ...home, rolloutState: 'FAILED' },
      status: 'failed',
    },
    { it: 'has failed at its timeout', service: service(), at: 2_600_000, status: 'failed' },
    {
      it: 'is superseded when somebody else deployed meanwhile',
      service: service({ taskDefinitionArn: `${wayBack}9` }),
      status: 'superseded',
    },
  ])('$it', ({ service, at = 2_599_999, status }) => {
    expect(readReturn({ ours, wayBack }, stopped, 600, service, at)?.status).toBe(status);
  });

  test.each<{ it: string; newest: Partial<SeenDeployment>; state: string | undefined }>([
    { it: 'ECS took ours back', newest: { status: 'ROLLBACK_SUCCESSFUL' }, state: 'COMPLETED' },
    {
      it: 'it was deployed again',
      newest: { status: 'SUCCESSFUL', taskDefinitionArn: wayBack },
      state: 'COMPLETED',
    },
    { it: 'ours succeeded', newest: { status: 'SUCCESSFUL' }, state: undefined },
    { it: 'ECS is at it', newest: { status: 'ROLLBACK_IN_PROGRESS' }, state: undefined },
    { it: 'ECS could not', newest: { status: 'ROLLBACK_FAILED' }, state: 'FAILED' },
    { it: 'it was stopped', newest: { status: 'STOPPED', taskDefinitionArn: wayBack }, state: 'FAILED' },
  ])('is read from the newest service deployment where ECS says no more: $it', ({ newest, state }) => {
    const before = deployment({
      arn: 'before',
      status: 'SUCCESSFUL',
      taskDefinitionArn: wayBack,
      createdAt: 1,
    });

    expect(settled([before, deployment(newest)], wayBack)).toBe(state);
  });

  test('was not needed when nothing had been changed', () => {
    const rollback = { method: 'nothing to undo', startedAt: 0 } as const;

    expect(readReturn({ ours, wayBack }, rollback, 600, home, 0)?.status).toBe('unchanged');
  });
});
