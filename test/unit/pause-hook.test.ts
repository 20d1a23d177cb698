/** Pauses of ECS: which of them people are asked about, when, for how long, and what their answers come to. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { foundIn, leftOf, overBy, type Stay, verdictOf } from '../../core/approval/paused.ts';
import { domainEventOf } from '../../core/domain-event.ts';
import { joinRollouts } from '../../core/group.ts';
import {
  decidedUntil,
  type HookPause,
  isPause,
  lookAgainIn,
  neverPaused,
  pausedSentence,
  waitingIn,
} from '../../core/pause-hook.ts';
import type { ReleaseRecord } from '../../core/record.ts';
import type { Target } from '../../core/release.ts';
import {
  type DeploymentDetails,
  type Rollout,
  type RolloutQuestion,
  readRollout,
  stillAsked,
  unlessRefused,
} from '../../core/rollout.ts';
import { samples } from '../../local/slack/samples.ts';
import { deployment, question } from '../support/seen-deployment.ts';

const arn = 'arn:aws:ecs:eu-west-1:123456789012:service-deployment/main/my-api/0EYSiB0qap8xf0N76FsbE';
const minute = 60_000;
const now = question.startedAt + 5 * minute;

test('a deployment is paused by the hooks that wait for an answer, as AWS shows them, and by no other', () => {
  const { serviceDeployments } = JSON.parse(
    readFileSync('test/fixtures/ecs/ecs-describe-service-deployments-paused.json', 'utf8'),
  );
  const [{ lifecycleHookDetails, ...shown }] = serviceDeployments;
  const [hook] = lifecycleHookDetails.map((one: { expiresAt: number }) => ({
    ...one,
    expiresAt: new Date(one.expiresAt * 1000),
  }));
  const seen = { ...shown, lifecycleHookDetails: [hook] };
  const asked = { hookId: hook.hookId, expiresAt: hook.expiresAt.getTime(), timeoutAction: 'ROLLBACK' };

  expect(waitingIn(seen)).toEqual([asked]);
  expect(waitingIn({ ...seen, status: 'ROLLBACK_IN_PROGRESS' })).toEqual([]);
  expect(waitingIn({ ...seen, lifecycleHookDetails: [{ ...hook, status: 'SUCCEEDED' }] })).toEqual([]);
  expect(waitingIn({ ...seen, lifecycleHookDetails: [{ ...hook, targetType: 'AWS_LAMBDA' }] })).toEqual([]);
});

test('a hook pauses where ECS says so, or says of no function that it would ask', () => {
  expect(
    [{}, { targetType: 'PAUSE' }, { hookTargetArn: 'arn' }, { targetType: 'AWS_LAMBDA' }].map(isPause),
  ).toEqual([...[true, true, false, false]]);
});

describe('a rollout that ECS has paused', () => {
  const pauses = [{ hookId: 'ecs-pause-1', expiresAt: now + 10 * minute, timeoutAction: 'CONTINUE' }];
  const at = (stage: string, productionWeight = 0, more: Partial<DeploymentDetails> = {}) => [
    deployment({
      arn,
      details: {
        ...{ stage, productionWeight, triggeredAlarms: [], source: 'before', target: 'after', pauses },
        ...more,
      },
    }),
  ];
  const asking = (more: Partial<RolloutQuestion> = {}): RolloutQuestion => ({
    ...question,
    shifting: { toTest: true, toMeasure: true, tested: false, measured: false },
    pausing: neverPaused,
    ...more,
  });
  const done = { toTest: true, toMeasure: true, tested: true, measured: true };
  const tested = { ...done, measured: false };

  test.each<{
    it: string;
    seen: ReturnType<typeof at>;
    asked?: Partial<RolloutQuestion>;
    status?: Rollout['status'];
  }>([
    {
      it: 'is asked about at once where nothing can be tested yet',
      seen: at('POST_SCALE_UP'),
      status: 'paused',
    },
    { it: 'is tested first', seen: at('POST_TEST_TRAFFIC_SHIFT'), status: 'testable' },
    {
      it: 'is asked about once it is tested',
      seen: at('POST_TEST_TRAFFIC_SHIFT'),
      asked: { shifting: tested },
      status: 'paused',
    },
    {
      it: 'is measured first',
      seen: at('PRE_PRODUCTION_TRAFFIC_SHIFT', 10),
      asked: { shifting: tested },
      status: 'serving',
    },
    {
      it: 'is asked about once it is measured',
      seen: at('PRE_PRODUCTION_TRAFFIC_SHIFT', 10),
      asked: { shifting: done },
      status: 'paused',
    },
    {
      it: 'gives way to a newer release before that is let go on',
      seen: at('POST_TEST_TRAFFIC_SHIFT'),
      asked: { shifting: tested, newer: 'v9' },
      status: 'gives way',
    },
    {
      it: 'needs nobody twice, though ECS still lists it',
      seen: at('POST_TEST_TRAFFIC_SHIFT'),
      asked: { shifting: tested, pausing: { ...neverPaused, answered: ['ecs-pause-1'] } },
    },
    {
      it: "is somebody else's where nobody is to be asked",
      seen: at('POST_SCALE_UP'),
      asked: { pausing: undefined },
    },
    { it: 'is no pause without one', seen: at('POST_SCALE_UP', 0, { pauses: [] }) },
  ])('$it', ({ seen, asked, status }) => {
    expect(readRollout(asking(asked), seen, now)?.status).toBe(status);
  });

  test('says where it is paused', () => {
    const found = readRollout(asking({ shifting: done }), at('PRE_PRODUCTION_TRAFFIC_SHIFT', 10), now);

    expect(found).toMatchObject({
      reason: "paused at PRE_PRODUCTION_TRAFFIC_SHIFT, with 10 % of the users' requests on the new version",
      pauses: [{ ...pauses[0], service: 'my-api', serviceDeploymentArn: arn, percent: 10 }],
    });
  });

  test("has the time that people needed besides ECS's own, and does not run out while they think", () => {
    const read = (
      minutes: number,
      pausing: RolloutQuestion['pausing'],
      details?: Partial<DeploymentDetails>,
    ) =>
      readRollout(
        asking({ shifting: done, pausing }),
        at('BAKE_TIME', 100, { pauses: [], ...details }),
        question.startedAt + minutes * minute,
      )?.status;
    const waited = { ...neverPaused, seconds: 3600 };

    // Twice ten minutes, since it is proved and serves everybody.
    expect([read(19.9, neverPaused), read(20, neverPaused)]).toEqual([undefined, 'failed']);
    expect([read(79.9, waited), read(80, waited)]).toEqual([undefined, 'failed']);
    expect([read(500, waited, { pauses }), read(500, undefined, { pauses })]).toEqual(['paused', 'failed']);
  });

  test('of several services is asked about for all of them, after the checks of the leading one', () => {
    const of = (service: string): Target => ({ cluster: 'main', service, container: 'app' });
    const rollout = (status: Rollout['status'], service?: string): Rollout => ({
      ...{ status, at: now, reason: status, stoppedTasks: [] },
      ...(service && { pauses: [{ service, serviceDeploymentArn: arn, hookId: service, percent: 0 }] }),
    });
    const join = (web: Rollout | undefined, worker: Rollout | undefined) =>
      joinRollouts(
        [
          { target: of('web'), answer: web },
          { target: of('worker'), answer: worker },
        ],
        of('web'),
        now,
      );

    expect(join(rollout('paused', 'web'), rollout('paused', 'worker'))?.pauses).toHaveLength(2);
    expect(join(undefined, rollout('paused', 'worker'))?.status).toBe('paused');
    expect(join(rollout('testable'), rollout('paused', 'worker'))?.status).toBe('testable');
    expect(join(rollout('paused', 'web'), rollout('failed'))?.status).toBe('failed');
  });
});

describe('what was refused', () => {
  const refused = { ...neverPaused, refused: 'rejected by ada' };
  const found = (status: Rollout['status']): Rollout => ({ status, at: 1, reason: 'x', stoppedTasks: [] });

  test.each<{ it: string; found: Rollout | undefined; status: Rollout['status'] }>([
    { it: 'while ECS goes on', found: undefined, status: 'failed' },
    { it: 'though ECS was successful by itself', found: found('stable'), status: 'failed' },
    { it: 'and why, where ECS took it back', found: found('failed'), status: 'failed' },
    { it: 'unless somebody deployed something else', found: found('superseded'), status: 'superseded' },
    { it: 'unless it gives way anyway', found: found('gives way'), status: 'gives way' },
  ])('is taken back $it', ({ found, status }) => {
    const answer = unlessRefused(found, refused, now);

    expect(answer?.status).toBe(status);
    if (status === 'failed')
      expect(answer).toMatchObject({ cause: 'not approved', reason: 'rejected by ada' });
  });

  test('is nothing where nobody said no', () => {
    expect(unlessRefused(undefined, neverPaused, now)).toBeUndefined();
  });
});

describe('the time to decide', () => {
  test.each([
    { it: 'is what is configured', timeout: 3600, ecs: 24 * 60, minutes: 60 },
    { it: 'is shared by all pauses of a release', timeout: 3600, spent: 3000, ecs: 24 * 60, minutes: 10 },
    { it: 'ends well before ECS goes on by itself', timeout: 86_400, ecs: 60, minutes: 57.5 },
    { it: 'is half of a pause that is too short for that', timeout: 86_400, ecs: 2, minutes: 1 },
    { it: 'is what is configured where ECS names no end', timeout: 3600, ecs: undefined, minutes: 60 },
    { it: 'is none where it was used up before', timeout: 3600, spent: 4000, ecs: 60, minutes: 0 },
  ])('$it', ({ timeout, spent = 0, ecs, minutes }) => {
    const expiresAt = ecs === undefined ? undefined : now + ecs * minute;

    expect(decidedUntil({ expiresAt }, { timeout, spent, now })).toBe(now + minutes * minute);
  });

  test('is looked at ever more often, and never while the function may still run', () => {
    const left = [86_400, 2700, 2699, 900, 899, 10, -5].map((seconds) =>
      lookAgainIn(seconds * 1000, { asked: true }),
    );

    expect(left).toEqual([900, 900, 300, 300, 60, 60, 60]);
    expect(lookAgainIn(86_400_000, { asked: false })).toBe(300);
  });
});

describe('answers', () => {
  const pause: HookPause = {
    ...{ service: 'my-api', serviceDeploymentArn: arn, hookId: 'ecs-pause-1' },
    ...{ stage: 'POST_TEST_TRAFFIC_SHIFT', percent: 0 },
  };
  const stay = (decision?: NonNullable<Stay['answer']>['decision'], more: object = {}): Stay => ({
    ...{ pause, openedAt: now - 90_000 },
    ...(decision && { answer: { decision, by: 'slack:U1', ...more } }),
  });

  test.each<{ it: string; all: Stay[]; status: string | undefined }>([
    { it: 'wait for all', all: [stay('approved'), stay()], status: undefined },
    { it: 'go on with all', all: [stay('approved'), stay('approved')], status: 'goes on' },
    { it: 'take back with one no', all: [stay(), stay('rejected')], status: 'not approved' },
    { it: 'take back when time is over', all: [stay('expired', { by: 'nobody' })], status: 'not approved' },
    { it: 'say nothing where nobody had to decide', all: [stay('superseded')], status: 'goes on' },
    { it: 'say nothing where nobody was asked', all: [], status: 'goes on' },
  ])('$it', ({ all, status }) => {
    expect(verdictOf(all)?.status).toBe(status);
  });

  test('count the time from the first question on, and are not asked for again', () => {
    const before = { ...neverPaused, seconds: 10, asked: [pause], answered: ['ecs-pause-0'] };

    expect(leftOf(before, { status: 'goes on', reason: '' }, [stay('approved')], now)).toEqual({
      ...{ seconds: 100, asked: [], answered: ['ecs-pause-0', 'ecs-pause-1'] },
    });
    expect(leftOf(before, { status: 'not approved', reason: 'no' }, [stay('rejected')], now).refused).toBe(
      'no',
    );
  });

  test('name what ended a question that nobody answered', () => {
    expect(overBy({ status: 'gives way', reason: 'v2 takes its place' })).toBe('v2 takes its place');
    expect(overBy(undefined)).toBe('somebody has answered ECS itself');
  });

  test('are given in view of what was found on the new version', () => {
    const steps = {
      RunSmokeTests: { status: 'pass', sentence: 'The endpoint answered well' },
      CompareMetrics: { status: 'pass', headline: 'Nothing got worse' },
    };

    expect(foundIn(steps)).toEqual(['The endpoint answered well', 'Nothing got worse']);
    expect(foundIn({})).toEqual([]);
  });

  test('are looked after by one state until none is left', () => {
    expect(stillAsked({ ...neverPaused, asked: [pause] }, now)).toMatchObject({
      ...{ status: 'paused', reason: pausedSentence(pause), pauses: [pause] },
    });
    expect([stillAsked(neverPaused, now), stillAsked(null, now)]).toEqual([undefined, undefined]);
  });
});

test('who subscribed is told of a pause and of its end, once each', () => {
  const before = samples().find(({ name }) => name === 'being deployed')?.told.record as ReleaseRecord;
  const pauses = [{ service: 'my-api', serviceDeploymentArn: arn, hookId: 'ecs-pause-1', percent: 0 }];
  const paused = {
    ...before,
    steps: { ...before.steps, AwaitDeployment: { status: 'paused', at: 10, pauses } },
  };
  const after = (status: string) => ({
    ...paused,
    steps: { ...paused.steps, RequestContinuation: { status, at: 20 } },
  });
  const told = (from: ReleaseRecord, to: ReleaseRecord) =>
    domainEventOf({ of: 'release', before: from, after: to, at: 30 })?.detail;

  expect(told(before, paused)).toMatchObject({
    id: 'shop-api-production-v1.4.2-0a1b2c3d/Deploying/ecs-pause-1',
    ...{ phase: 'Deploying', paused: { service: 'my-api', percent: 0 } },
  });
  expect(told(paused, after('look again'))).toBeUndefined();
  const over = told(paused, after('goes on'));
  expect(over).toMatchObject({ id: 'shop-api-production-v1.4.2-0a1b2c3d/Deploying/ecs-pause-1/over' });
  expect(over).not.toHaveProperty('paused');
});
