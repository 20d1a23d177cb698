/** A small curve without axes; the figure beside it says the value. */
import { svg } from './dom.ts';

const [width, height] = [120, 28];
/** So many values are as wide as the curve is. */
const across = 90;

export function sparkline(values: readonly (number | undefined)[]): SVGSVGElement {
  const most = Math.max(1e-9, ...values.map((value) => value ?? 0)) * 1.15;
  const x = (index: number) => width - ((values.length - 1 - index) * width) / (across - 1);
  const y = (value: number) => height - 2 - (value / most) * (height - 4);
  const points = values.flatMap((value, index) =>
    value === undefined ? [] : [{ x: x(index), y: y(value) }],
  );
  const line = points.map((point) => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(' ');
  const last = points.at(-1);
  return svg(
    'svg',
    { class: 'spark', viewBox: `0 0 ${width} ${height}`, width, height, 'aria-hidden': 'true' },
    svg('line', { x1: 0, x2: width, y1: height - 2, y2: height - 2, class: 'base' }),
    points.length > 1 && svg('polyline', { points: line, class: 'curve' }),
    last && svg('circle', { cx: last.x - 2, cy: last.y, r: 2, class: 'dot' }),
  );
}
