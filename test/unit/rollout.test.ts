import { describe, expect, test } from 'vitest';
import { readRollout, type SeenDeployment } from '../../core/rollout.ts';
import { deployment, question, somebodyElses } from '../support/seen-deployment.ts';

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

const details = {
  stage: 'BAKE_TIME',
  productionWeight: 100,
  triggeredAlarms: [],
  source: 'revision-1',
  target: 'revision-2',
};
const shifting = { toTest: true, toMeasure: true, tested: false, measured: false };

test.each([
  { it: 'is taken back where its tasks end after their start', afterStart: 3, status: 'failed' },
  { it: 'stays where tasks only failed to start on the way there', afterStart: 0, status: 'stable' },
])('what ECS brought to a good end $it', ({ afterStart, status }) => {
  const crashes = { count: 3, desiredCount: 2, afterStart };

  expect(
    readRollout({ ...question, crashes }, [deployment({ status: 'SUCCESSFUL' })], 1_100_000)?.status,
  ).toBe(status);
});

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
    {
      it: 'is taken back',
      stage: 'BAKE_TIME',
      weight: 100,
      of: { tested: false },
      times: 1,
      status: 'failed',
    },
    { it: 'is taken back', stage: 'PRODUCTION_TRAFFIC_SHIFT', weight: 50, times: 1, status: 'failed' },
    { it: 'stays while the old tasks go', stage: 'BAKE_TIME', weight: 100, times: 1, status: undefined },
    { it: 'is taken back at last', stage: 'CLEAN_UP', weight: 100, times: 2, status: 'failed' },
  ])('$it when its time is over $times times in $stage', ({ stage, weight, of, times, status }) => {
    const checks = { ...shifting, toMeasure: false, tested: true, ...of };
    const now = question.startedAt + times * question.timeoutSeconds * 1000;

    expect(readRollout({ ...question, shifting: checks }, at(stage, weight), now)?.status).toBe(status);
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
