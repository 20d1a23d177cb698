/** A chart of a comparison where there is only text, in a terminal or in Slack: a row of blocks each, with the moments of the deployment below. */
import { around, type Moments, plotsOf } from './plots.ts';
import type { Comparison } from './verdict.ts';
import { quantity } from './wording.ts';

const blocks = '▁▂▃▄▅▆▇█';
const usualColumns = 60;
const head = 14;

/** What the signs below a chart and the figures beside it mean. */
export function chartKey({ startedAt, stableAt, decidedAt }: Moments): string {
  const signs = [startedAt && 'd deployment', stableAt && 's stable', decidedAt && 'v verdict'];
  return [signs.filter(Boolean).join(', '), 'times are UTC', 'at the right the highest value']
    .filter(Boolean)
    .join('; ');
}

/** Lines. A column is the highest of what it stands for; a blank is a time without figures. */
export function blockChart(
  comparison: Pick<Comparison, 'series'>,
  moments: Moments,
  columns = usualColumns,
): string[] {
  const span = around(plotsOf(comparison), comparison.series.periodSeconds, moments);
  if (!span) return [];
  const length = Math.max(1, span.until - span.from);
  const periodMs = comparison.series.periodSeconds * 1000;
  const column = (at: number) => Math.min(columns - 1, Math.floor(((at - span.from) / length) * columns));
  const rows = span.plots.map(({ name, unit, points }) => {
    const cells: (number | undefined)[] = Array.from({ length: columns });
    for (const [time, value] of points)
      for (let at = column(time); at <= column(time + periodMs - 1); at++)
        cells[at] = Math.max(cells[at] ?? 0, value);
    const highest = cells.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
    const row = cells.map((value) => (value === undefined ? ' ' : block(value, highest))).join('');
    return `${name.slice(0, head - 1).padEnd(head)}${row} ${quantity(highest, unit)}`;
  });
  const signs = Array.from({ length: columns }, () => ' ');
  const marks: [number | undefined, string][] = [
    [moments.decidedAt, 'v'],
    [moments.stableAt, 's'],
    [moments.startedAt, 'd'],
  ];
  for (const [at, sign] of marks) if (at !== undefined) signs[column(at)] = sign;
  const time = (at: number) => new Date(at).toISOString().slice(11, 16);
  return [
    ...rows,
    ' '.repeat(head) + signs.join('').trimEnd(),
    `${' '.repeat(head)}${time(span.from)}${' '.repeat(columns - 10)}${time(span.until)}`,
  ];
}

const block = (value: number, highest: number) =>
  blocks[highest > 0 ? Math.min(7, Math.floor((Math.max(0, value) / highest) * 7.999)) : 0] ?? ' ';
