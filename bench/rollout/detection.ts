/** How late Tidegate and its peers notice what became of a deployment, and how often they are wrong about it. */
import { median, worst } from './statistics.ts';
import { type Fate, fates, type WatchedRelease, watchedRelease } from './watched-release.ts';

export interface Delay {
  median: number;
  worst: number;
  /** Said that it was deployed, or that it was not, and it was the other way round. */
  wrong: number;
}

export interface Detection {
  fate: Fate;
  runs: number;
  /** In seconds from ECS's decision on. */
  tidegate: Delay;
  /** The same without a single event of ECS. */
  withoutEvents: Delay;
  waiter: Delay;
  carefulPoll: Delay;
  plainPoll: Delay;
}

interface Options {
  runs: number;
  seed: number;
  log?: (line: string) => void;
}

export async function detection({ runs, seed, log = () => {} }: Options): Promise<Detection[]> {
  const found: Detection[] = [];
  for (const fate of fates) {
    const watched: WatchedRelease[] = [];
    const unheard: WatchedRelease[] = [];
    for (let run = 0; run < runs; run += 1) {
      const asked = { strategy: 'ROLLING', fate, seed: seed + run } as const;
      watched.push(await watchedRelease({ ...asked, eventsLost: false }));
      unheard.push(await watchedRelease({ ...asked, eventsLost: true }));
    }
    const truth = fate === 'good' ? 'deployed' : 'failed';
    const own = (releases: WatchedRelease[]) =>
      delay(
        releases.map(({ movedOnAt, decidedAt }) => movedOnAt - decidedAt),
        releases.filter(({ release }) => (release.outcome === 'Deployed') !== (truth === 'deployed')).length,
      );
    const of = (who: 'waiter' | 'carefulPoll' | 'plainPoll') =>
      delay(
        watched.map(({ decidedAt, [who]: said }) => said.at - decidedAt),
        watched.filter(({ [who]: said }) => said.verdict !== truth).length,
      );
    found.push({
      ...{ fate, runs, tidegate: own(watched), withoutEvents: own(unheard) },
      ...{ waiter: of('waiter'), carefulPoll: of('carefulPoll'), plainPoll: of('plainPoll') },
    });
    log(`${fate}: ${runs} releases with ECS's events, ${runs} without`);
  }
  return found;
}

const delay = (milliseconds: number[], wrong: number): Delay => ({
  median: median(milliseconds) / 1000,
  worst: worst(milliseconds) / 1000,
  wrong,
});
