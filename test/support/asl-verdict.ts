/** How a case went, against what AWS did. */
import { type Case, flat, notRun, type Ran } from './asl-corpus.ts';
import { differences, historyDifferences } from './asl-pattern.ts';

export function executionDifferences(one: Case, { execution, calls }: Ran): string[] {
  const outcome = {
    expectedStatus: execution.status,
    expectedOutput: execution.output,
    expectedError: execution.error,
    expectedCause: execution.cause,
  };
  const found = Object.entries(outcome).flatMap(([field, actual]) => {
    const isDoc = one.source.suite === 'aws-docs' && field === 'expectedCause';
    if (field in one) return differences(one[field], actual, {}, field);
    return actual === undefined || isDoc ? [] : [`${field}: unexpected ${JSON.stringify(actual)}`];
  });
  const types = execution.history.map(({ type }) => type);
  return [
    ...found,
    ...(one.expectedHistory ? historyDifferences(one.expectedHistory, one.historyOrder, types) : []),
    ...eventDifferences(one, execution.history.map(flat)),
    ...callDifferences(one, calls),
  ];
}

/** In the recorded order event by event; else each expected event wants one of its own. */
function eventDifferences(
  { expectedEvents, historyOrder }: Case,
  events: Record<string, unknown>[],
): string[] {
  if (!expectedEvents || historyOrder === 'none') return [];
  if (historyOrder === 'strict') {
    return expectedEvents.flatMap((wanted: object, index: number) =>
      differences(wanted, events[index], { subset: true }, `event ${index + 1}`),
    );
  }
  const left = [...events];
  return expectedEvents.flatMap((wanted: Record<string, unknown>) => {
    if (wanted.type === '?') return [];
    const index = left.findIndex((event) => differences(wanted, event, { subset: true }).length === 0);
    if (index < 0) return [`no event ${JSON.stringify(wanted).slice(0, 300)}`];
    left.splice(index, 1);
    return [];
  });
}

function callDifferences(
  { expectedInvocations = {}, expectedRetryDelaysSeconds }: Case,
  calls: Ran['calls'],
): string[] {
  const times = calls.map(({ at }) => at / 1000);
  const delays = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return [
    ...Object.entries(expectedInvocations).flatMap(([name, count]) =>
      differences(
        count,
        calls.filter(({ functionName }) => functionName === name).length,
        {},
        `calls of ${name}`,
      ),
    ),
    ...(expectedRetryDelaysSeconds
      ? differences(expectedRetryDelaysSeconds, delays, {}, 'retry delays')
      : []),
  ];
}

/** Nothing when the case passes and is not listed, or is listed and does not pass. */
export function verdict({ id }: Case, found: string[]): string[] {
  if (!(id in notRun)) return found;
  return found.length > 0 ? [] : [`passes, but is listed in not-run.json: ${notRun[id]}`];
}
