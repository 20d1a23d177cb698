/** What one release costs, beside what others would take for it, as an SVG. */
import { bar, colours, drawing, margin, round, text, width } from '../drawing.ts';

export interface Compared {
  who: string;
  dollars: number;
  ours: boolean;
}

const row = 34;
const names = 190;
/** For what is written behind the longest bar. */
const room = 110;

/** `what` was compared, as a headline. */
export function chart(what: string, compared: Compared[]): string {
  const most = Math.max(...compared.map(({ dollars }) => dollars));
  const long = width - margin.right - margin.left - names - room;
  const rows = compared.flatMap(({ who, dollars, ours }, index) => {
    const top = 40 + index * row;
    const left = margin.left + names;
    const size = (long * dollars) / most;
    return [
      text(left - 8, top + 16, who, 'end'),
      bar(left, top, Math.max(size, 1), row - 10, ours ? colours.green : colours.grey),
      text(left + round(size) + 8, top + 16, `${(100 * dollars).toFixed(2)} cents`),
    ];
  });
  return drawing(what, 50 + compared.length * row, [text(margin.left, 20, what), ...rows]);
}
