/** `tidegate doctor`: it finds what is wrong with an installation, says how to mend it, and changes nothing. */
import { expect, test } from 'vitest';
import { examine, openFor } from '../../cli/doctor/examine.ts';
import { analysisSchema } from '../../core/judge/policy.ts';
import { rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

type Rehearsal = Awaited<ReturnType<typeof rehearsal>>;

async function examined({ world, clock }: Rehearsal) {
  const aws = openFor(world.surroundings('tidegate-cli'));
  const asking = examine([{ service: 'my-api', environment: 'production' }], aws, {
    signingSecret: undefined,
  });
  await settle(
    clock,
    asking.catch(() => {}),
  );
  return asking;
}

const mutating = /^(Register|Update|Run|Stop|Start|Put(?!Events)|Delete|Create|Send)/;

test('an installation that works has nothing broken, and what could be safer is named', async () => {
  const world = await rehearsal({ slack: true });
  await world.push('good', 'v1.0.0');
  world.calls.length = 0;

  const found = await examined(world);

  expect(found.filter(({ kind }) => kind === 'broken')).toEqual([]);
  expect(found.map(({ problem }) => problem)).toContainEqual(
    expect.stringContaining('tags of my-api can be pushed over'),
  );
  const [grace] = found.filter(({ problem }) => problem.includes('no grace period'));
  expect(grace).toMatchObject({
    fix: expect.stringMatching(/update-service --cluster \S+ --service my-api /),
  });
  expect(world.calls.map(({ operation }) => operation).filter((one) => mutating.test(one))).toEqual([]);
});

test('what is wrong is found, all of it at once, each with what to do', async () => {
  const world = await rehearsal({
    ...{ people: { ada: { email: 'ada@example.net' } }, mail: { from: 'deploys@example.com' } },
    environment: { approval: { links: { to: ['ada'] } } },
  });
  Object.assign(world.world.ses, { sandbox: true, verified: new Set(['other@example.com']) });
  world.reconfigure({
    ...{ family: 'another', roles: ['my-api-task'], logGroups: [] },
    rollout: { strategy: 'CANARY', percent: 5, canaryBakeTime: 600, bakeTime: 600 },
  });
  const { analysis } = world.config.services['my-api']?.environments[0] ?? {};
  const depth = {
    name: 'depth',
    gauge: { namespace: 'Shop', metric: 'Depth', dimensions: { Queue: 'orders' } },
  };
  const { metrics } = analysisSchema.parse({ preset: 'worker', metrics: [depth] });
  Object.assign(analysis ?? {}, { targetGroup: 'targetgroup/nobody/0123456789abcdef', metrics });

  const found = await examined(world);

  const problems = found.map(({ problem }) => problem).join('\n');
  expect(problems).toContain('Tidegate may only register another');
  expect(problems).toContain('which Tidegate may not pass on');
  expect(problems).toContain('brings new versions in otherwise than rollout');
  expect(problems).toContain('SES may not send as deploys@example.com');
  expect(problems).toContain('SES is in the sandbox here, and would send no link to ada@example.net');
  expect(problems).toMatch(/CloudWatch has no figures of .*requests.*, depth/);
  expect(found.every(({ fix, where }) => fix && where)).toBe(true);
});

test.each([
  { it: 'service', change: { service: 'nobody' }, says: /ECS service main\/nobody: MISSING/ },
  { it: 'cluster', change: { cluster: 'nowhere' }, says: /Cluster not found/ },
])('a $it that is not there is one finding, and hides no other', async ({ change, says }) => {
  const world = await rehearsal();
  world.reconfigure(change);

  const found = await examined(world);

  expect(found.map(({ problem }) => problem).filter((problem) => says.test(problem))).toHaveLength(1);
  expect(found.some(({ where }) => where === 'installation')).toBe(true);
});
