/** A chart of a comparison: before and after the deployment, on one time scale, with the moment of the decision. */
import type { Drawing, Point, Shape } from '../picture/drawing.ts';
import { svg } from '../picture/svg.ts';
import { around, type Moments, type Plot, plotsOf } from './plots.ts';
import type { Comparison } from './verdict.ts';
import { quantity } from './wording.ts';

const [width, plotHeight, gap, left, right, top, foot] = [720, 76, 26, 56, 12, 64, 26];
const colours = {
  text: '#374151',
  grid: '#e5e7eb',
  curve: '#2563eb',
  baseline: '#f3f4f6',
  window: '#fef9c3',
};

export type Charted = Pick<Comparison, 'headline' | 'series' | 'status'>;

/** As SVG. */
export const chart = (comparison: Charted, moments: Moments): string =>
  svg(chartDrawing(comparison, moments));

export function chartDrawing(comparison: Charted, moments: Moments): Drawing {
  const { headline, status, series } = comparison;
  const drawing = (height: number, shapes: readonly Shape[]): Drawing => ({
    ...{ width, height, shapes, title: headline, ink: colours.text },
  });
  const span = around(plotsOf(comparison), series.periodSeconds, moments);
  if (!span) return drawing(60, [text(left, 34, 'There were no figures to draw.')]);
  const { plots, from, until } = span;
  const x = (at: number) => left + ((at - from) / Math.max(1, until - from)) * (width - left - right);
  const bottom = top + plots.length * (plotHeight + gap) - gap;
  const shade = (start: number | undefined, end: number, fill: string): Shape[] =>
    start === undefined
      ? []
      : [
          {
            ...{ kind: 'rect', x: x(start), y: top, fill },
            ...{ width: Math.max(0, x(end) - x(start)), height: bottom - top },
          },
        ];
  const { startedAt, stableAt, decidedAt } = moments;
  return drawing(bottom + foot, [
    ...(startedAt === undefined ? [] : shade(from, startedAt, colours.baseline)),
    ...shade(stableAt, until, colours.window),
    ...plots.flatMap((plot, index) => drawn(plot, top + index * (plotHeight + gap), x, series.periodSeconds)),
    // The last one above the others, whose rules would cross its words.
    ...mark(decidedAt, `decided: ${status}`, 0, 'end', x, bottom),
    ...mark(startedAt, 'deployment', 1, 'end', x, bottom),
    ...mark(stableAt, 'stable', 1, 'start', x, bottom),
    ...[from, until].map((at, index) => text(x(at), bottom + 18, clock(at), index === 0 ? 'start' : 'end')),
  ]);
}

function drawn(
  { name, unit, points }: Plot,
  plotTop: number,
  x: (at: number) => number,
  periodSeconds: number,
): Shape[] {
  const highest = points.reduce((most, [, value]) => Math.max(most, value), 0) || 1;
  const y = (value: number) => plotTop + plotHeight - (Math.max(0, value) / (1.05 * highest)) * plotHeight;
  const step = points
    .slice(1)
    .reduce(
      (least, [time], index) => Math.min(least, time - (points[index]?.[0] ?? 0)),
      Number.POSITIVE_INFINITY,
    );
  const period = Math.max(periodSeconds * 1000, Number.isFinite(step) ? step : 0);
  const runs: Point[][] = [];
  for (const [index, [time, value]] of points.entries()) {
    const before = points[index - 1];
    const point: Point = [x(time + period / 2), y(value)];
    // A period without figures is a gap, not a line.
    if (before && time - before[0] <= period * 1.5) runs.at(-1)?.push(point);
    else runs.push([point]);
  }
  return [
    ...[0, highest].map(
      (value): Shape => ({
        ...{ kind: 'rule', from: [left, y(value)], to: [width - right, y(value)], stroke: colours.grid },
      }),
    ),
    text(left - 6, y(highest) + 4, quantity(highest, ''), 'end'),
    text(left - 6, y(0) + 4, '0', 'end'),
    text(left, plotTop - 7, `${name}, ${unit}`.replace(/, $/, '')),
    { kind: 'curve', runs, stroke: colours.curve },
  ];
}

function mark(
  at: number | undefined,
  words: string,
  line: number,
  anchor: 'start' | 'end',
  x: (at: number) => number,
  bottom: number,
): Shape[] {
  if (at === undefined) return [];
  const place = x(at);
  return [
    {
      ...{ kind: 'rule', from: [place, 8 + line * 16], to: [place, bottom] },
      ...{ stroke: colours.text, dashed: true },
    },
    text(place + (anchor === 'end' ? -4 : 4), 18 + line * 16, words, anchor),
  ];
}

const clock = (at: number) => new Date(at).toISOString().slice(11, 16);

const text = (x: number, y: number, words: string, anchor: 'start' | 'end' = 'start'): Shape => ({
  ...{ kind: 'text', at: [x, y], text: words, anchor },
});
