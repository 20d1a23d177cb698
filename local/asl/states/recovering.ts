/** Retry and Catch: what Task, Parallel and Map have in common. */
import type { RecoverableState } from '../definition.ts';
import { StateError } from '../errors.ts';
import type { Json } from '../json.ts';
import { firstFor, retriesOf } from '../retry.ts';
import type { Exit, Visit } from '../visit.ts';

/** Attempts until one succeeds, the state's own Assign and Output included, or nobody wants another. */
export async function recovering(
  visit: Visit<RecoverableState>,
  attempt: (visit: Visit<RecoverableState>) => Promise<Json>,
): Promise<Exit> {
  const retries = retriesOf(visit.state.Retry, visit.line.engine.random);
  visit.retryCount = 0;
  for (;;) {
    try {
      const result = await attempt(visit);
      return await visit.exit(visit.state, result, { result });
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const seconds = retries.after(error);
      if (seconds === undefined) return caught(visit, error);
      await visit.pause(seconds * 1000);
      await visit.line.turn();
      visit.retryCount += 1;
    }
  }
}

async function caught(visit: Visit<RecoverableState>, error: StateError): Promise<Exit> {
  const { Type, Catch = [] } = visit.state;
  if (Type !== 'Task') visit.record(`${Type}StateFailed`);
  const found = firstFor(Catch, error);
  if (!found) throw error;
  return visit.exit(found.listing, error.output, { errorOutput: error.output }, `Catch[${found.index}]/`);
}
