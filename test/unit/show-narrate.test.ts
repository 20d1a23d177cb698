import { expect, test } from 'vitest';
import type { HistoryEvent } from '../../local/asl/index.ts';
import { narrator } from '../../local/show/narrate.ts';

function told(...events: object[]) {
  const tell = narrator(0);
  return events.flatMap((event) => {
    const line = tell({ timestamp: new Date(0), ...event } as HistoryEvent);
    return line ? [`${line.mark}: ${line.text}`] : [];
  });
}

const entered = (name: string) => ({ type: 'TaskStateEntered', stateEnteredEventDetails: { name } });
const submittedWith = (Payload: object) => ({
  type: 'TaskSubmitted',
  taskSubmittedEventDetails: { output: JSON.stringify({ Payload }) },
});
const submitted = submittedWith({ waiting: true });
const succeeded = (answer: object) => ({
  type: 'TaskSucceeded',
  taskSucceededEventDetails: { output: JSON.stringify(answer) },
});
const failed = (error: string, errorMessage: string) => ({
  type: 'TaskFailed',
  taskFailedEventDetails: { error, cause: JSON.stringify({ errorMessage }) },
});

test('while ECS shifts traffic, nobody is told that the new tasks start', () => {
  const lines = told(
    entered('AwaitDeployment'),
    submitted,
    succeeded({ status: 'testable', reason: 'the new tasks are up' }),
    entered('RunSmokeTests'),
    succeeded({ status: 'pass', sentence: 'fine' }),
    entered('AwaitDeployment'),
    submitted,
  );

  expect(lines).toEqual([
    'waiting: ECS starts the new tasks, then drains the old ones',
    'done: testable: the new tasks are up',
    'done: pass: fine',
    'waiting: ECS moves the traffic to the new tasks; the old ones still stand',
  ]);
});

test('a step that knows its answer at once is not told as waiting', () => {
  const answer = { status: 'failed', reason: 'tasks crash' };

  expect(told(entered('AwaitDeployment'), submittedWith(answer), succeeded(answer))).toEqual([
    'failed: failed: tasks crash',
  ]);
});

test.each([
  { error: 'Transient', mark: 'waiting' },
  { error: 'Throttled', mark: 'waiting' },
  { error: 'ReleaseRejected', mark: 'failed' },
])('an attempt that ends with $error is told as $mark', ({ error, mark }) => {
  const lines = told(entered('RollBack'), failed(error, 'ECS may not show yet what it was asked for'));

  expect(lines).toEqual([`${mark}: ECS may not show yet what it was asked for`]);
});
