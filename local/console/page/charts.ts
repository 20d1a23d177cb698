/** Three curves under each other, with the moments of the deployment marked and the values where one points at. */
import type { Curves } from '../../../core/judge/verdict.ts';
import { h, svg } from './dom.ts';
import type { Moments } from './evidence.ts';
import { roundUp, ticks } from './scale.ts';
import { clockTime } from './time.ts';

const [width, plotHeight, gap, left, right, top] = [560, 76, 24, 42, 8, 50];

interface Plot {
  name: string;
  unit: string;
  points: readonly (readonly [time: number, value: number])[];
  digits: number;
}

/** At first the time around the deployment, wide enough to see what is usual; a button shows the whole baseline. */
export function charts(curves: Curves, moments: Moments): HTMLElement {
  const times = timesOf(curves);
  const first = Math.min(...times, moments.startedAt ?? Number.POSITIVE_INFINITY);
  const until = Math.max(...times.map((time) => time + curves.periodSeconds * 1000), moments.decidedAt);
  if (!Number.isFinite(first)) return h('p', { class: 'quiet' }, 'There were no figures to draw.');
  const { startedAt } = moments;
  const near = startedAt === undefined ? first : startedAt - 4 * (until - startedAt);

  const figure = h('figure');
  const draw = (from: number) => {
    const { picture, readout } = drawCharts(within(curves, from), moments, from, until);
    const [other, words] = from === first ? [near, 'Around the deployment'] : [first, 'Whole baseline'];
    const zoom = h('button', { type: 'button', class: 'plain', onclick: () => draw(other) }, words);
    figure.replaceChildren(picture, h('figcaption', {}, readout, near > first ? zoom : ''));
  };
  draw(Math.max(first, near));
  return figure;
}

function within(curves: Curves, from: number): Curves {
  const cut = (points: Curves['requests']) => points.filter(([time]) => time >= from);
  const { periodSeconds, requests, errors, p99Milliseconds, others = [] } = curves;
  return {
    periodSeconds,
    requests: cut(requests),
    errors: cut(errors),
    p99Milliseconds: cut(p99Milliseconds),
    others: others.map((other) => ({ ...other, points: cut(other.points) })),
  };
}

/** Of the metric that has the most points: a service without users has no requests. */
function timesOf({ requests, others = [] }: Curves): number[] {
  const all = [requests, ...others.map(({ points }) => points)];
  const most = all.reduce((one, other) => (other.length > one.length ? other : one));
  return most.map(([time]) => time);
}

function drawCharts(curves: Curves, moments: Moments, from: number, until: number) {
  const plots = plotsOf(curves);
  const times = timesOf(curves);
  const x = (at: number) => left + ((at - from) / Math.max(1, until - from)) * (width - left - right);
  const plotTop = (index: number) => top + index * (plotHeight + gap);
  const bottom = plotTop(plots.length - 1) + plotHeight;

  const readout = h('p', { class: 'readout', role: 'status' });
  const cross = svg('line', { class: 'cross', y1: top, y2: bottom, x1: -9, x2: -9 });
  const dots = plots.map(() => svg('circle', { class: 'at', r: 3, cx: -9, cy: -9 }));
  const drawn = plots.map((plot, index) => drawPlot(plot, plotTop(index), x));
  const picture = svg(
    'svg',
    {
      ...{ class: 'charts', viewBox: `0 0 ${width} ${bottom + 20}`, tabindex: 0, role: 'img' },
      'aria-label':
        'What was measured before and after the deployment. Left and right arrow keys read the values.',
    },
    ...shades(moments, from, until, x, bottom),
    ...drawn.map(({ element }) => element),
    ...timeAxis(from, until, x, bottom),
    ...marks(moments, x, bottom),
    cross,
    ...dots,
  );

  let at = -1;
  const point = (index: number) => {
    at = Math.max(0, Math.min(index, times.length - 1));
    const time = times[at];
    if (time === undefined) return;
    const middle = time + curves.periodSeconds * 500;
    for (const end of ['x1', 'x2']) cross.setAttribute(end, String(x(middle)));
    const values = plots.map(({ name, unit, points, digits }, nth) => {
      const value = points.find(([start]) => start === time)?.[1];
      dots[nth]?.setAttribute('cx', String(value === undefined ? -9 : x(middle)));
      dots[nth]?.setAttribute('cy', String(value === undefined ? -9 : drawn[nth]?.y(value)));
      return `${name} ${value === undefined ? '–' : value.toFixed(digits)}${unit}`;
    });
    readout.textContent = `${clockTime(time)}, ${moments.startedAt !== undefined && time >= moments.startedAt ? 'after' : 'before'}: ${values.join(' · ')}`;
  };
  const leave = () => {
    at = -1;
    for (const end of ['x1', 'x2']) cross.setAttribute(end, '-9');
    for (const dot of dots) dot.setAttribute('cx', '-9');
    readout.textContent = `A point is ${curves.periodSeconds} s. Point at the curves, or use the arrow keys, for values.`;
  };
  leave();
  picture.addEventListener('pointermove', ({ clientX }) => {
    const box = picture.getBoundingClientRect();
    const time =
      from + ((((clientX - box.left) / box.width) * width - left) / (width - left - right)) * (until - from);
    point(times.findLastIndex((start) => start <= time));
  });
  picture.addEventListener('pointerleave', leave);
  picture.addEventListener('blur', leave);
  picture.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    point(at < 0 ? times.length - 1 : at + step);
  });
  return { picture, readout };
}

