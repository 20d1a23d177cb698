/** Waits until an execution has ended, and says how Tidegate recorded that. */
import type { Aws } from '../aws/gateways.ts';
import { nameIn } from '../functions/status/find-releases.ts';

const everySeconds = 3;

export interface EndedRelease {
  outcome: string;
  reason: string;
}

export async function untilEnded(
  execution: string,
  { records, states, wait }: Pick<Aws, 'records' | 'states' | 'wait'>,
): Promise<EndedRelease> {
  for (;;) {
    const seen = await states.look(nameIn(execution));
    if (seen && seen.status !== 'RUNNING') {
      const { outcome = seen.status, reason = seen.cause ?? '' } = await records.of(execution);
      return { outcome, reason };
    }
    await wait(everySeconds * 1000);
  }
}
