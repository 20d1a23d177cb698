/** The schedule's sweep over many services, behind AWS's limits, while nobody pushes. */
import { schedules } from '../../core/triggers.ts';
import { pause } from '../../local/lambda/pause.ts';
import type { Limits } from '../../local/limits/aws-limits.ts';
import { type VirtualWorld, virtualWorld } from '../../test/support/virtual-world.ts';
import { configOf, type MadeCall, namesOf } from './crowd.ts';
import { isRefusal, retrying } from './sdk-attempts.ts';

export interface SweepsOptions {
  services: number;
  seed: number;
  limits: Limits;
  attempts: number;
}

/** One or more sweeps, until every service was looked at. */
export interface Round {
  sweeps: number;
  /** From the first call of the first of them to the last call of the last. */
  seconds: number;
  calls: MadeCall[];
}

export interface Sweeps {
  /** After the installation: nothing is known of any service. */
  first: Round;
  later: Round;
}

/** Gives up after this many in a row. */
const mostSweeps = 20;

export async function sweeps({ services, seed, limits, attempts }: SweepsOptions): Promise<Sweeps> {
  let installed: VirtualWorld | undefined;
  let calls: MadeCall[] = [];
  const reached = new Set<unknown>();
  const world = await virtualWorld({
    config: configOf(namesOf(services)),
    seed,
    ...{ requestsPerSecond: 0, desiredCount: 1, historySeconds: 600 },
    maxAttempts: 1,
    limits,
    async around(call, next) {
      if (!installed) return next();
      const { clock, random } = installed;
      const { service, operation, input } = call;
      return retrying(installed, attempts)(call, async () => {
        await pause(clock, 10 + 30 * random());
        const made: MadeCall = { at: clock.now() / 1000, service, operation, refused: false };
        calls.push(made);
        if (operation === 'DescribeImages') reached.add(input.repositoryName);
        return next().catch((error) => {
          made.refused = isRefusal(error);
          throw error;
        });
      });
    },
  });
  const { clock } = world;
  installed = world;
  const everyMs = (schedules.LostPushes?.everyMinutes ?? 0) * 60_000;
  // Between two sweeps, however long one takes.
  await clock.advance(everyMs / 2);

  async function round(): Promise<Round> {
    calls = [];
    reached.clear();
    let count = 0;
    while (reached.size < services && count < mostSweeps) {
      await clock.advance(everyMs);
      count += 1;
    }
    const seconds = (calls.at(-1)?.at ?? Number.NaN) - (calls[0]?.at ?? Number.NaN);
    return { sweeps: count, seconds, calls };
  }
  const first = await round();
  // The rest of what was new.
  await round();
  return { first, later: await round() };
}
