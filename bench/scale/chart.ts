/** What happened over time, as an SVG: calls a second, answered and refused, and the releases that are over. */
import { bar, colours, drawing, margin, niceStep, round, text, title, width } from '../drawing.ts';
import type { Crowd } from './crowd.ts';

const height = 190;
const secondsABar = 10;

export function chart({ calls, releases }: Crowd, allowedSeconds: number): string {
  const ends = releases.flatMap(({ endedAt }) => endedAt ?? []).toSorted((one, other) => one - other);
  const end = Math.ceil(Math.max(allowedSeconds, ends.at(-1) ?? 0) / 60) * 60;
  const bars = Array.from({ length: end / secondsABar }, () => ({ answered: 0, refused: 0 }));
  for (const { at, refused } of calls) {
    const bar = bars[Math.floor(at / secondsABar)];
    if (bar) bar[refused ? 'refused' : 'answered'] += 1 / secondsABar;
  }
  const x = (seconds: number) => margin.left + (seconds / end) * (width - margin.left - margin.right);
  const busiest = Math.max(1, ...bars.map(({ answered, refused }) => answered + refused));

  const rates = scaled(40, busiest);
  const barsDrawn = bars.flatMap(({ answered, refused }, index) => {
    const left = x(index * secondsABar);
    const size = x(secondsABar) - x(0) - 0.5;
    return [
      bar(left, rates.y(answered), size, rates.y(0) - rates.y(answered), colours.blue),
      bar(
        left,
        rates.y(answered + refused),
        size,
        rates.y(answered) - rates.y(answered + refused),
        colours.orange,
      ),
    ];
  });
  const counts = scaled(60 + height + 50, releases.length);
  const points = ends.map((at, index) => `${round(x(at))},${round(counts.y(index + 1))}`);
  const bottom = counts.y(0);

  return drawing('Calls a second, and the releases that are over', bottom + 40, [
    title(20, `Calls a second (mean of ${secondsABar} s)`, [
      ['answered', colours.blue],
      ['refused by a limit', colours.orange],
    ]),
    ...rates.grid,
    ...barsDrawn,
    title(60 + height + 30, 'Releases that are over', [['ended', colours.green]]),
    ...counts.grid,
    `<polyline points="${round(x(0))},${bottom} ${points.join(' ')}" fill="none" stroke="${colours.green}" stroke-width="2"/>`,
    `<line x1="${round(x(allowedSeconds))}" x2="${round(x(allowedSeconds))}" y1="${counts.y(releases.length)}" y2="${bottom}" stroke="${colours.text}" stroke-dasharray="4 3"/>`,
    text(x(allowedSeconds) - 5, bottom - 8, 'as the limits allow', 'end'),
    ...minutes(end, x, bottom),
  ]);
}

/** A panel whose top is `top`, and its horizontal lines. */
function scaled(top: number, most: number) {
  const step = niceStep(most / 4);
  const ceiling = Math.ceil(most / step) * step;
  const y = (value: number) => round(top + height * (1 - value / ceiling));
  const values = Array.from({ length: ceiling / step + 1 }, (_, index) => index * step);
  const grid = values.flatMap((value) => [
    `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(value)}" y2="${y(value)}" stroke="${colours.grid}"/>`,
    text(margin.left - 6, y(value) + 4, String(value), 'end'),
  ]);
  return { y, grid };
}

function minutes(end: number, x: (seconds: number) => number, bottom: number): string[] {
  const step = niceStep(end / 60 / 12);
  const marks = Array.from({ length: Math.floor(end / 60 / step) + 1 }, (_, index) => index * step);
  return marks.map((minute) => text(x(minute * 60), bottom + 18, `${minute} min`, 'middle'));
}
