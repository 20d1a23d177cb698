/** Releases of several ECS services: which of them are changed, and how their answers become one. */
import { describe, expect, test } from 'vitest';
import type { Confirmation } from '../../core/confirmation.ts';
import {
  changedParts,
  joinConfirmations,
  joinPlans,
  joinReturns,
  joinRollbacks,
  joinRollouts,
  planOf,
  rollbackOf,
  services,
  startedAtOf,
  unchangedServices,
} from '../../core/group.ts';
import type { Plan } from '../../core/plan.ts';
import type { Release, Target } from '../../core/release.ts';
import type { Return, Rollback } from '../../core/rollback.ts';
import type { Rollout } from '../../core/rollout.ts';

const targetOf = (service: string): Target => ({ cluster: 'main', service, container: 'app' });
const web = targetOf('web');
const worker = targetOf('worker');
const release = {
  service: 'shop',
  target: web,
  others: [worker],
  settings: { approval: false, releaseTask: true, smokeTests: true, analysis: true },
} as unknown as Release;
const alone = { ...release, others: undefined } as unknown as Release;
const at = 1000;

/** What each of two answered. */
const both = <Of>(ofWeb: Of, ofWorker: Of) => [
  { target: web, answer: ofWeb },
  { target: worker, answer: ofWorker },
];

describe('a release', () => {
  test('of one ECS service is its own only part', () => {
    expect(services(alone).map(({ target }) => target.service)).toEqual(['web']);
    expect(services(alone)[0]?.settings.smokeTests).toBe(true);
  });

  test('of two has the checks for the leading one alone', () => {
    expect(services(release).map(({ target, settings }) => [target.service, settings.analysis])).toEqual([
      ['web', true],
      ['worker', false],
    ]);
  });

  test.each([
    { it: 'all', revision: { taskDefinitionArn: 'web:2', others: { worker: 'worker:5' } }, unchanged: [] },
    { it: 'the leading one', revision: { taskDefinitionArn: 'web:2', others: {} }, unchanged: ['worker'] },
    {
      it: 'the other one',
      revision: { taskDefinitionArn: 'web:2', unchanged: true, others: { worker: 'worker:5' } },
      unchanged: ['web'],
    },
  ])('leaves what is not to be changed: $it', ({ revision, unchanged }) => {
    const group = { release, revision };

    expect(unchangedServices(group).map(({ target }) => target.service)).toEqual(unchanged);
    const changed = changedParts(group).map((part) => part.release.target.service);
    expect([...changed, ...unchanged].sort()).toEqual(['web', 'worker']);
  });

  test('knows since when each was set to the revision', () => {
    const deployment = { startedAt: 100, earlier: { worker: 7 } };

    expect(services(release).map((part) => startedAtOf(deployment, part))).toEqual([100, 7]);
  });
});

describe('plans', () => {
  const plan = (decision: Plan['decision'], service: string): Plan => ({
    decision,
    runningTaskDefinitionArn: `${service}:1`,
    changes: Array.from({ length: 50 }, (_, index) => ({ path: `${index}`, before: '', after: 'x' })),
    warnings: [],
    first: false,
  });

  test.each([
    { web: 'deploy', worker: 'deploy', all: 'deploy', unchanged: undefined },
    { web: 'deploy', worker: 'skip', all: 'deploy', unchanged: undefined },
    { web: 'skip', worker: 'deploy', all: 'deploy', unchanged: true },
    { web: 'skip', worker: 'skip', all: 'skip', unchanged: undefined },
  ] as const)('$web and $worker are together $all', ({ web: ofWeb, worker: ofWorker, all, unchanged }) => {
    const joined = joinPlans(both(plan(ofWeb, 'web'), plan(ofWorker, 'worker')));

    expect([joined.decision, joined.unchanged]).toEqual([all, unchanged]);
    expect(services(release).map((part) => planOf(joined, part).decision)).toEqual([ofWeb, ofWorker]);
    expect(planOf(joined, { target: worker }).runningTaskDefinitionArn).toBe('worker:1');
  });

  test('have no more changes together than one may have', () => {
    const joined = joinPlans(both(plan('deploy', 'web'), plan('deploy', 'worker')));

    expect(joined.changes.length + (joined.others?.worker?.changes.length ?? 0)).toBeLessThanOrEqual(50);
  });

  test('of a single ECS service stay as they are', () => {
    const only = plan('deploy', 'web');

    expect(joinPlans([{ target: web, answer: only }])).toBe(only);
  });
});