function plotsOf({ periodSeconds, requests, errors, p99Milliseconds, others = [] }: Curves): Plot[] {
  const total = new Map(requests.map(([time, value]) => [time, value]));
  const rate = errors.flatMap(([time, value]): [number, number][] => {
    const of = total.get(time);
    return of ? [[time, (100 * value) / of]] : [];
  });
  const plots: Plot[] = [
    {
      name: 'Requests',
      unit: ' /s',
      points: requests.map(([time, value]) => [time, value / periodSeconds]),
      digits: 1,
    },
    { name: 'Errors', unit: ' %', points: rate, digits: 2 },
    { name: 'p99 latency', unit: ' ms', points: p99Milliseconds, digits: 0 },
    ...others.map(({ name, unit, points }) =>
      unit === 'share'
        ? { name, unit: ' %', points: points.map(([time, value]) => [time, 100 * value] as const), digits: 2 }
        : { name, unit: unit && ` ${unit}`, points, digits: 1 },
    ),
  ];
  return plots.filter(({ points }) => points.length > 0);
}

function drawPlot({ name, unit, points, digits }: Plot, plotTop: number, x: (at: number) => number) {
  const most = roundUp(1.05 * Math.max(0, ...points.map(([, value]) => value)));
  const y = (value: number) => plotTop + plotHeight - (value / most) * plotHeight;
  const period =
    points.length > 1
      ? Math.min(...points.slice(1).map(([time], index) => time - (points[index]?.[0] ?? 0)))
      : 0;
  let path = '';
  points.forEach(([time, value], index) => {
    const before = points[index - 1];
    // A period without traffic is a gap, not a line.
    const joined = before && time - before[0] <= period * 1.5;
    path += `${joined ? 'L' : 'M'}${x(time + period / 2).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  const shown = (value: number) => (most < 5 && digits > 0 ? value.toFixed(1) : value.toFixed(0));
  const element = svg(
    'g',
    {},
    ...[0, most / 2, most].map((value) =>
      svg('line', { class: 'grid', x1: left, x2: width - right, y1: y(value), y2: y(value) }),
    ),
    ...[0, most].map((value) =>
      svg('text', { class: 'tick', x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, shown(value)),
    ),
    svg('text', { class: 'title', x: left, y: plotTop - 7 }, unit ? `${name},${unit}` : name),
    svg('path', { class: 'curve', d: path }),
  );
  return { element, y };
}

function shades(
  { startedAt, stableAt }: Moments,
  from: number,
  until: number,
  x: (at: number) => number,
  bottom: number,
) {
  const shade = (kind: string, start: number, end: number) =>
    svg('rect', {
      class: `shade ${kind}`,
      x: x(start),
      y: top,
      width: Math.max(0, x(end) - x(start)),
      height: bottom - top,
    });
  return [
    ...(startedAt === undefined ? [] : [shade('baseline', from, startedAt)]),
    ...(stableAt === undefined ? [] : [shade('window', stableAt, until)]),
  ];
}

function marks({ startedAt, stableAt, decidedAt }: Moments, x: (at: number) => number, bottom: number) {
  const mark = (at: number | undefined, words: string, line: number, anchor: 'start' | 'end') => {
    if (at === undefined) return [];
    const place = { x: x(at) + (anchor === 'end' ? -4 : 4), y: 13 + line * 14, 'text-anchor': anchor };
    return [
      svg(
        'g',
        { class: 'moment' },
        svg('line', { x1: x(at), x2: x(at), y1: 2 + line * 14, y2: bottom }),
        svg('text', place, words),
      ),
    ];
  };
  return [
    ...mark(startedAt, 'deployment', 0, 'end'),
    ...mark(stableAt, 'stable', 0, 'start'),
    ...mark(decidedAt, 'decided', 1, 'end'),
  ];
}

function timeAxis(from: number, until: number, x: (at: number) => number, bottom: number) {
  const marks = ticks(from / 1000, until / 1000, 6);
  // Minutes alone would name several marks alike.
  const length = marks.every((seconds) => seconds % 60 === 0) ? 5 : 8;
  return marks.map((seconds) =>
    svg(
      'text',
      { class: 'tick', x: x(seconds * 1000), y: bottom + 15, 'text-anchor': 'middle' },
      clockTime(seconds * 1000).slice(0, length),
    ),
  );
}
