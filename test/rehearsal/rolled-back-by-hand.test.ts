/** `tidegate rollback`: an earlier release is deployed again because somebody asked for it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { approvalPolicySchema } from '../../core/approval/rules.ts';
import { goBack, openFor, type WantedRollback } from '../../functions/go-back.ts';
import { stateMachineArn } from '../../local/world.ts';
import { rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

type Rehearsal = Awaited<ReturnType<typeof rehearsal>>;

const asked = { service: 'my-api', environment: 'production', by: 'ada', reason: 'checkout fails' };

/** Asks, and goes on. */
async function askFor({ world, clock }: Rehearsal, wanted: Partial<WantedRollback> = {}) {
  const asking = goBack({ ...asked, ...wanted }, openFor(world.surroundings('tidegate-cli')));
  await settle(
    clock,
    asking.catch(() => {}),
  );
  return asking;
}

async function rollback(world: Rehearsal, wanted: Partial<WantedRollback> = {}) {
  const { execution } = await askFor(world, wanted);
  await world.ended();
  return world.release(execution);
}

/** Two releases, one after the other; the second runs. */
async function afterTwo(options: Parameters<typeof rehearsal>[0] = {}) {
  const world = await rehearsal(options);
  const first = await world.push('good', 'v1.0.0');
  const second = await world.push('good', 'v1.1.0');
  expect([first.outcome, second.outcome]).toEqual(['Deployed', 'Deployed']);
  return { world, first, second };
}

describe('a rollback by hand', () => {
  test('deploys what was deployed before, by the same flow, and says who asked and why', async () => {
    const { world, first } = await afterTwo();

    const release = await rollback(world);

    expect(release).toMatchObject({
      outcome: 'Deployed',
      record: { request: { rollback: { by: 'ada', reason: 'checkout fails', to: first.executionArn } } },
    });
    expect(Object.keys(release.record.steps)).toEqual(
      expect.arrayContaining([
        'AcquireSlot',
        'PlanDeployment',
        'RunSmokeTests',
        'CompareMetrics',
        'ConfirmRelease',
      ]),
    );
    expect(await world.running()).toEqual([first.digest, first.digest]);
  });

  test('goes further back each time, and to a tag or an execution that is named', async () => {
    const { world, first, second } = await afterTwo();
    const third = await world.push('good', 'v1.2.0');

    const once = await rollback(world);
    const twice = await rollback(world);
    const named = await rollback(world, { tag: 'v1.2.0' });
    const byExecution = await rollback(world, { to: second.executionArn.split(':').at(-1) ?? '' });

    const digests = [once, twice, named, byExecution].map(({ record }) => record.request?.push.digest);
    expect(digests).toEqual([second.digest, first.digest, third.digest, second.digest]);
    expect((await world.outcomes()).slice(3)).toEqual([
      'v1.1.0 Deployed',
      'v1.0.0 Deployed',
      'v1.2.0 Deployed',
      'v1.1.0 Deployed',
    ]);
  });

  test('stays, though the schedule looks for missed pushes, and an event of the newer one comes again', async () => {
    const { world, first, second } = await afterTwo();
    await rollback(world);

    await world.clock.advance(3_600_000);
    const time = `${new Date(second.record.request?.push.pushedAt ?? 0).toISOString().slice(0, 19)}Z`;
    await world.deliver({ tag: 'v1.1.0', digest: second.digest, id: 'again-and-late', time });
    await world.ended();

    expect(await world.running()).toEqual([first.digest, first.digest]);
    expect((await world.outcomes()).slice(2)).toEqual(['v1.0.0 Deployed', 'v1.1.0 Superseded']);
    const [newest] = await world.releases();
    expect(newest?.reason).toBe('the rollback to v1.0.0, asked for later, takes its place');
  });

  test('is followed by the next push as usual', async () => {
    const { world } = await afterTwo();
    await rollback(world);

    const next = await world.push('good', 'v1.2.0');

    expect(next.outcome).toBe('Deployed');
    expect(await world.running()).toEqual([next.digest, next.digest]);
  });

  test('takes the place of a release that ECS is rolling out, and of one that waits', async () => {
    const { world, first } = await afterTwo();
    await world.pushOnly('good', 'v1.2.0');
    await world.clock.advance(60_000);

    await rollback(world, { tag: 'v1.0.0' });

    expect((await world.outcomes()).slice(2)).toEqual(['v1.2.0 Superseded', 'v1.0.0 Deployed']);
    expect(await world.running()).toEqual([first.digest, first.digest]);
  });

  test('asks neither the scan gate nor a person again', async () => {
    const { world } = await afterTwo({ slack: true });
    world.reconfigure({ approval: approvalPolicySchema.parse({ timeout: '1h' }) });
    world.config.services['my-api']?.scan.block.push('HIGH', 'MEDIUM', 'LOW', 'UNKNOWN');

    const release = await rollback(world);

    expect(release.outcome).toBe('Deployed');
    expect(release.record.steps).not.toHaveProperty('RequestApproval');
    expect(JSON.stringify(world.world.slack.messages())).toContain('*Rollback by*\\nada: checkout fails');
  });

  test('goes back to what the scan gate only warned of, too', async () => {
    const world = await rehearsal({ environment: { scan: { mode: 'warn' } } });
    await world.push('vulnerable', 'v1.0.0');
    await world.push('good', 'v1.1.0');
    world.reconfigure({ scan: { mode: 'enforce' } });

    const release = await rollback(world);

    expect(release).toMatchObject({ outcome: 'Deployed', record: { request: { push: { tag: 'v1.0.0' } } } });
    expect(release.record.steps.CheckScan).toMatchObject({
      summary: 'not judged again: it was deployed here before',
    });
  });

  test('is taken back itself where what it brings back does not answer', async () => {
    const world = await rehearsal({ environment: { smoke: undefined, analysis: undefined } });
    await world.push('unhealthy', 'v1.0.0');
    const good = await world.push('good', 'v1.1.0');
    const endpoints = [{ url: 'http://my-api.test/healthz', status: 200 }];
    world.reconfigure({ smoke: { endpoints, consecutive: 3, requestTimeout: 5, timeout: 90 } });

    const release = await rollback(world, { tag: 'v1.0.0' });

    expect(release.outcome).toBe('RolledBack');
    expect(await world.running()).toEqual([good.digest, good.digest]);
  });

  test('promotes nothing', async () => {
    const production = { name: 'production', cluster: 'main', service: 'my-api' };
    const world = await rehearsal({
      service: { environments: [production, { ...production, name: 'next', service: 'next' }] },
    });
    await world.push('good', 'v1.0.0');
    await world.push('good', 'v1.1.0');

    await rollback(world);
    await world.clock.advance(3_600_000);

    const started = (await world.releases()).map(
      ({ record: { request } }) => `${request?.push.tag} ${request?.environment}`,
    );
    expect(started.slice(0, 1)).toEqual(['v1.0.0 production']);
    expect(started).toHaveLength(5);
  });
});