describe('rollouts', () => {
  const rollout = (status: Rollout['status'], reason: string = status): Rollout => ({
    ...{ status, reason, at, stoppedTasks: [] },
    ...(status === 'failed' && { cause: 'circuit breaker' as const }),
  });
  const join = (ofWeb: Rollout['status'] | undefined, ofWorker: Rollout['status'] | undefined) =>
    joinRollouts(both(ofWeb && rollout(ofWeb), ofWorker && rollout(ofWorker)), web, at);

  test.each([
    { web: 'stable', worker: 'stable', all: 'stable' },
    { web: 'stable', worker: 'proved', all: 'stable' },
    { web: 'proved', worker: 'stable', all: 'proved' },
    { web: 'stable', worker: undefined, all: undefined },
    { web: undefined, worker: 'stable', all: undefined },
    { web: 'testable', worker: undefined, all: 'testable' },
    { web: 'serving', worker: 'stable', all: 'serving' },
    { web: undefined, worker: 'failed', all: 'failed' },
    { web: 'stable', worker: 'failed', all: 'failed' },
    { web: 'testable', worker: 'failed', all: 'failed' },
    { web: 'superseded', worker: 'failed', all: 'failed' },
    { web: 'stable', worker: 'superseded', all: 'gives way' },
    { web: 'superseded', worker: undefined, all: 'gives way' },
    { web: 'stable', worker: 'gives way', all: 'gives way' },
    { web: undefined, worker: undefined, all: undefined },
  ] as const)('that are $web and $worker are together $all', ({ web: ofWeb, worker: ofWorker, all }) => {
    expect(join(ofWeb, ofWorker)?.status).toBe(all);
  });

  test('that failed say which, why, and with which tasks', () => {
    const task = { task: 't', stopCode: 'EssentialContainerExited', reason: '', exitCode: 1, logTail: [] };
    const failed = { ...rollout('failed', 'it crashed'), stoppedTasks: [task, task, task] };

    const joined = joinRollouts(both<Rollout | undefined>(failed, failed), web, at);

    expect(joined).toMatchObject({ cause: 'circuit breaker', reason: 'web and worker: it crashed' });
    expect(joined?.stoppedTasks.length).toBe(5);
  });

  test('that failed for one cause tell it once, whatever else differs', () => {
    const diagnosis = {
      cause: 'OutOfMemory',
      sentence: 'it was killed',
      advice: 'more memory',
      evidence: [],
    };
    const failed = (count: number) => ({
      ...rollout('failed', `${count} tasks failed: it was killed → more memory`),
      diagnosis,
    });

    const joined = joinRollouts(both<Rollout | undefined>(failed(3), failed(5)), web, at);

    expect(joined?.reason).toBe('web: 3 tasks failed; worker: 5 tasks failed: it was killed → more memory');
  });

  test('are stable when the last of them is', () => {
    const late = { ...rollout('stable'), at: at + 60_000 };

    expect(joinRollouts(both<Rollout | undefined>(rollout('stable'), late), web, at)?.at).toBe(at + 60_000);
  });

  test('of a single ECS service stay as they are', () => {
    const only = rollout('superseded');

    expect(joinRollouts([{ target: web, answer: only }], web, at)).toBe(only);
  });

  test('of the other one alone never wait for checks of the leading one', () => {
    expect(joinRollouts([{ target: worker, answer: rollout('stable') }], web, at)?.status).toBe('stable');
    expect(joinRollouts([{ target: worker, answer: undefined }], web, at)).toBeUndefined();
  });
});

describe('confirmations', () => {
  const confirmation = (status: Confirmation['status'], waitSeconds = 1): Confirmation => ({
    ...{ status, reason: status, waitSeconds, since: at },
  });

  test.each([
    { web: 'confirmed', worker: 'confirmed', all: 'confirmed' },
    { web: 'confirmed', worker: 'continue', all: 'continue' },
    { web: 'continue', worker: 'refuted', all: 'refuted' },
    { web: 'superseded', worker: 'refuted', all: 'refuted' },
    { web: 'confirmed', worker: 'superseded', all: 'gives way' },
  ] as const)('that are $web and $worker are together $all', ({ web: ofWeb, worker: ofWorker, all }) => {
    expect(joinConfirmations(both(confirmation(ofWeb), confirmation(ofWorker)), web).status).toBe(all);
  });

  test('look again when the first of them wants to', () => {
    const joined = joinConfirmations(both(confirmation('continue', 60), confirmation('continue', 15)), web);

    expect(joined).toMatchObject({ waitSeconds: 15, reason: 'web and worker: continue' });
  });
});

describe('ways back', () => {
  const back = (status: Return['status'], tasks = 2): Return => ({ status, reason: status, at, tasks });

  test.each([
    { web: 'back', worker: 'back', all: 'back' },
    { web: 'back', worker: 'unchanged', all: 'back' },
    { web: 'back', worker: 'superseded', all: 'back' },
    { web: 'superseded', worker: 'superseded', all: 'superseded' },
    { web: 'unchanged', worker: 'superseded', all: 'superseded' },
    { web: 'unchanged', worker: 'unchanged', all: 'unchanged' },
    { web: 'back', worker: undefined, all: undefined },
    { web: undefined, worker: 'failed', all: 'failed' },
    { web: 'back', worker: 'failed', all: 'failed' },
  ] as const)('that are $web and $worker are together $all', ({ web: ofWeb, worker: ofWorker, all }) => {
    const answers = both(ofWeb && back(ofWeb), ofWorker && back(ofWorker));

    expect(joinReturns(answers, web)?.status).toBe(all);
  });

  test('are told of all', () => {
    const answers = both<Return | undefined>(back('superseded', 0), back('back'));

    expect(joinReturns(answers, web)).toMatchObject({ reason: 'worker: back; web: superseded', tasks: 0 });
  });

  test('keep the method of each', () => {
    const rollback = (method: Rollback['method']): Rollback => ({ method, startedAt: 1 });

    const joined = joinRollbacks(both(rollback('nothing to undo'), rollback('deployment stopped')), at);

    expect(joined).toMatchObject({ method: 'deployment stopped', startedAt: at });
    expect([web, worker].map((target) => rollbackOf(joined, { target }).method)).toEqual([
      'nothing to undo',
      'deployment stopped',
    ]);
  });
});
