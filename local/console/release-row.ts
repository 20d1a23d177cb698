/** An execution as a row of the table of releases. */
import { failureSentence } from '../../core/record.ts';
import { type Outcome, outcomes, releaseRequestSchema } from '../../core/release.ts';
import { spokenActors } from '../../core/spoken-actor.ts';
import type { HistoryEvent } from '../asl/index.ts';
import type { SeenExecution } from './source.ts';
import { tell } from './story.ts';
import type { Ending, ReleaseRow } from './wire.ts';

/** `history` is needed only while it runs. Never throws: an execution started by hand may carry anything. */
export function releaseRow(execution: SeenExecution, history: readonly HistoryEvent[]): ReleaseRow {
  const { executionArn, name, status, startDate, stopDate } = execution;
  const request = releaseRequestSchema.safeParse(parsed(execution.input));
  const { service, environment, push, promotedFrom } = request.data ?? {};
  return {
    executionArn,
    name,
    service: service ?? name,
    environment: environment ?? '',
    tag: push?.tag ?? '',
    digest: push?.digest ?? '',
    promotedFrom,
    ending: endingOf(execution),
    reason: spokenActors(reasonOf(execution, history)),
    current: status === 'RUNNING' ? currentState(history) : undefined,
    startedAt: startDate.getTime(),
    endedAt: stopDate?.getTime(),
  };
}

const isOutcome = (word: unknown): word is Outcome => outcomes.includes(word as Outcome);

function endingOf({ status, output, error, recorded }: SeenExecution): Ending {
  if (status === 'RUNNING') return 'Running';
  if (recorded) return recorded.outcome;
  if (status === 'ABORTED') return 'Stopped';
  if (status === 'TIMED_OUT') return 'TimedOut';
  const { outcome } = fields(parsed(output));
  const word = outcome ?? error;
  return isOutcome(word) ? word : 'Failed';
}

function reasonOf(execution: SeenExecution, history: readonly HistoryEvent[]): string {
  const { status, output, error, cause } = execution;
  if (status === 'RUNNING') {
    // It answers by its token even where the slot is free, so nothing is told of it before that.
    if (currentState(history)?.state === 'AcquireSlot')
      return 'waits until no other release changes the service';
    return tell(execution.startDate.getTime(), history).findLast(({ line }) => line)?.line?.text ?? '';
  }
  if (execution.recorded) return execution.recorded.reason;
  const { reason } = fields(parsed(output));
  if (typeof reason === 'string') return reason;
  if (isOutcome(error)) return cause ?? '';
  if (status === 'FAILED') return failureSentence({ Error: error, Cause: cause });
  return cause ?? (status === 'ABORTED' ? 'stopped by hand' : 'it took longer than an execution may');
}

function currentState(history: readonly HistoryEvent[]): ReleaseRow['current'] {
  const entered = history.findLast(({ type }) => type.endsWith('StateEntered'));
  if (!entered) return undefined;
  return { state: String(entered.stateEnteredEventDetails?.name), since: entered.timestamp.getTime() };
}

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
