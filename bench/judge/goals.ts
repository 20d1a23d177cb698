/** What the judge is held to, and whether it reaches it. */
import type { Beside } from './beside.ts';
import { allowed, type Judge, type Measured, type Tally } from './measure.ts';
import { changes, worlds } from './worlds.ts';

interface Results {
  measured: readonly Measured[];
  both: readonly Beside[];
}

interface Goal {
  goal: string;
  reached: boolean;
  found: string;
}

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;

/** Of all cells that tried the change, what it is of that `value`. */
const pooled = (
  measured: readonly Measured[],
  change: string,
  value: (tally: Tally) => number,
  of: (tally: Tally) => number = ({ releases }) => releases,
) => {
  const tallies = measured.flatMap(({ tallies }) => tallies[change] ?? []);
  const sum = (one: (tally: Tally) => number) => tallies.reduce((total, tally) => total + one(tally), 0);
  return sum(of) > 0 ? sum(value) / sum(of) : 0;
};
const failed =
  (judge: Judge) =>
  ({ failed }: Tally) =>
    failed[judge];

/**
 * Up to fifteen minutes, exact count tests against an hour and a placebo check against the day: what it was when this judge was begun, in
 * the simulation it was made with. False rollbacks of the three kinds of noise, and what it finds.
 */
const firstDesign = {
  wrong: [0, 0.001, 0.007],
  found: { 'errors ×1.5': 0.065, 'errors ×2': 0.173, 'errors ×5': 0.508, 'errors ×20': 0.738 },
};

export function goals({ measured, both }: Results): Goal[] {
  const wrongOf = ({ tallies }: Measured) =>
    (tallies.nothing?.failed.Tidegate ?? 0) / Math.max(1, tallies.nothing?.releases ?? 0);
  const worst = Math.max(...measured.map(wrongOf));
  const above = measured.filter((one) => wrongOf(one) > 0.01).length;
  const wrong = pooled(measured, 'nothing', failed('Tidegate'));
  const outages = measured.flatMap(({ tallies }) => tallies.outage ?? []);
  const tried = outages.reduce((sum, { releases }) => sum + releases, 0);
  const late = outages.flatMap((outage) => outage.late).sort((a, b) => a - b);
  const few = late.length > 0 ? `; that minute of the others had ${late.join(', ')} requests` : '';
  const incident = both.reduce((sum, one) => sum + one.incident, 0);
  const incidents = both.reduce((sum, { releases }) => sum + releases, 0);
  return [
    { goal: 'false rollbacks at most 0.5 % on average', reached: wrong <= 0.005, found: percent(wrong) },
    {
      goal: 'at most 1 % in every healthy cell, bursts included',
      reached: worst <= 0.01,
      found: `${percent(worst)} in the worst, ${above} of ${measured.length} above`,
    },
    {
      goal: 'an outage is found in the first minute of figures at every traffic level',
      reached: late.length === 0,
      found: `${tried - late.length} of ${tried}${few}`,
    },
    ...changes.filter(({ failing }) => !failing).map(({ name }) => besideKayenta(measured, name)),
    ...changes.filter(({ failing }) => !failing).map((change) => besideBound(measured, change)),
    {
      goal: 'an incident of both versions takes back at most 1 %',
      reached: incident <= 0.01 * incidents,
      found: percent(incident / Math.max(1, incidents)),
    },
    beyondFirst(measured),
  ];
}

function besideKayenta(measured: readonly Measured[], change: string): Goal {
  const [ours, theirs] = (['Tidegate', 'Kayenta 5 v 60'] as const).map((judge) => ({
    found: pooled(measured, change, failed(judge)),
    wrong: pooled(measured, 'nothing', failed(judge)),
  })) as [Pair, Pair];
  return {
    goal: `${change}: no less than Kayenta 5 v 60 finds, wrong no more often`,
    reached: ours.found >= theirs.found && ours.wrong <= theirs.wrong,
    found: `${percent(ours.found)} at ${percent(ours.wrong)}, Kayenta ${percent(theirs.found)} at ${percent(theirs.wrong)}`,
  };
}
interface Pair {
  found: number;
  wrong: number;
}

function besideBound(measured: readonly Measured[], { name, errors }: (typeof changes)[number]): Goal {
  const tried = measured.filter(({ tallies, bounds }) => tallies[name] && bounds[name] !== undefined);
  const most = tried.reduce((sum, { bounds }) => sum + (bounds[name] ?? 0), 0) / Math.max(1, tried.length);
  const found = pooled(tried, name, (tally) => (errors ? tally.errors : tally.latency));
  return {
    goal: `${name}: 90 % of what the bound finds at ${(errors ? allowed.errors : allowed.latency) * 100} %`,
    reached: found >= 0.9 * most,
    found: `${percent(found)} of ${percent(most)}`,
  };
}

function beyondFirst(measured: readonly Measured[]): Goal {
  const wrong = worlds.map(({ name }) =>
    pooled(
      measured.filter(({ cell }) => cell.world.name === name),
      'nothing',
      failed('Tidegate, extended'),
      ({ tried }) => tried,
    ),
  );
  const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const found = Object.entries(firstDesign.found).map(([change, least]) => ({
    least,
    share: pooled(measured, change, failed('Tidegate, extended'), ({ tried }) => tried),
  }));
  return {
    goal: 'extended: finds more errors than the first design, and is wrong no more often',
    reached: mean(wrong) <= mean(firstDesign.wrong) && found.every(({ share, least }) => share >= least),
    found: `${found.map(({ share, least }) => `${percent(share)} (${percent(least)})`).join(', ')}; wrong ${wrong.map(percent).join(', ')} (${firstDesign.wrong.map(percent).join(', ')})`,
  };
}
