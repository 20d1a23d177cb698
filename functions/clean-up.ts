/** Does for an execution that is over what it did not come to do itself: it was stopped, timed out, or failed at it. */
import type { Aws } from '../aws/gateways.ts';
import type { SeenExecution } from '../aws/states.ts';
import type { ReleaseRequest } from '../core/release.ts';
import { endRelease } from './end-release.ts';
import { tellEnded } from './tell-ended.ts';

const phrases: Record<string, string> = {
  SUCCEEDED: 'the execution succeeded',
  FAILED: 'the execution failed',
  TIMED_OUT: 'the execution timed out',
  ABORTED: 'the execution was stopped by hand',
};

/** Answers whether an outcome was missing. May be repeated: what was noted as done is not done again. */
export async function cleanUp(
  execution: string,
  request: ReleaseRequest,
  { status, error, cause }: SeenExecution,
  aws: Pick<
    Aws,
    'config' | 'consoleUrl' | 'domainEvents' | 'measure' | 'now' | 'records' | 'slack' | 'slots' | 'states'
  >,
): Promise<{ recorded: boolean }> {
  const { records } = aws;
  const { steps, outcome, reason } = await records.of(execution);
  const recorded = steps.RecordOutcome === undefined;
  const why = [phrases[status] ?? status, error, cause].filter(Boolean).join(': ');
  const ended = recorded
    ? await endRelease(
        { execution, request, outcome: 'NeedsHuman', failure: { Error: null, Cause: why } },
        aws,
      )
    : { outcome: outcome ?? 'NeedsHuman', reason: reason ?? why };
  if (recorded) await records.note(execution, 'RecordOutcome', ended);
  await tellEnded({ execution, request, outcome: ended.outcome, reason: ended.reason }, aws);
  return { recorded };
}
