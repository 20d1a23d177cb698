/** A drawing as pixels. One thing is painted: a stroke with soft edges, of which curves, rules and letters are made. */
import type { Drawing, Point, Shape } from './drawing.ts';
import { advance, strokesOf } from './letters.ts';

export interface Pixels {
  width: number;
  height: number;
  /** Row by row: red, green and blue of each. */
  data: Uint8Array;
}

type Colour = readonly [red: number, green: number, blue: number];

/** Of a letter's dot, and of what strokes are wide, in the drawing's units. */
const dot = 1.4;
const widths = { letter: 1.3, rule: 1, curve: 1.5 };
const dash = 3;

/** `scale`: pixels for each of the drawing's units. */
export function paint({ width, height, ink, shapes }: Drawing, scale = 2): Pixels {
  const pixels: Pixels = {
    ...{ width: Math.round(width * scale), height: Math.round(height * scale) },
    data: new Uint8Array(Math.round(width * scale) * Math.round(height * scale) * 3).fill(255),
  };
  const stroke = (from: Point, to: Point, wide: number, colour: string) =>
    paintStroke(pixels, scaled(from, scale), scaled(to, scale), wide * scale, colourOf(colour));
  for (const shape of shapes) paintShape(shape, ink, stroke, (rect) => paintRect(pixels, rect, scale));
  return pixels;
}

type Stroke = (from: Point, to: Point, wide: number, colour: string) => void;
type Rect = Extract<Shape, { kind: 'rect' }>;

function paintShape(shape: Shape, ink: string, stroke: Stroke, fill: (rect: Rect) => void): void {
  switch (shape.kind) {
    case 'rect':
      fill(shape);
      return;
    case 'rule': {
      const parts = shape.dashed ? dashes(shape.from, shape.to) : [[shape.from, shape.to] as const];
      for (const [from, to] of parts) stroke(from, to, widths.rule, shape.stroke);
      return;
    }
    case 'curve':
      // A point alone is a dot.
      for (const run of shape.runs)
        for (const [index, point] of run.entries())
          if (index > 0 || run.length === 1)
            stroke(run[index - 1] ?? point, point, widths.curve, shape.stroke);
      return;
    case 'text': {
      const { text, anchor, at } = shape;
      const characters = [...text];
      const left = at[0] - (anchor === 'end' ? (characters.length * advance - 1) * dot : 0);
      // The seventh dot stands on the base line.
      const place = ([x, y]: Point, index: number): Point => [
        left + (index * advance + x + 0.5) * dot,
        at[1] + (y - 6.5) * dot,
      ];
      for (const [index, character] of characters.entries())
        for (const [from, to] of strokesOf(character))
          stroke(place(from, index), place(to, index), widths.letter, ink);
    }
  }
}

function dashes([x1, y1]: Point, [x2, y2]: Point): (readonly [Point, Point])[] {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const at = (along: number): Point => {
    const share = Math.min(1, along / length);
    return [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];
  };
  const count = Math.ceil(length / (2 * dash));
  return Array.from({ length: count }, (_, index) => [at(2 * dash * index), at(2 * dash * index + dash)]);
}

function paintRect({ width, height, data }: Pixels, rect: Rect, scale: number): void {
  const edge = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value * scale)));
  const [from, to] = [edge(rect.x, width), edge(rect.x + rect.width, width)];
  const row = new Uint8Array((to - from) * 3);
  for (let x = 0; x < to - from; x += 1) row.set(colourOf(rect.fill), x * 3);
  for (let y = edge(rect.y, height); y < edge(rect.y + rect.height, height); y += 1)
    data.set(row, (y * width + from) * 3);
}

/** Round at its ends. A pixel is covered as far as its middle is from the stroke's. */
function paintStroke(
  { width, height, data }: Pixels,
  [x1, y1]: Point,
  [x2, y2]: Point,
  wide: number,
  colour: Colour,
): void {
  const reach = wide / 2 + 0.5;
  const [dx, dy] = [x2 - x1, y2 - y1];
  const square = dx * dx + dy * dy;
  const from = (one: number, other: number) => Math.max(0, Math.floor(Math.min(one, other) - reach));
  const to = (one: number, other: number, most: number) =>
    Math.min(most - 1, Math.ceil(Math.max(one, other) + reach));
  for (let y = from(y1, y2); y <= to(y1, y2, height); y += 1)
    for (let x = from(x1, x2); x <= to(x1, x2, width); x += 1) {
      const [px, py] = [x + 0.5 - x1, y + 0.5 - y1];
      const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
      const [ax, ay] = [px - along * dx, py - along * dy];
      const covered = Math.min(1, reach - Math.sqrt(ax * ax + ay * ay));
      if (covered <= 0) continue;
      const at = (y * width + x) * 3;
      for (let part = 0; part < 3; part += 1) {
        const before = data[at + part] ?? 0;
        data[at + part] = Math.round(before + ((colour[part] ?? 0) - before) * covered);
      }
    }
}

const scaled = ([x, y]: Point, scale: number): Point => [x * scale, y * scale];

function colourOf(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
