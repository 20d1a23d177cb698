/** `tidegate abort`: a release is stopped where it is, and nothing is left half done. */
import { describe, expect, test } from 'vitest';
import { openFor, stop } from '../../functions/stop-release.ts';
import { rehearsal } from '../support/rehearsal.ts';
import { settle } from '../support/virtual-world.ts';

type Rehearsal = Awaited<ReturnType<typeof rehearsal>>;

async function abort({ world, clock }: Rehearsal, words = ['my-api', 'production']) {
  const aws = openFor(world.surroundings('tidegate-cli'));
  const asking = stop({ words, by: 'ada', reason: 'wrong branch' }, aws);
  await settle(
    clock,
    asking.catch(() => {}),
  );
  return asking;
}

/** Lets it come as far as a state. */
async function until({ clock, executions, ask }: Rehearsal, state: string): Promise<void> {
  for (let second = 0; second < 3600; second += 2) {
    await clock.advance(2000);
    const [newest] = await executions();
    const { events } = await ask('SFN', 'GetExecutionHistory', {
      ...{ executionArn: newest?.executionArn, reverseOrder: true },
      maxResults: 50,
    });
    const entered = events.find(({ type }: { type: string }) => type === 'TaskStateEntered');
    if (entered?.stateEnteredEventDetails?.name === state) return;
  }
  throw new Error(`it never came to ${state}`);
}

async function stoppedIn(world: Rehearsal, state: string) {
  const { digest } = await world.push('good', 'v1.0.0');
  await world.pushOnly('good', 'v1.1.0', state === 'CheckScan' ? 'none' : undefined);
  await until(world, state);
  const { becomes } = await abort(world);
  await world.ended();
  const [release] = await world.releases();
  return { release, becomes, running: await world.running(), digest };
}

describe('a release that is stopped', () => {
  test('while its scan report is waited for ends Rejected, with who and why', async () => {
    const { release, becomes, running, digest } = await stoppedIn(await rehearsal(), 'CheckScan');

    expect(becomes).toBe('ends');
    expect(release).toMatchObject({ outcome: 'Rejected', reason: 'stopped by ada: wrong branch' });
    expect(running).toEqual([digest, digest]);
  });

  test.each(['AwaitDeployment', 'CompareMetrics'])('during %s is taken back', async (state) => {
    const world = await rehearsal();

    const { release, becomes, running, digest } = await stoppedIn(world, state);

    expect(becomes).toBe('is taken back');
    expect(release).toMatchObject({ outcome: 'RolledBack', reason: 'stopped by ada: wrong branch' });
    expect(running).toEqual([digest, digest]);
    const next = await world.push('good', 'v1.2.0');
    expect(next.outcome).toBe('Deployed');
  });

  test('while it waits for a person is answered at once, and a click that comes later changes nothing', async () => {
    const world = await rehearsal({ slack: true, environment: { approval: { timeout: '1h' } } });
    await world.pushOnly('good', 'v1.0.0');
    await until(world, 'RequestApproval');

    await abort(world);
    await world.clock.advance(5000);
    await world.click('approve');
    await world.ended();

    const [release] = await world.releases();
    expect(release).toMatchObject({
      outcome: 'Rejected',
      reason: expect.stringContaining('ada: the release was stopped: wrong branch'),
    });
    expect(release?.seconds).toBeLessThan(300);
    expect(await world.running()).toEqual([world.first, world.first]);
  });

  test('while it waits in line leaves the line, and the one before it goes on', async () => {
    const world = await rehearsal();
    const first = await world.pushOnly('good', 'v1.0.0');
    await until(world, 'CompareMetrics');
    await world.pushOnly('good', 'v1.1.0');
    await until(world, 'AcquireSlot');
    const [second] = await world.executions();

    await abort(world, [String(second?.name)]);
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.1.0 Rejected']);
    expect(await world.running()).toEqual([first.digest, first.digest]);
  });

  test('that has ended is not stopped, and who asks is told what to do', async () => {
    const world = await rehearsal();
    await world.push('good', 'v1.0.0');
    const [release] = await world.executions();

    await expect(abort(world, [String(release?.name)])).rejects.toThrow(
      'has ended Deployed: tidegate rollback goes back from it',
    );
    await expect(abort(world)).rejects.toThrow('no release is under way in my-api/production');
  });
});
