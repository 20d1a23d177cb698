/** Why tasks failed is told by Tidegate: in the verdict, in the record and in Slack, with what to do. */
import { describe, expect, test } from 'vitest';
import { rolloutSchema } from '../../core/rollout.ts';
import type { Around } from '../../local/door/answering.ts';
import { ConnectionLost } from '../../local/door/route.ts';
import { rehearsal } from '../support/rehearsal.ts';

interface Described {
  containers: { name: string; exitCode?: number }[];
}
type Containers = Record<string, unknown>[];

/** As if somebody had changed the containers of the task definition that the release is made from. */
const withContainers =
  (change: (containers: Containers) => Containers): Around =>
  (call, next) => {
    const { input } = call;
    if (call.operation === 'RegisterTaskDefinition')
      input.containerDefinitions = change(input.containerDefinitions as Containers);
    return next();
  };

describe('a deployment that fails says why, and what to do:', () => {
  test('a version that crashes, with its exit code and what it wrote', async () => {
    const world = await rehearsal({ slack: true });

    const { reason, record } = await world.push('crash', 'v1.0.0');

    expect(reason).toMatch(
      /^\d tasks of the new revision failed: app misses a setting, ORDERS_TABLE \(exit code 1; last line: fatal: ORDERS_TABLE is not set\) → Set ORDERS_TABLE in the task definition/,
    );
    const { diagnosis, stoppedTasks } = rolloutSchema.parse(record.steps.AwaitDeployment);
    expect(diagnosis?.cause).toBe('SettingMissing');
    expect(stoppedTasks[0]).toMatchObject({ container: 'app', exitCode: 1, cause: 'SettingMissing' });
    // Those that ended alike do not say it again.
    expect(stoppedTasks.map(({ logTail }) => logTail.length > 0)).toEqual([
      true,
      ...stoppedTasks.slice(1).map(() => false),
    ]);
    const message = JSON.stringify(world.world.slack.messages());
    expect(message).toContain('Set ORDERS_TABLE');
    expect(message).toContain('```');
    expect(message).toContain('containerDefinitions.app.image');
  });

  test('a version that crashes while it is compared', async () => {
    const world = await rehearsal();

    const { reason, record } = await world.pushImage('v1.0.0', {
      config: { Entrypoint: ['node'], Env: ['PORT=8080', 'CRASH_AFTER_MS=90000'] },
    });

    expect(reason).toContain('app misses a setting, ORDERS_TABLE');
    expect(JSON.stringify(record.steps)).toContain('"cause":"SettingMissing"');
  });

  test('a version that crashes while it is watched, where no metrics are compared', async () => {
    const world = await rehearsal({ environment: { analysis: undefined, watch: '10m' } });

    const { outcome, reason, record } = await world.pushImage('v1.0.0', {
      config: { Entrypoint: ['node'], Env: ['PORT=8080', 'CRASH_AFTER_MS=90000'] },
    });

    expect(outcome).toBe('RolledBack');
    expect(reason).toContain('app misses a setting, ORDERS_TABLE');
    expect(record.steps.ConfirmRelease).toMatchObject({ diagnosis: { cause: 'SettingMissing' } });
  });

  test('a version that runs out of memory, in the words of its container', async () => {
    const world = await rehearsal();

    const { reason } = await world.pushImage('v1.0.0', {
      config: { Entrypoint: ['node'], Env: ['PORT=8080', 'OOM_AFTER_MS=1500'] },
    });

    expect(reason).toMatch(
      /: app used more memory than it has \(exit code 137.*\) → Give the task more memory/,
    );
  });

  test('tasks that find no capacity, though none of them ever was there', async () => {
    const world = await rehearsal({ environment: { deploymentTimeout: '15m' } });
    await world.pushOnly('good', 'v1.0.0');
    world.world.ecs.setCapacity({ tasks: 2 });
    await world.clock.advance(20 * 60_000);
    world.world.ecs.setCapacity(undefined);
    await world.ended();

    const [release] = await world.releases();
    expect(release?.reason).toMatch(/: AWS had no capacity for the tasks \(.*\) → Push again later/);
  });

  test('an image that is deleted before its tasks pull it', async () => {
    const world = await rehearsal();
    const { digest } = await world.pushOnly('good', 'v1.0.0');
    await world.clock.until(() => world.count('UpdateService') > 0, 600_000);

    await world.deleteImage(digest);
    await world.ended();

    const [release] = await world.releases();
    expect(release?.reason).toMatch(
      /circuit breaker.*\(\d of 3 allowed task failures\): the image of app is not in its registry/,
    );
    expect(rolloutSchema.parse(release?.record.steps.AwaitDeployment).diagnosis).toMatchObject({
      cause: 'ImageNotFound',
      evidence: [expect.stringContaining('CannotPullContainerError')],
    });
  });

  test("a version that fails the load balancer's health checks", async () => {
    const world = await rehearsal();

    const { reason, record } = await world.push('unhealthy', 'v1.0.0');

    expect(reason).toMatch(/\d of 3 allowed task failures\): .*health check/);
    const { diagnosis, stoppedTasks } = rolloutSchema.parse(record.steps.AwaitDeployment);
    expect(diagnosis?.cause).toMatch(/^HealthCheck/);
    // Those that were stopped because ECS went back are no failures.
    expect(stoppedTasks.map(({ reason }) => reason).join()).not.toContain('Scaling activity');
  });

  test('a secret that is not there', async () => {
    const valueFrom = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:gone';
    const around = withContainers(([app, ...others]) => [
      { ...app, secrets: [{ name: 'PASSWORD', valueFrom }] },
      ...others,
    ]);
    const world = await rehearsal({ around });

    const { outcome, reason } = await world.push('good', 'v1.0.0');

    expect(outcome).toBe('RolledBack');
    expect(reason).toMatch(/secret/);
    expect(reason).toContain(valueFrom);
    expect(reason).toMatch(/→ C(?:heck that every ARN|reate the secret)/);
  });

  test('an image that cannot be started', async () => {
    const world = await rehearsal();

    const { reason } = await world.pushImage('v1.0.0', { config: { WorkingDir: '/app' } });

    expect(reason).toContain('the image of app says nothing of what to run');
  });
});

