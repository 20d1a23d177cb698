/** What is written and said of a release. */
import { isDeepStrictEqual } from 'node:util';
import { forever } from '../plan.ts';
import type { PlayedExecution } from '../story.ts';
import type { Invariants } from './reading.ts';

export const records: Invariants = {
  'every release ends in one recorded outcome': ({ executions }) =>
    executions
      .filter(({ record }) => record.outcome === undefined)
      .map(({ name, status }) => `${name} is ${status} without an outcome`),

  'record and execution agree': ({ executions }) =>
    executions.flatMap(({ name, status, error, record: { outcome } }) => {
      // A person stopped it, or its time was over: what it had found out by then stays true.
      if (status === 'ABORTED' || status === 'TIMED_OUT' || status === 'RUNNING') return [];
      const green = ['Deployed', 'NothingToDo', 'Superseded'].includes(outcome ?? '');
      const agrees =
        error === 'Unrecorded' || (green ? status === 'SUCCEEDED' : status === 'FAILED' && error === outcome);
      return agrees ? [] : [`${name} is ${status} ${error ?? ''}, its record says ${outcome}`];
    }),

  'the record can be rebuilt from the history': ({ executions }) =>
    executions.flatMap(({ name, history, record: { steps } }) => {
      const answers = answersOf(history);
      return Object.entries(answers).flatMap(([state, answer]) =>
        isDeepStrictEqual(steps[state], answer)
          ? []
          : [
              `${name}: ${state} answered ${JSON.stringify(answer)}, its record says ${JSON.stringify(steps[state])}`,
            ],
      );
    }),

  /** However late: while Slack does not take it, it is told again, and what it says in the end is how it ended. */
  'people are told how every release ended': ({ executions, messages, plan }) =>
    executions
      .filter(({ record: { outcome } }) => outcome !== undefined && outcome !== 'NothingToDo')
      .filter(({ arn, record: { outcome = '' } }) => {
        const own = messages.filter((text) => text.includes(arn) && !text.includes('"threadTs"'));
        return !own.some((text) => text.includes(`: ${phrases[outcome]} (`));
      })
      .map(({ name, record }) => `nobody was told that ${name} ended ${record.outcome}`)
      .filter(() => plan.slackDownSeconds < forever),
};

/** As the messages' headers have them. */
const phrases: Readonly<Record<string, string>> = {
  Deployed: 'deployed',
  Rejected: 'rejected, nothing deployed',
  Superseded: 'superseded',
  RolledBack: 'rolled back',
  NeedsHuman: 'needs a human',
};

/** What each state answered when it was visited last, as the history of its execution tells; nothing where it failed then. */
function answersOf(history: PlayedExecution['history']): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  let state = '';
  for (const event of history as unknown as Record<
    string,
    { name?: string; output?: string; resource?: string } | undefined
  >[]) {
    const entered = event.stateEnteredEventDetails?.name;
    if (entered !== undefined) delete answers[entered];
    state = entered ?? state;
    const output = event.taskSucceededEventDetails?.output;
    if (output === undefined) continue;
    const result = JSON.parse(output, asDynamoDbKeepsIt);
    const waits = event.taskSucceededEventDetails?.resource === 'invoke.waitForTaskToken';
    answers[state] = waits ? result : result.Payload;
  }
  return answers;
}

/** DynamoDB has no number between 0 and 1e-130, so the chance of the all but impossible is 0 in the record. */
const asDynamoDbKeepsIt = (_name: string, value: unknown) =>
  typeof value === 'number' && Math.abs(value) < 1e-130 ? 0 : value;
