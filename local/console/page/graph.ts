/** Where to draw a state machine: boxes, and ways between them that run in lanes. Pure: the same definition, the same picture. */
import { type Definition, type StateDefinition, waitsForToken } from './definition.ts';
import { places, type Way, waysOf } from './flow.ts';
import { type Lanes, lanes } from './lanes.ts';

export type Shape = 'task' | 'callback' | 'choice' | 'wait' | 'pass' | 'succeed' | 'fail';

/** `x` and `y` are of its centre. */
export interface Box {
  name: string;
  shape: Shape;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Line extends Way {
  /** Where its label is, seen from where it leaves the box. Without room for one, none. */
  labelled: 'above' | 'below' | undefined;
  /** Corners, from the edge of one box to that of the other. */
  points: Point[];
}

export interface Graph {
  boxes: Box[];
  lines: Line[];
  width: number;
  height: number;
}

const widths = [196, 148, 168];
const gap = 12;
const laneWidth = 9;
const margin = 8;
/** Lines do not enter and leave a box's right side at the same height. */
const apart = 6;

export function layout(definition: Definition): Graph {
  const ways = waysOf(definition);
  const placed = places(definition, ways);
  const columnOf = (state: string) => placed.get(state)?.column ?? 0;
  const columns = Math.max(0, ...[...placed.values()].map(({ column }) => column)) + 1;
  const routes = ways.map((way) => ({ way, route: routeOf(way, columnOf, placed) }));

  const ys = heights(definition, placed);
  const yOf = (state: string) => ys.get(state) ?? 0;
  /** By gutter: 0 is left of the main line, 1 left of column 1, and so on; the last is right of all. */
  const gutters: Lanes[] = Array.from({ length: columns + 1 }, (_, gutter) =>
    lanes(
      routes
        .filter(({ route }) => route.gutter === gutter)
        .map(({ way }) => ({ to: way.to, from: yOf(way.from), until: yOf(way.to) })),
    ),
  );

  let x = margin;
  const centres: number[] = [];
  const gutterStarts: number[] = [];
  for (let column = 0; column <= columns; column++) {
    gutterStarts.push(x + (column === 0 ? 0 : gap));
    const count = gutters[column]?.count ?? 0;
    x += count * laneWidth + (column === 0 ? gap : column === columns ? gap : 2 * gap);
    if (column === columns) break;
    const width = widths[Math.min(column, widths.length - 1)] ?? 0;
    centres.push(x + width / 2);
    x += width;
  }

  const boxes = new Map<string, Box>();
  for (const [name, state] of Object.entries(definition.States)) {
    const column = columnOf(name);
    const full = widths[Math.min(column, widths.length - 1)] ?? 0;
    boxes.set(name, {
      ...{ name, shape: shapeOf(state) },
      ...{ x: centres[column] ?? 0, y: yOf(name) },
      ...{ width: full, height: heightOf(state) },
    });
  }

  /** Left of the main line the first lane is the nearest to it, in every other gutter the leftmost. */
  const laneX = (gutter: number, to: string) => {
    const { count, of } = gutters[gutter] ?? { count: 0, of: () => 0 };
    const lane = gutter === 0 ? count - 1 - of(to) : of(to);
    return (gutterStarts[gutter] ?? 0) + (lane + 0.5) * laneWidth;
  };
  const lines = routes.flatMap(({ way, route }): Line[] => {
    const from = boxes.get(way.from);
    const to = boxes.get(way.to);
    if (!from || !to) return [];
    const labelled = labelledAt(way, route, routes);
    return [{ ...way, labelled, points: pointsOf(from, to, way, route, laneX(route.gutter, way.to)) }];
  });
  const bottom = Math.max(0, ...[...boxes.values()].map(({ y, height }) => y + height / 2));
  return { boxes: [...boxes.values()], lines, width: x + margin, height: bottom + margin };
}

/** Of several ways out to the right, one to a lane and one aside have room. Ends need none: their names say it. */
function labelledAt(
  { from, kind, label }: Way,
  { form }: Route,
  routes: readonly { way: Way; route: Route }[],
) {
  if (kind !== 'choice' || !label) return undefined;
  if (form === 'aside') return 'below';
  if (form !== 'lane right') return undefined;
  const others = routes.filter(({ way, route }) => way.from === from && route.form === form);
  return others.length === 1 ? 'above' : undefined;
}

type Form = 'straight' | 'itself' | 'aside' | 'return' | 'lane left' | 'lane right' | 'lane out';

interface Route {
  form: Form;
  /** Where its lane is; -1 for none. */
  gutter: number;
}

function routeOf(
  { from, to, back }: Way,
  columnOf: (state: string) => number,
  placed: ReadonlyMap<string, { column: number; row: number }>,
): Route {
  const row = (state: string) => placed.get(state)?.row ?? 0;
  const [start, end] = [columnOf(from), columnOf(to)];
  if (from === to) return { form: 'itself', gutter: -1 };
  const between = [...placed.values()].some(
    (place) => place.column === start && place.row > row(from) && place.row < row(to),
  );
  if (start === end && row(to) > row(from) && !between) return { form: 'straight', gutter: -1 };
  if (!Number.isInteger(row(to))) return { form: 'aside', gutter: -1 };
  if (!Number.isInteger(row(from)) && back) return { form: 'return', gutter: -1 };
  if (start === end) return { form: 'lane left', gutter: start };
  if (end > start) return { form: 'lane right', gutter: end };
  return { form: 'lane out', gutter: Math.max(...[...placed.values()].map(({ column }) => column)) + 1 };
}

function pointsOf(from: Box, to: Box, { kind }: Way, { form }: Route, lane: number): Point[] {
  const left = (box: Box) => box.x - box.width / 2;
  const right = (box: Box) => box.x + box.width / 2;
  const below = (box: Box) => box.y + box.height / 2;
  const above = (box: Box) => box.y - box.height / 2;
  /** The side of a box that faces the other. */
  const facing = (box: Box, other: Box) => (other.x > box.x ? right(box) : left(box));
  const leaving = kind === 'catch' ? from.y + apart : from.y;
  const corner = (points: [number, number][]) => points.map(([x, y]) => ({ x, y }));
  switch (form) {
    case 'straight':
      return corner([
        [from.x, below(from)],
        [to.x, above(to)],
      ]);
    case 'itself':
      return corner([
        [right(from), from.y + apart],
        [right(from) + gap, from.y + apart],
        [right(from) + gap, from.y - apart],
        [right(from), from.y - apart],
      ]);
    case 'aside':
      return corner([
        [facing(from, to), from.y],
        [to.x, from.y],
        [to.x, below(to)],
      ]);
    case 'return':
      return corner([
        [from.x, above(from)],
        [from.x, to.y - apart],
        [facing(to, from), to.y - apart],
      ]);
    case 'lane left':
      return corner([
        [left(from), leaving],
        [lane, leaving],
        [lane, to.y],
        [left(to), to.y],
      ]);
    case 'lane right':
      return corner([
        [right(from), leaving],
        [lane, leaving],
        [lane, to.y],
        [left(to), to.y],
      ]);
    case 'lane out':
      return corner([
        [right(from), from.y],
        [lane, from.y],
        [lane, to.y - apart],
        [right(to), to.y - apart],
      ]);
  }
}

/** The middle of each state from the top. What is between two rows is in the middle of them. */
function heights({ States }: Definition, placed: ReadonlyMap<string, { row: number }>): Map<string, number> {
  const rows: number[] = [];
  for (const [name, { row }] of placed) {
    const state = States[name];
    if (state && Number.isInteger(row)) rows[row] = Math.max(rows[row] ?? 0, heightOf(state));
  }
  let y = margin;
  const middles = Array.from(rows, (height = 24) => {
    const middle = y + height / 2;
    y += height + gap;
    return middle;
  });
  const middle = (row: number) => middles[Math.max(0, Math.min(row, middles.length - 1))] ?? margin;
  return new Map(
    [...placed].map(([name, { row }]) => [name, (middle(Math.floor(row)) + middle(Math.ceil(row))) / 2]),
  );
}

const heightOf = ({ Type }: StateDefinition) => (Type === 'Choice' || Type === 'Wait' ? 22 : 30);

function shapeOf(state: StateDefinition): Shape {
  switch (state.Type) {
    case 'Choice':
      return 'choice';
    case 'Wait':
      return 'wait';
    case 'Pass':
      return 'pass';
    case 'Succeed':
      return 'succeed';
    case 'Fail':
      return 'fail';
    default:
      return waitsForToken(state) ? 'callback' : 'task';
  }
}