describe('a release task', () => {
  const command = ['node', 'migrate.mjs'];
  const task = (env: string[]) => ({ config: { Entrypoint: ['node'], Env: ['PORT=8080', ...env] } });

  test('that fails is told with its exit code, and that nothing it did is undone', async () => {
    const world = await rehearsal({ slack: true, environment: { releaseTask: { command } } });

    const { outcome, reason } = await world.pushImage('v1.0.0', task(['EXIT_CODE=3']));

    expect(outcome).toBe('Rejected');
    expect(reason).toMatch(
      /^the release task failed: app ended with an error \(exit code 3.*a schema, is not rolled back → /,
    );
    expect(JSON.stringify(world.world.slack.messages().at(-1))).toContain('is not rolled back');
    expect(world.count('UpdateService')).toBe(0);
  });

  test('passes with an exit code that the configuration allows', async () => {
    const world = await rehearsal({ environment: { releaseTask: { command, exitCodes: [0, 3] } } });

    const { outcome } = await world.pushImage('v1.0.0', task(['EXIT_CODE=3']));

    expect(outcome).toBe('Deployed');
  });

  test('that takes too long is stopped, and fails though it then ends with 0', async () => {
    const world = await rehearsal({ environment: { releaseTask: { command, timeout: '1m' } } });

    const { outcome, reason, seconds } = await world.pushImage('v1.0.0', task(['RUN_MS=3600000']));

    expect(outcome).toBe('Rejected');
    expect(reason).toMatch(/^the release task was stopped: Tidegate: longer than 1 min.*not rolled back/);
    expect(seconds).toBeLessThan(240);
    const [taskArn] = await world.tasksStartedByHand();
    const { tasks } = await world.ask('ECS', 'DescribeTasks', { cluster: 'main', tasks: [taskArn] });
    expect(tasks[0]).toMatchObject({ lastStatus: 'STOPPED', containers: [{ exitCode: 0 }] });
  });

  test('is judged by its own container, not by a sidecar without an exit code', async () => {
    const withSidecar = withContainers(([app, ...others]) => [
      { ...app, name: 'log-router', essential: false, portMappings: [] },
      { ...app },
      ...others,
    ]);
    const around: Around = async (call, next) => {
      const answer = await withSidecar(call, next);
      if (call.operation === 'DescribeTasks')
        for (const { containers } of (answer as { tasks: Described[] }).tasks)
          for (const container of containers) if (container.name === 'log-router') delete container.exitCode;
      return answer;
    };
    const world = await rehearsal({ around, environment: { releaseTask: { command } } });

    const { outcome } = await world.push('good', 'v1.0.0');

    expect(outcome).toBe('Deployed');
  });

  test('that ECS does not start rejects the release with what ECS says', async () => {
    const around: Around = async (call, next) =>
      call.operation === 'RunTask'
        ? { tasks: [], failures: [{ arn: 'x', reason: 'MISSING', detail: 'no such cluster' }] }
        : next();
    const world = await rehearsal({ around, environment: { releaseTask: { command } } });

    const { outcome, reason } = await world.push('good', 'v1.0.0');

    expect(outcome).toBe('Rejected');
    expect(reason).toMatch(/^ECS did not start the release task: MISSING \(no such cluster\); it never ran/);
  });

  test('is started again where capacity was missing, and runs once', async () => {
    let refusals = 0;
    const around: Around = async (call, next) => {
      if (call.operation !== 'RunTask' || refusals === 3) return next();
      refusals += 1;
      return { tasks: [], failures: [{ arn: 'x', reason: 'RESOURCE:FARGATE' }] };
    };
    const world = await rehearsal({ around, environment: { releaseTask: { command } } });

    const { outcome } = await world.push('good', 'v1.0.0');

    expect(outcome).toBe('Deployed');
    expect(refusals).toBe(3);
    expect(await world.tasksStartedByHand()).toHaveLength(1);
  });

  test('runs once though its start is not answered, and its configuration changes meanwhile', async () => {
    let lost = 0;
    const around: Around = async (call, next) => {
      const answer = await next();
      if (call.operation !== 'RunTask' || lost > 0) return answer;
      lost += 1;
      throw new ConnectionLost();
    };
    const world = await rehearsal({ around, environment: { releaseTask: { command } } });
    await world.pushImageOnly('v1.0.0', task(['RUN_MS=60000']));
    await world.clock.until(() => world.count('RunTask') > 0, 600_000);

    world.reconfigure({ releaseTask: { command: ['node', 'other.mjs'], timeout: 600, exitCodes: [0] } });
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed']);
    expect(await world.tasksStartedByHand()).toHaveLength(1);
  });
});
