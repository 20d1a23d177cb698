/** A drawing, whatever renders it: shapes one over the other, on white, in units of which text is about twelve high. */

export type Point = readonly [x: number, y: number];

export type Shape =
  | { kind: 'rect'; x: number; y: number; width: number; height: number; fill: string }
  | { kind: 'rule'; from: Point; to: Point; stroke: string; dashed?: boolean }
  /** Runs of joined points. Between two runs there is a gap. */
  | { kind: 'curve'; runs: readonly (readonly Point[])[]; stroke: string }
  /** `at` is on its base line. */
  | { kind: 'text'; at: Point; text: string; anchor: 'start' | 'end' };

export interface Drawing {
  width: number;
  height: number;
  /** What it shows, in words. */
  title: string;
  /** Of all text, as `#374151`. */
  ink: string;
  shapes: readonly Shape[];
}
