/** A chart of a comparison as SVG: before and after the deployment, on one time scale, with the moment of the decision. */
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

/** Whole and by itself: no styles, no scripts, no fonts from elsewhere. The same comparison gives the same text. */
export function chart(comparison: Comparison, moments: Moments): string {
  const span = around(plotsOf(comparison), comparison.series.periodSeconds, moments);
  if (!span) return svg(60, [text(left, 34, 'There were no figures to draw.')], comparison.headline);
  const { plots, from, until } = span;
  const x = (at: number) => left + ((at - from) / Math.max(1, until - from)) * (width - left - right);
  const bottom = top + plots.length * (plotHeight + gap) - gap;
  const shade = (start: number | undefined, end: number, fill: string) =>
    start === undefined
      ? []
      : [
          `<rect x="${fixed(x(start))}" y="${top}" width="${fixed(Math.max(0, x(end) - x(start)))}" height="${bottom - top}" fill="${fill}"/>`,
        ];
  const { startedAt, stableAt, decidedAt } = moments;
  const parts = [
    ...(startedAt === undefined ? [] : shade(from, startedAt, colours.baseline)),
    ...shade(stableAt, until, colours.window),
    ...plots.flatMap((plot, index) =>
      drawn(plot, top + index * (plotHeight + gap), x, comparison.series.periodSeconds),
    ),
    ...mark(startedAt, 'deployment', 0, 'end', x, bottom),
    ...mark(stableAt, 'stable', 0, 'start', x, bottom),
    ...mark(decidedAt, `decided: ${comparison.status}`, 1, 'end', x, bottom),
    ...[from, until].map((at, index) => text(x(at), bottom + 18, clock(at), index === 0 ? 'start' : 'end')),
  ];
  return svg(bottom + foot, parts, comparison.headline);
}

function drawn(
  { name, unit, points }: Plot,
  plotTop: number,
  x: (at: number) => number,
  periodSeconds: number,
): string[] {
  const highest = points.reduce((most, [, value]) => Math.max(most, value), 0) || 1;
  const y = (value: number) => plotTop + plotHeight - (Math.max(0, value) / (1.05 * highest)) * plotHeight;
  const step = points
    .slice(1)
    .reduce(
      (least, [time], index) => Math.min(least, time - (points[index]?.[0] ?? 0)),
      Number.POSITIVE_INFINITY,
    );
  const period = Math.max(periodSeconds * 1000, Number.isFinite(step) ? step : 0);
  const path = points.map(([time, value], index) => {
    const before = points[index - 1];
    // A period without figures is a gap, not a line.
    const joined = before && time - before[0] <= period * 1.5;
    return `${joined ? 'L' : 'M'}${fixed(x(time + period / 2))} ${fixed(y(value))}`;
  });
  return [
    ...[0, highest].map(
      (value) =>
        `<line x1="${left}" x2="${width - right}" y1="${fixed(y(value))}" y2="${fixed(y(value))}" stroke="${colours.grid}"/>`,
    ),
    text(left - 6, y(highest) + 4, quantity(highest, ''), 'end'),
    text(left - 6, y(0) + 4, '0', 'end'),
    text(left, plotTop - 7, `${name}, ${unit}`.replace(/, $/, '')),
    `<path d="${path.join('')}" fill="none" stroke="${colours.curve}" stroke-width="1.5"/>`,
  ];
}

function mark(
  at: number | undefined,
  words: string,
  line: number,
  anchor: 'start' | 'end',
  x: (at: number) => number,
  bottom: number,
): string[] {
  if (at === undefined) return [];
  const place = fixed(x(at));
  return [
    `<line x1="${place}" x2="${place}" y1="${8 + line * 16}" y2="${bottom}" stroke="${colours.text}" stroke-dasharray="3 3"/>`,
    text(x(at) + (anchor === 'end' ? -4 : 4), 18 + line * 16, words, anchor),
  ];
}

const fixed = (value: number) => value.toFixed(1);
const clock = (at: number) => new Date(at).toISOString().slice(11, 16);

const text = (x: number, y: number, words: string, anchor = 'start') =>
  `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}">${escaped(words)}</text>`;

const svg = (height: number, parts: readonly string[], title: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="12" fill="${colours.text}"><title>${escaped(title)}</title><rect width="${width}" height="${height}" fill="#ffffff"/>${parts.join('')}</svg>\n`;

const escaped = (words: string) =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
