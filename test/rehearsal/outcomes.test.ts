/** Every way a release can end, in the local world on virtual time, with AWS's default pace and periods. */
import { describe, expect, test } from 'vitest';
import { production, rehearsal } from '../support/rehearsal.ts';

describe('a good push', () => {
  test('is deployed: our deployment succeeded and every running task has the pushed digest', async () => {
    const world = await rehearsal();

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'Deployed', status: 'SUCCEEDED' });
    expect(release.reason).toMatch(/^2 of 2 tasks run [0-9a-f]{12}; Nothing got worse: 5xx 0\.00 %/);
    expect(await world.running()).toEqual([release.digest, release.digest]);
    expect(world.count('UpdateService')).toBe(1);
  });

  test('changes the image and nothing else of the task definition, tags included', async () => {
    const world = await rehearsal();
    const describe = async (revision: number) => {
      const input = { taskDefinition: `my-api:${revision}`, include: ['TAGS'] };
      const { taskDefinition, tags } = await world.ask('ECS', 'DescribeTaskDefinition', input);
      const { taskDefinitionArn, revision: _, registeredAt, requiresAttributes, ...kept } = taskDefinition;
      return { ...kept, tags };
    };

    const { digest } = await world.push('good', 'v1.0.0');

    const [before, after] = [await describe(1), await describe(2)];
    const container = after.containerDefinitions[0];
    expect(container.image).toBe(`123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-api@${digest}`);
    expect({ ...after, containerDefinitions: [{ ...container, image: '' }] }).toEqual({
      ...before,
      containerDefinitions: [{ ...before.containerDefinitions[0], image: '' }],
    });
  });

  test('of an image that runs already has nothing to do', async () => {
    const world = await rehearsal();
    const { digest } = await world.push('good', 'v1.0.0');
    const push = { action: 'PUSH', tag: 'v1.0.0', digest };

    const release = await world.redeliver(push);

    expect(release).toMatchObject({
      outcome: 'NothingToDo',
      reason: expect.stringContaining('runs already'),
    });
  });

  test('without any traffic is kept, and the record says that there was too little to judge by', async () => {
    const world = await rehearsal({ requestsPerSecond: 0 });

    const release = await world.push('good', 'v1.0.0');

    expect(release.outcome).toBe('Deployed');
    expect(release.reason).toContain('Not enough to judge by');
  });

  test('without any traffic is taken back where the policy says so', async () => {
    const analysis = { ...production.analysis, onInconclusive: 'rollback' as const };
    const world = await rehearsal({ requestsPerSecond: 0, environment: { analysis } });

    expect((await world.push('good', 'v1.0.0')).outcome).toBe('RolledBack');
  });
});

