import { describe, expect, test } from 'vitest';
import { type Rollback, readReturn, rollbackMethod, type SeenService, settled } from '../../core/rollback.ts';
import type { SeenDeployment } from '../../core/rollout.ts';
import { deployment, ours, wayBack } from '../support/seen-deployment.ts';

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
      it: 'stops it also where ECS shows the service as that of the old version until the end',
      service: home,
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

  test.each<{
    it: string;
    method?: Rollback['method'];
    newest: Partial<SeenDeployment>;
    state: string | undefined;
  }>([
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
    {
      it: 'ECS took that back',
      method: 'previous revision deployed',
      newest: { status: 'ROLLBACK_SUCCESSFUL', taskDefinitionArn: wayBack },
      state: 'FAILED',
    },
    {
      it: 'ours had been stopped, and what was asked for after it is not listed yet',
      method: 'previous revision deployed',
      newest: { status: 'STOPPED' },
      state: undefined,
    },
    {
      it: 'ours could not be taken back, and what was asked for after it is not listed yet',
      method: 'previous revision deployed',
      newest: { status: 'ROLLBACK_FAILED' },
      state: undefined,
    },
    {
      it: 'nothing was changed, after a release that had failed',
      method: 'nothing to undo',
      newest: { status: 'STOPPED' },
      state: 'COMPLETED',
    },
    {
      it: 'nothing was changed, and somebody deploys',
      method: 'nothing to undo',
      newest: { status: 'IN_PROGRESS' },
      state: undefined,
    },
  ])('is read from the newest service deployment where ECS says no more: $it', (row) => {
    const { method = 'deployment stopped', newest, state } = row;
    const before = deployment({
      arn: 'before',
      status: 'SUCCESSFUL',
      taskDefinitionArn: wayBack,
      createdAt: 1,
    });

    expect(settled([before, deployment(newest)], wayBack, method)).toBe(state);
  });

  test('is where nothing was changed of a service whose last deployment is long ago', () => {
    expect(settled([], wayBack, 'nothing to undo')).toBe('COMPLETED');
    expect(settled([], wayBack, 'deployment stopped')).toBeUndefined();
  });

  test('was not needed when nothing had been changed', () => {
    const rollback = { method: 'nothing to undo', startedAt: 0 } as const;

    expect(readReturn({ ours, wayBack }, rollback, 600, home, 0)?.status).toBe('unchanged');
  });
});
