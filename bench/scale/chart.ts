/** What happened over time, as an SVG: calls a second, answered and refused, and the releases that are over. */
import type { Crowd } from './crowd.ts';

const width = 880;
const panel = { left: 60, right: 20, height: 190 };
const secondsABar = 10;
const colours = {
  answered: '#3b7dd8',
  refused: '#e07b39',
  ended: '#2f8f5b',
  grid: '#d8dde3',
  text: '#3a424c',
};

export function chart({ calls, releases }: Crowd, allowedSeconds: number): string {
  const ends = releases.flatMap(({ endedAt }) => endedAt ?? []).toSorted((one, other) => one - other);
  const end = Math.ceil(Math.max(allowedSeconds, ends.at(-1) ?? 0) / 60) * 60;
  const bars = Array.from({ length: end / secondsABar }, () => ({ answered: 0, refused: 0 }));
  for (const { at, refused } of calls) {
    const bar = bars[Math.floor(at / secondsABar)];
    if (bar) bar[refused ? 'refused' : 'answered'] += 1 / secondsABar;
  }
  const x = (seconds: number) => panel.left + (seconds / end) * (width - panel.left - panel.right);
  const busiest = Math.max(1, ...bars.map(({ answered, refused }) => answered + refused));

  const rates = scaled(40, busiest);
  const barsDrawn = bars.flatMap(({ answered, refused }, index) => {
    const left = x(index * secondsABar);
    const size = x(secondsABar) - x(0) - 0.5;
    return [
      bar(left, rates.y(answered), size, rates.y(0) - rates.y(answered), colours.answered),
      bar(
        left,
        rates.y(answered + refused),
        size,
        rates.y(answered) - rates.y(answered + refused),
        colours.refused,
      ),
    ];
  });
  const counts = scaled(60 + panel.height + 50, releases.length);
  const points = ends.map((at, index) => `${round(x(at))},${round(counts.y(index + 1))}`);
  const bottom = counts.y(0);

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 40}" font-family="sans-serif" font-size="12">`,
    `<title>Calls a second, and the releases that are over</title>`,
    `<rect width="${width}" height="${bottom + 40}" fill="#ffffff"/>`,
    title(20, `Calls a second (mean of ${secondsABar} s)`, [
      ['answered', colours.answered],
      ['refused by a limit', colours.refused],
    ]),
    ...rates.grid,
    ...barsDrawn,
    title(60 + panel.height + 30, 'Releases that are over', [['ended', colours.ended]]),
    ...counts.grid,
    `<polyline points="${round(x(0))},${bottom} ${points.join(' ')}" fill="none" stroke="${colours.ended}" stroke-width="2"/>`,
    `<line x1="${round(x(allowedSeconds))}" x2="${round(x(allowedSeconds))}" y1="${counts.y(releases.length)}" y2="${bottom}" stroke="${colours.text}" stroke-dasharray="4 3"/>`,
    text(x(allowedSeconds) - 5, bottom - 8, 'as the limits allow', 'end'),
    ...minutes(end, x, bottom),
    '</svg>\n',
  ].join('\n');
}

/** A panel whose top is `top`, and its horizontal lines. */
function scaled(top: number, most: number) {
  const step = niceStep(most / 4);
  const ceiling = Math.ceil(most / step) * step;
  const y = (value: number) => round(top + panel.height * (1 - value / ceiling));
  const values = Array.from({ length: ceiling / step + 1 }, (_, index) => index * step);
  const grid = values.flatMap((value) => [
    `<line x1="${panel.left}" x2="${width - panel.right}" y1="${y(value)}" y2="${y(value)}" stroke="${colours.grid}"/>`,
    text(panel.left - 6, y(value) + 4, String(value), 'end'),
  ]);
  return { y, grid };
}

function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}

function minutes(end: number, x: (seconds: number) => number, bottom: number): string[] {
  const step = niceStep(end / 60 / 12);
  const marks = Array.from({ length: Math.floor(end / 60 / step) + 1 }, (_, index) => index * step);
  return marks.map((minute) => text(x(minute * 60), bottom + 18, `${minute} min`, 'middle'));
}

function title(y: number, name: string, legend: [string, string][]): string {
  const entries = legend.map(
    ([what, colour], index) =>
      `${bar(panel.left + 240 + index * 130, y - 9, 10, 10, colour)}${text(panel.left + 255 + index * 130, y, what)}`,
  );
  return `${text(panel.left, y, name)}${entries.join('')}`;
}

const bar = (x: number, y: number, w: number, h: number, colour: string) =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}" fill="${colour}"/>`;
const text = (x: number, y: number, what: string, anchor = 'start') =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${colours.text}">${what}</text>`;
const round = (value: number) => Math.round(value * 10) / 10;
