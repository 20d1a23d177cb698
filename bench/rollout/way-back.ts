/** From a bad verdict until the old version serves everything again: by what users' requests are answered with. */
import type { HistoryEvent } from '../../local/asl/index.ts';
import type { Served } from '../../local/load-balancer/modelled.ts';
import { rehearsal } from '../../test/support/rehearsal.ts';
import { thirdCrash } from './crashes.ts';
import { environmentOf, type StrategyName } from './strategies.ts';

/** What is wrong with the image, as its environment says it. */
const faults = {
  'smoke tests fail': 'ERROR_RATE=1',
  'metrics say take it back': 'ERROR_RATE=0.05',
  'tasks crash at their start': 'CRASH_AFTER_MS=1500',
  // They pass their health check after half a minute, and have users when they end.
  'tasks crash after 75 s': 'CRASH_AFTER_MS=75000',
};
export type Fault = keyof typeof faults;
export const faultNames = Object.keys(faults) as Fault[];

export interface WayBack {
  outcome: string;
  /** The state that gave the verdict. */
  verdictOf: string;
  /** From the end of the third task that ended by itself to the verdict, in seconds; undefined where fewer did. */
  noticedSeconds: number | undefined;
  /** From the verdict to the last request that the old version did not answer, or not well; 0 where there was none after it. */
  servingSeconds: number;
  /** From the verdict to the end of the release. */
  endSeconds: number;
  /** The users' requests that the new version got in all. */
  reached: number;
  /** Of all the users' requests from the push to the end, those that ended in a 5xx. */
  errors: number;
  requests: number;
}

const newVersion = 'v1.0.0';
const oldVersion = 'v0.9.0';

export async function wayBack(strategy: StrategyName, fault: Fault, seed: number): Promise<WayBack> {
  const served: Served[] = [];
  const world = await rehearsal({
    environment: environmentOf(strategy),
    seed,
    requestsPerSecond: 50,
    onServed: (one) => served.push(one),
  });
  served.length = 0;
  const config = {
    Env: [`VERSION=${newVersion}`, faults[fault]],
    Cmd: ['node', 'server.mjs'],
  };
  const release = await world.pushImage(newVersion, { config });
  // Requests are counted when the minute that they are in is over.
  await world.clock.advance(120_000);

  const verdict = lastBeforeRollBack(release.history);
  const end = Number(release.history.at(-1)?.timestamp);
  const crashed = await thirdCrash(world);
  const bad = served.filter(({ version, errors }) => version !== oldVersion || errors > 0);
  const lastBad = Math.max(verdict.at, ...bad.map(({ to }) => to));
  const sum = (of: (one: Served) => number) => served.reduce((total, one) => total + of(one), 0);
  return {
    outcome: release.outcome,
    verdictOf: verdict.state,
    noticedSeconds: crashed && (verdict.at - crashed) / 1000,
    servingSeconds: (lastBad - verdict.at) / 1000,
    endSeconds: (end - verdict.at) / 1000,
    reached: sum(({ version, requests }) => (version === newVersion ? requests : 0)),
    errors: sum(({ errors }) => errors),
    requests: sum(({ requests }) => requests),
  };
}

/** The Task whose answer sent the flow to RollBack. */
function lastBeforeRollBack(history: readonly HistoryEvent[]): { state: string; at: number } {
  const back = history.findIndex(
    ({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === 'RollBack',
  );
  const before = history.slice(0, Math.max(0, back)).findLast(({ type }) => type === 'TaskStateExited');
  if (!before) throw new Error('the release was not taken back');
  return { state: String(before.stateExitedEventDetails?.name), at: Number(before.timestamp) };
}
