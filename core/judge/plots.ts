/** What a chart of a comparison shows, one plot under the other, whatever draws it. */
import type { Comparison, Curves } from './verdict.ts';

export interface Plot {
  name: string;
  unit: string;
  points: readonly (readonly [time: number, value: number])[];
}

/** Moments of the deployment, ms since the epoch. */
export interface Moments {
  startedAt?: number | undefined;
  stableAt?: number | undefined;
  decidedAt?: number | undefined;
}

/** A plot without points is left out: a service without users has no requests. */
export function plotsOf({ series }: Pick<Comparison, 'series'>): Plot[] {
  const { periodSeconds, requests, errors, p99Milliseconds, others = [] } = series;
  const total = new Map(requests.map(([time, value]) => [time, value]));
  const perSecond = requests.map(([time, value]) => [time, value / periodSeconds] as const);
  const errorShare = errors.flatMap(([time, value]) => {
    const of = total.get(time);
    return of ? [[time, (100 * value) / of] as const] : [];
  });
  const rest = others.map(({ name, unit, points }) => shown(name, unit, points));
  return [
    { name: 'Requests', unit: '/s', points: perSecond },
    { name: 'Errors', unit: '%', points: errorShare },
    { name: 'p99', unit: 'ms', points: p99Milliseconds },
    ...rest,
  ].filter(({ points }) => points.length > 0);
}

function shown(name: string, unit: string, points: Curves['requests']): Plot {
  const share = unit === 'share';
  return {
    name,
    unit: share ? '%' : unit,
    points: share ? points.map(([time, value]) => [time, 100 * value]) : points,
  };
}

/**
 * What is drawn of them: from the first point to the end of the last one's period, moments included, but of the time before no
 * more than four times what came after. Undefined where there are no points.
 */
export function around(
  plots: readonly Plot[],
  periodSeconds: number,
  moments: Moments,
): { plots: Plot[]; from: number; until: number } | undefined {
  const times = plots.flatMap(({ points }) => points.map(([time]) => time));
  if (times.length === 0) return undefined;
  const marked = [moments.startedAt, moments.stableAt, moments.decidedAt].filter((at) => at !== undefined);
  const all = [...times, ...marked, ...times.map((time) => time + periodSeconds * 1000)];
  const first = all.reduce((one, other) => Math.min(one, other));
  const until = all.reduce((one, other) => Math.max(one, other));
  const { startedAt } = moments;
  const from = startedAt === undefined ? first : Math.max(first, startedAt - 4 * (until - startedAt));
  const cut = plots.map((plot) => ({ ...plot, points: plot.points.filter(([time]) => time >= from) }));
  return { plots: cut.filter(({ points }) => points.length > 0), from, until };
}
