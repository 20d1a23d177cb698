/** Starts a release, once: for a push, a promotion, or what was missed of either, or for who wants an earlier one back. */
import type { Aws } from '../aws/gateways.ts';
import { Throttled, Transient } from '../core/errors.ts';
import { executionName } from '../core/push/execution-name.ts';
import { isLate } from '../core/push/late.ts';
import type { ReleaseRequest } from '../core/release.ts';

export interface StartedExecution {
  name: string;
  /** False where it had been started before. */
  started: boolean;
}

/**
 * May be repeated: the same request has the same name. What is open is written first, so that no crash in between loses
 * it, then that its push was seen, so that nobody else starts one of it.
 */
export async function startExecution(
  request: ReleaseRequest,
  { now, openReleases, pushes, states }: Pick<Aws, 'now' | 'openReleases' | 'pushes' | 'states'>,
): Promise<StartedExecution> {
  const { service, environment, push } = request;
  const name = executionName({ service, environment, tag: push.tag, eventId: push.eventId });
  await openReleases.open(name, request);
  // What a person asks for is of a digest that was seen before.
  if (request.rollback || request.again) {
    try {
      return { name, started: await states.start(name, request) };
    } catch (error) {
      // Whoever asked sees that it failed: it must not be started behind their back, long after.
      const later = error instanceof Transient || error instanceof Throttled;
      if (!later) await openReleases.close(request, [name]);
      throw error;
    }
  }
  const first = isLate(request) ? pushes.seeLate(request, name, now()) : pushes.see(request, name);
  if (await first) return { name, started: await states.start(name, request) };
  await openReleases.close(request, [name]);
  return { name, started: false };
}
