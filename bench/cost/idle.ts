/** What an installation does while nobody pushes: the schedule that looks after lost pushes. */
import { schedules } from '../../core/triggers.ts';
import { virtualWorld } from '../../test/support/virtual-world.ts';
import { configOf, namesOf } from '../scale/crowd.ts';
import { type Assumptions, meter, type Used } from './meter.ts';

const { everyMinutes, function: name } = schedules.LostPushes ?? { everyMinutes: Number.NaN, function: '' };

/** Of 730 hours. */
export const sweepsAMonth = (730 * 60) / everyMinutes;

/** One sweep over so many services, once it knows them. */
export async function sweepOver(services: number, assumptions: Assumptions): Promise<Used> {
  const { options, begin, read } = meter(assumptions, (functionName) => functionName === name);
  const world = await virtualWorld({
    config: configOf(namesOf(services)),
    ...{ seed: 1, requestsPerSecond: 0, desiredCount: 1, historySeconds: 600 },
    ...options,
  });
  // New services are looked at more closely, and many take more than one sweep.
  await world.clock.advance(8.5 * everyMinutes * 60_000);

  begin(world);
  await world.clock.advance(everyMinutes * 60_000);

  return read();
}
