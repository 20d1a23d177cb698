/** What the dashboard and the alarms are fed with. */
import { expect, test } from 'vitest';
import { broken } from '../support/fault.ts';
import { rehearsal } from '../support/rehearsal.ts';

type Measured = [name: string, value: number, dimensions: object];

async function measured(play: (world: Awaited<ReturnType<typeof rehearsal>>) => Promise<unknown>) {
  const found: Measured[] = [];
  const world = await rehearsal({ onMetric: (...one) => found.push(one as Measured) });
  await play(world);
  return (name: string) => found.filter(([of]) => of === name);
}

const production = { environment: 'my-api/production' };

test('a deployed release counts once, with the time since its push', async () => {
  let seconds = 0;
  const of = await measured(async (world) => {
    ({ seconds } = await world.push('good', 'v1.0.0'));
  });

  expect(of('ReleasesEnded')).toEqual([['ReleasesEnded', 1, { ...production, outcome: 'Deployed' }]]);
  const [[, leadTime = 0] = []] = of('LeadTimeSeconds');
  expect(Math.abs(leadTime - seconds)).toBeLessThan(5);
  expect(of('TimeToRestoreSeconds')).toEqual([]);
});

test('a release that is taken back counts with the time for which it was there', async () => {
  const of = await measured((world) => world.push('crash', 'v1.0.0'));

  expect(of('ReleasesEnded')).toEqual([['ReleasesEnded', 1, { ...production, outcome: 'RolledBack' }]]);
  expect(of('LeadTimeSeconds')).toEqual([]);
  expect(of('TimeToRestoreSeconds')).toEqual([['TimeToRestoreSeconds', expect.any(Number), production]]);
});

test('one that is stopped by hand counts too, by whoever notices', async () => {
  const of = await measured(async (world) => {
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(120_000);
    await world.stop();
    await world.ended();
  });

  expect(of('ReleasesEnded')).toEqual([['ReleasesEnded', 1, { ...production, outcome: 'NeedsHuman' }]]);
});

test('an outcome counts though the answer to the write that keeps it is lost: an alarm hangs on it', async () => {
  const ended: number[] = [];
  let lost = 0;
  const world = await rehearsal({
    onMetric: (name, value) => void (name === 'ReleasesEnded' && ended.push(value)),
    async around({ operation, input }, next) {
      const answer = await next();
      const outcome = operation === 'UpdateItem' && JSON.stringify(input).includes('"NeedsHuman"');
      if (outcome && lost === 0) {
        lost += 1;
        throw broken;
      }
      return answer;
    },
  });

  await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(120_000);
  await world.stop();
  await world.ended();

  expect(lost).toBe(1);
  expect(ended).toEqual([1]);
});

test('a report that is waited for and a gate that says no are no errors of a step', async () => {
  const of = await measured((world) => world.push('good', 'v1.0.0', 'none'));

  const errors = of('StepErrors').filter(([, value]) => value > 0);
  expect(of('StepDuration').length).toBeGreaterThan(10);
  expect(errors).toEqual([]);
});
