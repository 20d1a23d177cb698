import { describe, expect, test } from 'vitest';
import { readConfirmation } from '../../core/confirmation.ts';
import { confirmations } from '../../core/longest-history.ts';
import { deployment, ours, question, somebodyElses, wayBack } from '../support/seen-deployment.ts';

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
    {
      it: 'ends where ECS does not say when our deployment did',
      of: { deployments: [deployment({ status: 'SUCCESSFUL' })], now: 1_210_000 },
      status: 'confirmed',
    },
  ])('$it', ({ of, status }) => {
    expect(readConfirmation({ ...proof, ...of }).status).toBe(status);
  });

  test('looks for missing tasks for half a day, in as many rounds as an execution has room for', () => {
    const patient = { ...proof, tasks: [task], question: { ...question, timeoutSeconds: 43_200 } };
    let [now, rounds] = [proof.since, 0];
    let answer = readConfirmation({ ...patient, now });
    for (; answer.status === 'continue' && rounds < 10_000; rounds += 1) {
      now += answer.waitSeconds * 1000;
      answer = readConfirmation({ ...patient, now });
    }

    expect(answer.status).toBe('refuted');
    expect(rounds).toBeGreaterThan(20);
    expect(rounds).toBeLessThanOrEqual(confirmations);
  });
});