describe('a rollback is refused', () => {
  let shared: Awaited<ReturnType<typeof afterTwo>> & { bad: Awaited<ReturnType<Rehearsal['push']>> };
  beforeAll(async () => {
    const two = await afterTwo();
    shared = { ...two, bad: await two.world.push('vulnerable', 'v1.2.0') };
  });

  test.each([
    {
      it: 'to a tag that was never pushed',
      wanted: { tag: 'v9.9.9' },
      says: 'v9.9.9 was never deployed there (last ones: v1.1.0, v1.0.0)',
    },
    {
      it: 'to a release that was rejected',
      wanted: { tag: 'v1.2.0' },
      says: 'v1.2.0 was never deployed there',
    },
    { it: 'to what runs', wanted: { tag: 'v1.1.0' }, says: 'v1.1.0 runs already' },
    {
      it: 'to an execution that nobody knows',
      wanted: { to: 'nobody' },
      says: 'there is no record of an execution nobody',
    },
    {
      it: 'in an environment that is not there',
      wanted: { environment: 'staging' },
      says: 'only production',
    },
  ])('$it', async ({ wanted, says }) => {
    await expect(askFor(shared.world, wanted)).rejects.toThrow(says);
  });

  test('to the execution of a release that was rejected', async () => {
    const { world, bad } = shared;

    await expect(askFor(world, { to: bad.executionArn })).rejects.toThrow('ended Rejected');
  });

  test('by the flow itself where its request vouches for a digest that nobody deployed', async () => {
    const { world, first, bad } = shared;
    const forged = {
      ...bad.record.request,
      rollback: { by: 'eve', reason: 'because', requestedAt: world.clock.now(), to: first.executionArn },
    };

    const input = { stateMachineArn, name: 'forged', input: JSON.stringify(forged) };
    const { executionArn } = await world.ask('SFN', 'StartExecution', input);
    await world.ended();

    expect(await world.release(executionArn)).toMatchObject({
      outcome: 'Rejected',
      reason: expect.stringContaining('only what was deployed there is rolled back to'),
    });
  });

  test('to an image that is gone from ECR', async () => {
    const { world, first } = shared;
    await world.deleteImage(first.digest);

    await expect(askFor(world)).rejects.toThrow('is no longer in ECR');
  });
});
