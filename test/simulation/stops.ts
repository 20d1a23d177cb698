/** People who stop a release under way, and who pause an environment for a while: `tidegate abort`, `pause` and `resume`. */
import * as fc from 'fast-check';
import { openFor as openPause, pause, resume } from '../../cli/pause/change.ts';
import { openFor as openAbort, stop } from '../../functions/stop-release.ts';
import type { VirtualWorld } from '../support/virtual-world.ts';
import { serviceOf } from './config.ts';

export interface StopPlan {
  /** From the start, or after a release of the service first comes to `upon`. */
  atSeconds: number;
  upon?: string | undefined;
  service: number;
  does: 'aborts what is under way' | 'pauses for ten minutes';
}

const moments = [
  ...['CheckScan', 'RequestApproval', 'AcquireSlot', 'PlanDeployment', 'StartDeployment'],
  ...['AwaitDeployment', 'RunSmokeTests', 'CompareMetrics', 'ConfirmRelease', 'RollBack'],
];
const one: fc.Arbitrary<StopPlan> = fc.record({
  upon: fc.oneof(fc.constant(undefined), fc.constantFrom(...moments), fc.constantFrom(...moments)),
  atSeconds: fc.constantFrom(0, 1, 20),
  service: fc.nat(1),
  does: fc.constantFrom('aborts what is under way' as const, 'pauses for ten minutes' as const),
});

export const stops = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.array(one, { minLength: 1, maxLength: 2 }) },
);

/** What fails of it is told, and tried again by nobody but the end of a pause: somebody waits for that. */
export async function askFor(
  { clock, config, world }: VirtualWorld,
  { does, ...of }: StopPlan,
  say: (what: string) => void,
): Promise<void> {
  const service = serviceOf(config, of);
  const environment = String(config.services[service]?.environments[0]?.name);
  const surroundings = world.surroundings('tidegate-cli');
  const why = { by: 'somebody', reason: 'it is late' };
  const wanted = { service, environment, ...why };
  say(`somebody ${does} of ${service}`);
  const refused = (error: Error) => say(`  refused: ${error.message}`);
  if (does === 'aborts what is under way') {
    await stop({ words: [service, environment], ...why }, openAbort(surroundings)).catch(refused);
    return;
  }
  const end = () =>
    void resume(wanted, openPause(surroundings)).catch((error: Error) => {
      refused(error);
      if (!error.message.includes('is not paused')) clock.after(60_000, end);
    });
  clock.after(600_000, end);
  await pause(wanted, openPause(surroundings)).catch(refused);
}
