/** What `npm start` prints fits the terminal, and tells releases that run together apart. */
import { expect, test } from 'vitest';
import { reporter } from '../../local/show/reporter.ts';
import { terminal, wrapped } from '../../local/show/terminal.ts';
import type { StatusChange } from '../../local/states/states.ts';

test.each([
  { it: 'at blanks', text: 'one two three four', width: 9, lines: ['one two', 'three', 'four'] },
  { it: 'exactly at the width', text: 'one two', width: 7, lines: ['one two'] },
  { it: 'one short of the width', text: 'one two', width: 6, lines: ['one', 'two'] },
  {
    it: 'never inside a word',
    text: 'a containerDefinitions.0.image b',
    width: 8,
    lines: ['a', 'containerDefinitions.0.image', 'b'],
  },
  { it: 'not inside a number', text: '(0 of 1 500) to', width: 9, lines: ['(0 of', '1 500) to'] },
  {
    it: 'not before a unit of one sign',
    text: 'rose to 5.0 % now',
    width: 11,
    lines: ['rose to', '5.0 % now'],
  },
  { it: 'an empty text as one line', text: '', width: 9, lines: [''] },
  {
    it: 'without counting colours',
    text: '\u001b[1mone\u001b[0m two',
    width: 7,
    lines: ['\u001b[1mone\u001b[0m two'],
  },
])('a text is broken $it', ({ text, width, lines }) => {
  expect(wrapped(text, width)).toEqual(lines);
});

function screenOf(out: { columns?: number; isTTY?: boolean }) {
  let text = '';
  const write = (more: string) => {
    text += more;
    return true;
  };
  const screen = terminal({ columns: 80, isTTY: false, ...out, write } as never, true);
  return { screen, lines: () => text.trimEnd().split('\n') };
}

test.each([
  { where: 'a terminal of 60 columns', out: { isTTY: true, columns: 60 }, widest: 60 },
  { where: 'a terminal of 130 columns', out: { isTTY: true, columns: 130 }, widest: 130 },
  { where: 'a file', out: { isTTY: false }, widest: 100 },
])('in $where lines are as wide as they may be, each below the first', ({ out, widest }) => {
  const { screen, lines } = screenOf(out);

  screen.tell('  head: ', 8, 'word '.repeat(60));

  const widths = lines().map((line) => line.length);
  expect(Math.max(...widths)).toBeLessThanOrEqual(widest);
  expect(Math.max(...widths)).toBeGreaterThan(widest - 5);
  expect(lines()[0]).toMatch(/^ {2}head: word/);
  for (const line of lines().slice(1)) expect(line).toMatch(/^ {8}word/);
});

const digest = `sha256:${'0'.repeat(64)}`;

function change(tag: string, more: Partial<StatusChange>): StatusChange {
  const push = { eventId: tag, pushedAt: 0, registryId: '123456789012', region: 'eu-west-1' };
  return {
    executionArn: `arn:${tag}`,
    stateMachineArn: 'arn',
    name: `my-api-production-${tag}`,
    status: 'RUNNING',
    startDate: 0,
    stopDate: null,
    input: JSON.stringify({
      service: 'my-api',
      environment: 'production',
      push: { ...push, repository: 'my-api', tag, digest },
    }),
    output: null,
    inputDetails: { included: true },
    outputDetails: null,
    ...more,
  };
}
const over = (outcome: string, reason: string) => ({
  status: 'SUCCEEDED',
  stopDate: 1000,
  output: JSON.stringify({ outcome, reason }),
});

