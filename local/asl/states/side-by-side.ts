/** Lines of states that run at the same time: the branches of a Parallel, the iterations of a Map. */
import { Aborted } from '../errors.ts';
import type { Json } from '../json.ts';
import { Line } from '../line.ts';
import { Scope } from '../scope.ts';
import type { Visit } from '../visit.ts';

export interface Lines {
  count: number;
  /** How many at a time; the others wait for one to end. */
  atOnce: number;
  mapContext?: (index: number) => Json;
  run: (line: Line, index: number) => Promise<Json>;
}

/** The results in order of the lines, whichever ends first. The first that fails ends all others and is thrown. */
export async function sideBySide(visit: Visit, { count, atOnce, mapContext, run }: Lines): Promise<Json[]> {
  const parent = visit.line;
  const ending = new AbortController();
  const signal = AbortSignal.any([parent.signal, ending.signal]);
  const results: Json[] = [];
  let next = 0;
  const failures: unknown[] = [];

  /** Runs one line after the other; each follows the last event of the one before. */
  async function lane(last: number) {
    while (next < count && failures.length === 0) {
      const index = next++;
      const line = new Line({
        engine: parent.engine,
        scope: new Scope(parent.scope),
        signal,
        mapContext: mapContext ? mapContext(index) : parent.mapContext,
        nested: true,
        last,
      });
      try {
        results[index] = await run(line, index);
        last = line.last;
      } catch (error) {
        if (failures.push(error) > 1) return; // ended by the first
        parent.last = line.last;
        ending.abort(new Aborted());
      }
    }
  }

  const start = parent.last;
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, () => lane(start)));
  if (failures.length > 0) throw failures[0];
  visit.underWay();
  return results;
}
