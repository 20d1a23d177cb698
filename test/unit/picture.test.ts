/** A chart as a picture: what is painted where, in a file that others can read. */
import { expect, test } from 'vitest';
import { chartDrawing } from '../../core/judge/chart.ts';
import type { Curves } from '../../core/judge/verdict.ts';
import type { Drawing, Shape } from '../../core/picture/drawing.ts';
import { strokesOf } from '../../core/picture/letters.ts';
import { paint } from '../../core/picture/paint.ts';
import { png } from '../../core/picture/png.ts';
import { svg } from '../../core/picture/svg.ts';
import { chartPicture } from '../../core/telling/chart.ts';
import { samples } from '../../local/slack/samples.ts';
import { type Decoded, decodedPng } from '../support/decoded-png.ts';

const minute = 60_000;
const minutes = (value: (index: number) => number): [number, number][] =>
  Array.from({ length: 20 }, (_, index) => [index * minute, value(index)]);
const series: Curves = {
  periodSeconds: 60,
  requests: minutes(() => 600),
  errors: minutes((index) => (index < 12 ? 0 : 300)),
  p99Milliseconds: [],
};
const moments = { startedAt: 10 * minute, stableAt: 12 * minute, decidedAt: 18 * minute };
const drawing = chartDrawing({ status: 'fail', headline: 'errors rose', series }, moments);
const picture = decodedPng(png(paint(drawing)));
/** Of the drawing's units. */
const at = (x: number, y: number) => picture.at(2 * x, 2 * y);
/** Where the drawing has this moment: from the left edge of its plots to the right one there are twenty minutes. */
const x = (time: number) => 56 + (time / (20 * minute)) * (720 - 56 - 12);
const [firstPlot, secondPlot, plotHeight] = [64, 166, 76];

const [ink, white, grey, yellow, blue] = ['#374151', '#ffffff', '#f3f4f6', '#fef9c3', '#2563eb'];
const has = ({ at: pixel }: Decoded, colour: string, [left, top, wide, high]: number[]) => {
  for (let y = 2 * (top ?? 0); y < 2 * ((top ?? 0) + (high ?? 0)); y += 1)
    for (let column = 2 * (left ?? 0); column < 2 * ((left ?? 0) + (wide ?? 0)); column += 1)
      if (pixel(column, y) === colour) return true;
  return false;
};

test('the picture is twice as large as the drawing', () => {
  expect([picture.width, picture.height]).toEqual([2 * drawing.width, 2 * drawing.height]);
});

test('the time before is grey, the time that was judged yellow, and the rollout between them neither', () => {
  const middle = firstPlot + plotHeight / 2;

  expect(at(x(5 * minute), middle)).toBe(grey);
  expect(at(x(11 * minute), middle)).toBe(white);
  expect(at(x(15 * minute), middle)).toBe(yellow);
  expect(at(x(5 * minute), 20)).toBe(white);
});

test('a curve is at the bottom before and at the top after, where errors rose', () => {
  const bottom = [2, secondPlot + plotHeight - 2, 2, 4];
  const top = [2, secondPlot + 1, 2, 5];
  const around = (time: number, [, y = 0, , high = 0]: number[]) => [x(time) - 1, y, 2, high];

  expect(has(picture, blue, around(5 * minute, bottom))).toBe(true);
  expect(has(picture, blue, around(5 * minute, top))).toBe(false);
  expect(has(picture, blue, around(16 * minute, top))).toBe(true);
  expect(has(picture, blue, around(16 * minute, bottom))).toBe(false);
});

test('the decision is a broken rule through all plots, with words beside it', () => {
  const tones = new Set(
    Array.from({ length: 300 }, (_, index) => at(x(moments.decidedAt) - 0.5, 10 + index / 2)),
  );

  expect([...tones].length).toBeGreaterThan(2);
  expect(has(picture, ink, [x(moments.decidedAt) - 100, 8, 96, 12])).toBe(true);
  expect(has(picture, ink, [56, firstPlot - 18, 100, 14])).toBe(true);
});

test('a point without neighbours is a dot, and a gap is not crossed', () => {
  const curve: Shape = { kind: 'curve', stroke: blue, runs: [[[10, 10]], [[30, 10]]] };
  const dots = decodedPng(png(paint({ width: 40, height: 20, title: '', ink, shapes: [curve] })));

  expect(has(dots, blue, [9, 9, 2, 2])).toBe(true);
  expect(has(dots, blue, [29, 9, 2, 2])).toBe(true);
  expect(dots.at(40, 20)).toBe(white);
});

test('what is outside is left out', () => {
  const shapes: Shape[] = [
    { kind: 'rect', x: -5, y: -5, width: 100, height: 8, fill: grey },
    { kind: 'rule', from: [-20, 10], to: [100, 10], stroke: ink },
    { kind: 'text', at: [38, 19], text: 'beyond', anchor: 'start' },
  ];
  const cropped: Drawing = { width: 40, height: 20, title: '', ink, shapes };

  const { at: pixel } = decodedPng(png(paint(cropped)));

  expect([pixel(0, 0), pixel(79, 5), pixel(79, 8), pixel(0, 19)]).toEqual([grey, grey, white, ink]);
});

test('every letter that can be typed has strokes of its own, and any other is a box', () => {
  const typed = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
  const looks = typed.map((character) => JSON.stringify(strokesOf(character)));

  expect(looks[0]).toBe('[]');
  expect(new Set(looks).size).toBe(95);
  expect(strokesOf('ß')).toEqual(strokesOf('→'));
  expect(strokesOf('ß')).not.toEqual([]);
});

test('the same drawing as SVG has the same words', () => {
  const words = drawing.shapes.flatMap((shape) => (shape.kind === 'text' ? shape.text : []));

  expect(words).toEqual(expect.arrayContaining(['Requests, /s', 'Errors, %', 'deployment', 'stable']));
  for (const word of words) expect(svg(drawing)).toContain(`>${word}</text>`);
});

test('only releases that their metrics spoke against have a picture, and it says in words what it shows', () => {
  const found = samples().flatMap(({ name, told }) => {
    const words = chartPicture(told.record)?.words;
    return words === undefined ? [] : [[name, words]];
  });

  expect(Object.fromEntries(found)).toEqual({
    'rolled back by its metrics, and Slack takes no picture': expect.anything(),
    'rolled back by its metrics': expect.stringMatching(
      /^The metrics before and after.*from 61 ms to 480 ms/,
    ),
    'needs a human': expect.stringContaining('from 0.10 % (70 of 70 816) to 5.4 %'),
  });
});