describe('a bad push is taken back', () => {
  test.each([
    { variant: 'errors', says: /5xx.*rose|5xx [\d.]+ %/ },
    { variant: 'slow', says: /p99/ },
    { variant: 'crash', says: /^\d tasks of the new revision ended by themselves/ },
    { variant: 'unhealthy', says: /^ECS took the deployment back: .*circuit breaker/ },
  ] as const)('when it is $variant', async ({ variant, says }) => {
    const world = await rehearsal();

    const release = await world.push(variant, 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'RolledBack', status: 'FAILED' });
    expect(release.reason).toMatch(says);
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('and why its tasks stopped is kept: stop code, exit code and last words', async () => {
    const world = await rehearsal();

    const { record } = await world.push('crash', 'v1.0.0');

    expect(record.steps.AwaitDeployment).toMatchObject({
      status: 'failed',
      stoppedTasks: expect.arrayContaining([
        expect.objectContaining({
          stopCode: 'EssentialContainerExited',
          exitCode: 1,
          logTail: expect.any(Array),
        }),
      ]),
    });
  });

  test('when its image has no entrypoint', async () => {
    const world = await rehearsal();

    const release = await world.pushImage('v1.0.0', { config: { WorkingDir: '/app' } });

    expect(release.outcome).toBe('RolledBack');
    expect(JSON.stringify(release.record.steps.AwaitDeployment)).toContain('CannotStartContainerError');
  });
});

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

  test.each([
    { it: 'the service is scaled to zero', options: { desiredCount: 0 }, says: 'wants 0 tasks' },
    { it: 'the ECS service does not exist', options: {}, remove: true, says: 'MISSING' },
  ])('when $it', async ({ options, remove, says }) => {
    const world = await rehearsal(options);
    if (remove)
      world.config.services['my-api']?.environments.forEach((environment) => {
        environment.service = 'gone';
      });

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'Rejected', reason: expect.stringContaining(says) });
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

test('a release task that succeeds runs once, before traffic moves', async () => {
  const world = await rehearsal({ environment: { releaseTask: { command: ['node', 'migrate.mjs'] } } });

  const release = await world.push('good', 'v1.0.0');

  expect(release.outcome).toBe('Deployed');
  const order = world.calls
    .map(({ operation }) => operation)
    .filter((name) => /RunTask|UpdateService/.test(name));
  expect(order.at(-1)).toBe('UpdateService');
  expect(await world.tasksStartedByHand()).toHaveLength(1);
});

describe('there is nothing to do', () => {
  test.each([
    { tag: 'latest', says: 'latest never deploys' },
    { tag: 'feature-x', says: 'does not match v*' },
  ])('for the tag $tag', async ({ tag, says }) => {
    const world = await rehearsal();

    const release = await world.push('good', tag);

    expect(release).toMatchObject({
      outcome: 'NothingToDo',
      status: 'SUCCEEDED',
      reason: expect.stringContaining(says),
    });
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

describe('approval', () => {
  const asked = { slack: true, environment: { approval: { timeout: '1h' } } };

  test('holds a release up until somebody approves it', async () => {
    const world = await rehearsal(asked);
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(600_000);
    expect(world.count('UpdateService')).toBe(0);

    await world.click('approve');
    await world.ended();

    const [release] = await world.releases();
    expect(release).toMatchObject({ outcome: 'Deployed' });
    expect(release?.record.steps.RequestApproval).toEqual({ decision: 'approved', by: 'slack:U0YOU' });
  });

  test('rejects a release when somebody says no, and a second click changes nothing', async () => {
    const world = await rehearsal(asked);
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);

    await world.click('reject');
    await world.click('approve');
    await world.ended();

    const [release] = await world.releases();
    expect(release).toMatchObject({ outcome: 'Rejected', reason: 'rejected by slack:U0YOU' });
  });

  test('rejects a release when nobody answers in time', async () => {
    const world = await rehearsal(asked);

    const release = await world.push('good', 'v1.0.0');

    expect(release).toMatchObject({ outcome: 'Rejected', reason: expect.stringContaining('States.Timeout') });
    expect(release.seconds).toBeGreaterThan(3600);
  });
});

describe('a service that several releases want', () => {
  test.each([
    { it: 'whose gates open together', apartSeconds: 0 },
    { it: 'a few seconds apart', apartSeconds: 5 },
    { it: 'the second while the first is being rolled out', apartSeconds: 60 },
  ])('gets the newer of two quick pushes, $it; the older one is superseded', async ({ apartSeconds }) => {
    const world = await rehearsal();

    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(apartSeconds * 1000);
    const newer = await world.pushOnly('good', 'v1.1.0');
    await world.ended();

    const releases = await world.releases();
    expect(releases.map(({ outcome }) => outcome)).toEqual(['Deployed', 'Superseded']);
    expect(releases[1]?.reason).toBe('v1.1.0, pushed later, takes its place');
    expect(await world.running()).toEqual([newer.digest, newer.digest]);
  });

  test('returns to what was proved last when the newer of two quick pushes is bad', async () => {
    const world = await rehearsal();

    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    await world.pushOnly('errors', 'v1.1.0');
    await world.ended();

    expect((await world.releases()).map(({ outcome }) => outcome)).toEqual(['RolledBack', 'Superseded']);
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('proves one release before the next when the first is already being judged', async () => {
    const world = await rehearsal();

    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(300_000);
    await world.pushOnly('good', 'v1.1.0');
    await world.ended();

    expect((await world.releases()).map(({ outcome }) => outcome)).toEqual(['Deployed', 'Deployed']);
  });

  test('is free again after every release, also one that was stopped by hand', async () => {
    const world = await rehearsal();
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);
    const [running] = await world.executions();

    await world.ask('SFN', 'StopExecution', { executionArn: running?.executionArn });
    await world.ended();
    const [stopped] = await world.releases();

    expect(stopped).toMatchObject({
      outcome: 'NeedsHuman',
      reason: expect.stringContaining('stopped by hand'),
    });
    await world.clock.advance(1_800_000);
    expect((await world.push('good', 'v1.1.0')).outcome).toBe('Deployed');
  });

  test('keeps what somebody deployed by hand meanwhile', async () => {
    const world = await rehearsal();
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(30_000);

    await world.ask('ECS', 'UpdateService', {
      cluster: 'main',
      service: 'my-api',
      taskDefinition: 'my-api:1',
      forceNewDeployment: true,
    });
    await world.ended();

    const [release] = await world.releases();
    expect(release).toMatchObject({
      outcome: 'Superseded',
      reason: expect.stringContaining('another deployment'),
    });
    expect(world.count('StopServiceDeployment')).toBe(0);
  });
});

test('an event that is delivered twice starts one release', async () => {
  const world = await rehearsal();
  const { digest } = await world.pushOnly('good', 'v1.0.0');
  const event = { id: '11111111-0000-4000-8000-000000000000', tag: 'v1.0.0', digest };

  await world.deliver(event);
  await world.deliver(event);
  await world.ended();

  // One of the real event, one of the two copies.
  expect(await world.executions()).toHaveLength(2);
});

test('a push whose event was lost is started by the schedule, once', async () => {
  const world = await rehearsal({ lose: 'aws.ecr' });
  const { digest } = await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(3_600_000);
  expect(await world.executions()).toEqual([]);

  await world.world.lambda.invoke('reconcile-pushes', {});
  await world.world.lambda.invoke('reconcile-pushes', {});
  await world.ended();

  expect((await world.releases()).map(({ outcome }) => outcome)).toEqual(['Deployed']);
  expect(await world.running()).toEqual([digest, digest]);
});

test('a malformed event goes to the dead letters with the reason, and starts nothing', async () => {
  const world = await rehearsal();

  await world.deliver({ tag: 'v1.0.0', digest: 'sha256:short' });
  await world.clock.advance(600_000);

  expect(await world.executions()).toEqual([]);
  expect(world.deadLetters).toEqual([
    expect.objectContaining({
      function: 'start-release',
      error: expect.stringContaining('detail.image-digest'),
    }),
  ]);
});

test('a rollback that fails too ends as NeedsHuman, loudly', async () => {
  const world = await rehearsal({ slack: true });
  await world.pushOnly('errors', 'v1.0.0');
  // The way back is taken away after the preflight has seen it.
  await world.clock.until(() => world.count('UpdateService') > 0, 600_000);
  await world.deleteImage(world.first);
  await world.ended();

  const [release] = await world.releases();
  expect(release).toMatchObject({ outcome: 'NeedsHuman', status: 'FAILED' });
  expect(release?.reason).toMatch(/5xx.*; the deployment of the previous revision failed too|not back/);
  expect(JSON.stringify(world.world.slack.messages().at(-1))).toContain('needs a human');
});

test('what was deployed to the first environment is promoted to the next, by digest', async () => {
  const staging = { ...production, name: 'staging', cluster: 'staging' };
  const world = await rehearsal({ service: { environments: [staging, production] } });

  const { digest } = await world.push('good', 'v1.0.0');

  const releases = await world.releases();
  expect(releases.map(({ outcome, record }) => [record.request?.environment, outcome])).toEqual([
    ['production', 'Deployed'],
    ['staging', 'Deployed'],
  ]);
  expect(await world.running('main')).toEqual([digest, digest]);
  expect(await world.running('staging')).toEqual([digest, digest]);
});

test('what failed in the first environment never reaches the next', async () => {
  const staging = { ...production, name: 'staging', cluster: 'staging' };
  const world = await rehearsal({ service: { environments: [staging, production] } });

  await world.push('errors', 'v1.0.0');

  expect((await world.releases()).map(({ outcome }) => outcome)).toEqual(['RolledBack']);
  expect(await world.running('main')).toEqual([world.first, world.first]);
});

test('Slack is told how a release ended, with the reason first', async () => {
  const world = await rehearsal({ slack: true });

  await world.push('errors', 'v1.0.0');

  const [message] = world.world.slack.messages();
  expect(JSON.stringify(message)).toContain('my-api v1.0.0: rolled back (production)');
});

test('a Slack that refuses every message holds up nothing', async () => {
  const world = await rehearsal({ slack: true, slackIsDown: true });

  expect((await world.push('good', 'v1.0.0')).outcome).toBe('Deployed');
});