test('a release that ran alone ends without a name, and of two that ran together each says which it is', () => {
  const { screen, lines } = screenOf({});
  const report = reporter(screen, () => 1000);

  report.status(change('v1.0.0', {}));
  report.status(change('v1.0.0', over('Deployed', 'alone')));
  report.status(change('v1.1.0', {}));
  report.status(change('v1.2.0', {}));
  report.status(change('v1.1.0', over('Superseded', 'v1.2.0, pushed later, takes its place')));
  report.status(change('v1.2.0', over('Deployed', 'newer')));

  expect(lines().filter((line) => !line.includes('execution'))).toEqual([
    '  00:01.0  ✔ Deployed                alone',
    '  00:01.0  » Superseded              my-api v1.1.0: v1.2.0, pushed later, takes its place',
    '  00:01.0  ✔ Deployed                my-api v1.2.0: newer',
  ]);
});

test('a release that was stopped by hand is over when Tidegate has recorded what becomes of it', async () => {
  const { screen, lines } = screenOf({});
  const report = reporter(screen, () => 3000);
  report.status(change('v1', {}));

  report.status(change('v1', { status: 'ABORTED', stopDate: 1000 }));
  expect(report.running()).toHaveLength(1);
  const next = report.nextEnd();
  report.recorded('arn:v1', { outcome: 'NeedsHuman', reason: 'the execution was stopped by hand' });

  await next;
  expect(report.ended()).toMatchObject([{ outcome: 'NeedsHuman' }]);
  expect(lines().slice(1)).toEqual([
    '  00:01.0  ✗ Stopped                 by hand; Tidegate cleans up after it',
    '  00:03.0  ! NeedsHuman              the execution was stopped by hand',
  ]);
});

test('a release that was recorded before it was stopped keeps that outcome', () => {
  const { screen } = screenOf({});
  const report = reporter(screen, () => 3000);
  report.status(change('v1', {}));

  report.recorded('arn:v1', { outcome: 'Deployed', reason: 'proved' });
  report.status(change('v1', { status: 'ABORTED', stopDate: 1000 }));

  expect(report.ended()).toMatchObject([{ outcome: 'Deployed' }]);
});

test.each([
  { state: 'CheckScan', answer: { status: 'fail', summary: '1 CRITICAL' }, sign: '✗' },
  { state: 'CheckScan', answer: { status: 'pass', summary: 'none' }, sign: '✓' },
  { state: 'RequestApproval', answer: { decision: 'rejected', by: 'ada' }, sign: '✗' },
  { state: 'AwaitDeployment', answer: { status: 'failed', reason: 'crashed' }, sign: '✗' },
  { state: 'RunSmokeTests', answer: { status: 'fail', sentence: '503' }, sign: '✗' },
  { state: 'RunSmokeTests', answer: { status: 'continue', sentence: '503' }, sign: '…' },
  { state: 'CompareMetrics', answer: { status: 'fail', decision: 'take back', headline: 'rose' }, sign: '✗' },
  {
    state: 'CompareMetrics',
    answer: { status: 'inconclusive', decision: 'take back', headline: '?' },
    sign: '✗',
  },
  { state: 'CompareMetrics', answer: { status: 'inconclusive', decision: 'keep', headline: '?' }, sign: '✓' },
  {
    state: 'CompareMetrics',
    answer: { status: 'continue', decision: 'look again', headline: '?' },
    sign: '…',
  },
  { state: 'AwaitRollback', answer: { status: 'failed', reason: 'no' }, sign: '✗' },
  { state: 'AwaitRollback', answer: { status: 'back', reason: 'yes' }, sign: '✓' },
])('$state that answers $answer is marked $sign', ({ state, answer, sign }) => {
  const { screen, lines } = screenOf({});
  const report = reporter(screen, () => 0);
  report.status(change('v1', {}));
  const event = { id: 1, previousEventId: 0, timestamp: new Date(0) };

  report.history('arn:v1', {
    ...event,
    type: 'TaskStateEntered',
    stateEnteredEventDetails: { name: state },
  } as never);
  const output = JSON.stringify({ Payload: answer });
  report.history('arn:v1', {
    ...event,
    type: 'TaskSucceeded',
    taskSucceededEventDetails: { output },
  } as never);

  expect(lines().at(-1)).toContain(`${sign} ${state}`);
});
