/** `tidegate redeploy` and `promote`: a release that a person asks for passes every gate that a push passes. */
import { describe, expect, test } from 'vitest';
import { openFor, promotion, redeployment, start } from '../../cli/again/start.ts';
import { production, rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

type Rehearsal = Awaited<ReturnType<typeof rehearsal>>;

async function asked(
  { world, clock }: Rehearsal,
  prepare: (aws: ReturnType<typeof openFor>) => ReturnType<typeof redeployment>,
) {
  const aws = openFor(world.surroundings('tidegate-cli'));
  const asking = (async () => {
    const prepared = await prepare(aws);
    await start(prepared, aws);
    return prepared;
  })();
  await settle(
    clock,
    asking.catch(() => {}),
  );
  return asking;
}

const again = (world: Rehearsal, what?: string, environment = 'production') =>
  asked(world, (aws) =>
    redeployment({ service: 'my-api', environment, what, by: 'ada', reason: 'report is there now' }, aws),
  );
const promote = (world: Rehearsal, from = 'staging', environment = 'production') =>
  asked(world, (aws) => promotion({ service: 'my-api', from, environment, by: 'ada' }, aws));

describe('a redeployment', () => {
  test('releases what was rejected once more, after what it lacked is there', async () => {
    const world = await rehearsal();
    const pushed = await world.pushOnly('good', 'v1.0.0', 'none');
    await world.clock.advance(2000);
    await world.ended();
    await world.attachReport(pushed);

    const { execution } = await again(world);
    await world.ended();

    const release = await world.release(execution);
    expect(release).toMatchObject({ outcome: 'Deployed', record: { request: { again: { by: 'ada' } } } });
    expect(await world.running()).toEqual([pushed.digest, pushed.digest]);
    expect(await world.outcomes()).toEqual(['v1.0.0 Rejected', 'v1.0.0 Deployed']);
  });

  test('is judged by the scan gate as a push is', async () => {
    const world = await rehearsal();
    await world.push('vulnerable', 'v1.0.0');

    const { execution, lastTime } = await again(world, 'v1.0.0');
    await world.ended();

    expect(lastTime).toMatch(/^Rejected: 1 CRITICAL with a fix/);
    expect(await world.release(execution)).toMatchObject({ outcome: 'Rejected' });
  });

  test('is refused for what runs, what is older than that, what does not deploy and what is not there', async () => {
    const world = await rehearsal();
    const old = await world.push('good', 'v1.0.0');
    await world.push('good', 'v1.1.0');
    await world.pushOnly('vulnerable', 'pr-5');

    await expect(again(world)).rejects.toThrow('runs in my-api/production already');
    await expect(again(world, old.digest.slice(7, 19))).rejects.toThrow(
      'tidegate rollback my-api production v1.0.0',
    );
    await expect(again(world, 'pr-5')).rejects.toThrow('the tag pr-5 does not match v*');
    await expect(again(world, 'v9.9.9')).rejects.toThrow('there is no image v9.9.9 in my-api');
  });
});

test('a promotion by hand brings the digest further that the environment before has deployed', async () => {
  const staging = {
    ...production,
    name: 'staging',
    service: 'my-api-staging',
    smoke: undefined,
    analysis: undefined,
  };
  const world = await rehearsal({ service: { environments: [staging, production] } });
  await expect(promote(world)).rejects.toThrow('has deployed nothing yet');
  const { digest } = await world.pushOnly('good', 'v1.0.0');
  while ((await world.executions()).length < 2) await world.clock.advance(500);
  await expect(promote(world)).rejects.toThrow('releases v1.0.0');
  await world.stop();
  await world.ended();
  const before = await world.running();

  const { execution, request } = await promote(world);
  await world.ended();

  expect(before).not.toContain(digest);
  expect(request.push.digest).toBe(digest);
  expect(await world.release(execution)).toMatchObject({ outcome: 'Deployed' });
  expect(await world.running()).toEqual([digest, digest]);
  await expect(promote(world)).rejects.toThrow('runs in my-api/production already');
  await expect(promote(world, 'production', 'staging')).rejects.toThrow('is the first environment');
});
