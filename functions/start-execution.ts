/** Starts a release, once: for a push, a promotion, or what was missed of either. */
import type { Aws } from '../aws/open.ts';
import { executionName } from '../core/push/execution-name.ts';
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
  { openReleases, pushes, states }: Aws,
): Promise<StartedExecution> {
  const name = nameOf(request);
  await openReleases.open(name, request);
  if (await pushes.see(request, name)) return { name, started: await states.start(name, request) };
  await openReleases.close(request, [name]);
  return { name, started: false };
}

/** The same for a push that no event told of, unless one does at this very moment. */
export async function startMissed(
  request: ReleaseRequest,
  { now, openReleases, pushes, states }: Aws,
): Promise<StartedExecution> {
  const name = nameOf(request);
  await openReleases.open(name, request);
  if (await pushes.seeLate(request, name, now())) return { name, started: await states.start(name, request) };
  await openReleases.close(request, [name]);
  return { name, started: false };
}

const nameOf = ({ service, environment, push }: ReleaseRequest) =>
  executionName({ service, environment, tag: push.tag, eventId: push.eventId });
