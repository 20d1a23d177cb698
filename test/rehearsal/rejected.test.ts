/** What may not be deployed changes nothing. */
import { describe, expect, test } from 'vitest';
import type { Environment } from '../../core/config.ts';
import { rehearsal } from '../support/rehearsal.ts';

describe('a push is rejected, and nothing changes,', () => {
  test('when its report has a CRITICAL that could be fixed', async () => {
    const world = await rehearsal();

    const release = await world.push('vulnerable', 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'Rejected', status: 'FAILED' });
    expect(release.reason).toMatch(/^1 CRITICAL with a fix: CVE-/);
    expect(world.count('RegisterTaskDefinition') + world.count('UpdateService')).toBe(0);
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('when no report comes in time', async () => {
    const world = await rehearsal();

    const release = await world.push('good', 'v1.0.0', 'none');

    expect(release).toMatchObject({ outcome: 'Rejected', reason: expect.stringContaining('no scan report') });
    expect(release.seconds).toBeGreaterThan(590);
    expect(release.seconds).toBeLessThan(640);
  });

  test('when what is attached is no Trivy report', async () => {
    const world = await rehearsal();

    const release = await world.push('good', 'v1.0.0', { text: '{"SchemaVersion": 1}' });

    expect(release.outcome).toBe('Rejected');
    expect(release.reason).toContain('not a Trivy v2 report: SchemaVersion is 1');
  });

  test('when the service is scaled to zero', async () => {
    const world = await rehearsal({ desiredCount: 0 });

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'Rejected', reason: expect.stringContaining('wants 0 tasks') });
  });

  test.each<{ it: string; configured: Partial<Environment>; says: string }>([
    { it: 'an ECS service that does not exist', configured: { service: 'gone' }, says: 'MISSING' },
    {
      it: 'another family of task definitions than the running one',
      configured: { family: 'other' },
      says: 'is of the family my-api, and Tidegate may only register other',
    },
    {
      it: 'not every role of its tasks',
      configured: { roles: ['my-api-task'] },
      says: 'have the role ecsTaskExecutionRole, which Tidegate may not pass on',
    },
  ])('when the configuration names $it', async ({ configured, says }) => {
    const world = await rehearsal();
    world.reconfigure(configured);

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'Rejected', reason: expect.stringContaining(says) });
    expect(world.count('RegisterTaskDefinition') + world.count('UpdateService')).toBe(0);
  });

  test('when its image is deleted while the report is waited for', async () => {
    const world = await rehearsal();
    const { digest } = await world.pushOnly('good', 'v1.0.0', 'none');
    await world.clock.advance(20_000);

    await world.deleteImage(digest);
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Rejected']);
    expect(world.count('UpdateService')).toBe(0);
  });

  test('when its release task fails', async () => {
    const world = await rehearsal({ environment: { releaseTask: { command: ['node', 'migrate.mjs'] } } });

    const release = await world.pushImage('v1.0.0', {
      config: { Entrypoint: ['node'], Env: ['EXIT_CODE=3'] },
    });

    expect(release).toMatchObject({ outcome: 'Rejected', reason: expect.stringContaining('exit code 3') });
    expect(world.count('UpdateService')).toBe(0);
  });
});

describe('there is nothing to do', () => {
  test('for the tag latest, where every tag deploys', async () => {
    const world = await rehearsal({ service: { tags: '*' } });

    const release = await world.push('good', 'latest');

    expect(release).toMatchObject({
      outcome: 'NothingToDo',
      status: 'SUCCEEDED',
      reason: expect.stringContaining('latest never deploys'),
    });
    expect(world.count('UpdateService')).toBe(0);
  });

  test('for the other tag of an image that is deployed as a version already', async () => {
    const world = await rehearsal({ service: { latest: true } });
    const version = await world.pushOnly('good', 'v1.0.0');
    await world.ended();

    await world.retag(version, 'latest');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'latest NothingToDo']);
  });

  test('for a tag that deploys nothing: not even a release is started', async () => {
    const world = await rehearsal();

    await world.pushOnly('good', 'feature-x');
    await world.clock.advance(3_600_000);

    expect(await world.executions()).toEqual([]);
    expect(world.count('UpdateService')).toBe(0);
  });

  test('for a tag that has been pushed again before its event was looked at', async () => {
    const world = await rehearsal();
    const { digest } = await world.pushOnly('good', 'v1.0.0');
    await world.ended();
    await world.push('good', 'v1.0.0');

    const release = await world.redeliver({ tag: 'v1.0.0', digest });

    expect(release).toMatchObject({
      outcome: 'NothingToDo',
      reason: expect.stringContaining('has been pushed again'),
    });
  });
});
