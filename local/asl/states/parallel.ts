/** Parallel: the same input through every branch. */
import type { ParallelState } from '../definition.ts';
import type { Json } from '../json.ts';
import type { Visit } from '../visit.ts';
import { sideBySide } from './side-by-side.ts';

/** One attempt: the outputs of the branches, in their order. */
export async function parallel(visit: Visit<ParallelState>): Promise<Json> {
  const { Arguments, Branches } = visit.state;
  const parent = visit.line;
  const input = await visit.given(Arguments);
  visit.record('ParallelStateStarted');
  const results = await sideBySide(visit, {
    count: Branches.length,
    atOnce: Branches.length,
    async run(line, index) {
      const branch = Branches[index];
      const output = branch ? await parent.engine.run(branch, input, line) : null;
      parent.last = line.last;
      return output;
    },
  });
  parent.aside('ParallelStateSucceeded');
  return results;
}
