/** Does for an execution that is over what it did not come to do itself: it was stopped, timed out, or failed at it. */
import type { Aws } from '../aws/gateways.ts';
import type { SeenExecution } from '../aws/states.ts';
import { leftSlot } from '../core/record.ts';
import type { ReleaseRequest } from '../core/release.ts';
import { endRelease } from './end-release.ts';

const phrases: Record<string, string> = {
  SUCCEEDED: 'the execution succeeded',
  FAILED: 'the execution failed',
  TIMED_OUT: 'the execution timed out',
  ABORTED: 'the execution was stopped by hand',
};

/** Answers whether an outcome was missing. What is recorded is told by itself. May be repeated: what was noted as done is not done again. */
export async function cleanUp(
  execution: string,
  request: ReleaseRequest,
  { status, error, cause }: SeenExecution,
  aws: Pick<Aws, 'config' | 'measure' | 'now' | 'records' | 'slots' | 'states'>,
): Promise<{ recorded: boolean }> {
  const { records } = aws;
  if (leftSlot(await records.of(execution))) return { recorded: false };
  const why = [phrases[status] ?? status, error, cause].filter(Boolean).join(': ');
  const failure = { Error: null, Cause: why };
  const ended = await endRelease({ execution, request, outcome: 'NeedsHuman', failure }, aws);
  await records.note(execution, 'RecordOutcome', ended);
  return { recorded: true };
}
