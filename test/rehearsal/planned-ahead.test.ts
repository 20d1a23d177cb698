/** `tidegate plan`: what it foretells is what a release then does, and it changes nothing. */
import { describe, expect, test } from 'vitest';
import { look } from '../../cli/plan/look.ts';
import { rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

type Rehearsal = Awaited<ReturnType<typeof rehearsal>>;

const mutating = /^(Register|Update|Run|Stop|Start|Put(?!Events)|Delete|Create|Send)/;

async function foresee({ world, clock }: Rehearsal, tag: string, environment = 'production') {
  const looking = look({ service: 'my-api', environment, tag }, world.surroundings('tidegate-cli'));
  await settle(
    clock,
    looking.catch(() => {}),
  );
  return looking;
}

/** Pushed, and nobody has heard of it: its event is lost. */
const unheard = { lose: 'aws.ecr' };

describe('a plan', () => {
  test('names the change that a release then makes, and asks for no change itself', async () => {
    const scan = { grace: { CRITICAL: '1d' } };
    const world = await rehearsal({ ...unheard, service: { scan } });
    const { digest } = await world.pushOnly('vulnerable', 'v1.0.0');
    world.calls.length = 0;

    const seen = await foresee(world, 'v1.0.0');
    const asked = world.calls.map(({ operation }) => operation);
    const release = await world.redeliver({ tag: 'v1.0.0', digest, id: 'heard-at-last' });

    expect(seen).toMatchObject({
      would: 'deploy',
      reasons: [],
      scan: { status: 'pass' },
      slot: { status: 'free' },
    });
    expect(asked.filter((operation) => mutating.test(operation))).toEqual([]);
    expect(release.outcome).toBe('Deployed');
    const { changes } = release.record.steps.PlanDeployment as {
      changes: { before: string; after: string }[];
    };
    expect(seen.changes.map(({ before, after }) => [before, after])).toEqual(
      changes.map(({ before, after }) => [before, after]),
    );
    expect(seen.wayBack).toMatchObject({ image: world.first });
  });

  test('foretells every reason at once, the scan and the preflight', async () => {
    const world = await rehearsal({ ...unheard, desiredCount: 0 });
    world.reconfigure({ roles: ['my-api-task'] });
    await world.pushOnly('vulnerable', 'v1.0.0');

    const { would, reasons, scan } = await foresee(world, 'v1.0.0');

    expect(would).toBe('be rejected');
    expect(scan?.upgrades).toEqual(['upgrade minimist to 1.2.6 (1 CRITICAL)']);
    expect(reasons).toEqual([
      expect.stringMatching(/^1 CRITICAL with a fix/),
      expect.stringContaining('wants 0 tasks'),
      expect.stringContaining('which Tidegate may not pass on'),
    ]);
  });

  test('says that a report is still waited for, and for how long it was', async () => {
    const world = await rehearsal(unheard);
    await world.pushOnly('good', 'v1.0.0', 'none');

    expect(await foresee(world, 'v1.0.0')).toMatchObject({
      would: 'wait',
      reasons: [expect.stringContaining('no scan report yet')],
    });
  });

  test('says which release has the slot, and that there is nothing to do once it runs', async () => {
    const world = await rehearsal();
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(60_000);

    const newer = await foresee(world, 'v1.0.0');
    await world.ended();
    const done = await foresee(world, 'v1.0.0');

    expect(newer.slot).toMatchObject({
      status: 'waits',
      sentence: expect.stringContaining('held by v1.0.0'),
    });
    expect(done).toMatchObject({ would: 'do nothing', reasons: [expect.stringContaining('runs already')] });
  });

  test('of a tag that does not deploy shows what the image would meet and change under one that does', async () => {
    const world = await rehearsal();
    await world.pushOnly('vulnerable', 'pr-5');

    const seen = await foresee(world, 'pr-5');

    expect(seen).toMatchObject({
      ...{ would: 'do nothing', underAnotherTag: 'be rejected' },
      scan: { status: 'fail' },
    });
    expect(seen.reasons).toEqual(['the tag pr-5 does not match v*', seen.scan?.summary]);
    expect(seen.changes.map(({ path }) => path)).toEqual(['containerDefinitions.app.image']);
    expect(seen.wayBack).toMatchObject({ image: world.first });
  });

  test('shows what somebody registered that no release deploys, with its values hidden', async () => {
    const world = await rehearsal(unheard);
    await world.pushOnly('good', 'v1.0.0');
    const { taskDefinition } = await world.ask('ECS', 'DescribeTaskDefinition', { taskDefinition: 'my-api' });
    const [container] = taskDefinition.containerDefinitions;
    await world.ask('ECS', 'RegisterTaskDefinition', {
      ...{ family: 'my-api', networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'] },
      ...{ cpu: '512', memory: '1024', executionRoleArn: taskDefinition.executionRoleArn },
      containerDefinitions: [{ ...container, environment: [{ name: 'TOKEN', value: 'hush' }] }],
    });

    const { drift, changes } = await foresee(world, 'v1.0.0');

    expect(changes.map(({ path }) => path)).toEqual(['containerDefinitions.app.image']);
    expect(drift?.changes).toContainEqual({ path: 'cpu', before: '256', after: '512' });
    expect(drift?.changes.map(({ path }) => path)).toContain(
      'containerDefinitions.app.environment.TOKEN.value',
    );
    expect(JSON.stringify(drift)).not.toContain('hush');
  });

  test.each([
    { it: 'tag', tag: 'v9.9.9', environment: 'production', says: 'there is no tag v9.9.9' },
    { it: 'environment', tag: 'v0.9.0', environment: 'staging', says: 'only production' },
  ])('refuses a $it that is not there', async ({ tag, environment, says }) => {
    const world = await rehearsal();

    await expect(foresee(world, tag, environment)).rejects.toThrow(says);
  });
});
