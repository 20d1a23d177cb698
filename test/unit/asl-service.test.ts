/** The Step Functions API: what may be repeated, what is refused, and what is told to those who listen. */
import { describe, expect, test, vi } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { type StatesOptions, type StatusChange, statesService } from '../../local/states/states.ts';
import { machine, waitingForToken } from '../support/asl-run.ts';

const roleArn = 'arn:aws:iam::123456789012:role/machine';

function world(definition: unknown, options: Partial<StatesOptions> = {}) {
  const clock = virtualClock();
  const changes: StatusChange[] = [];
  const { service } = statesService({
    clock,
    invoke: () => null,
    onStatusChange: (detail) => changes.push(detail),
    ...options,
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are as untyped as the wire
  const call = (operation: string, input: object = {}): any => service.operations[operation]?.(input);
  const { stateMachineArn } = call('CreateStateMachine', {
    ...{ name: 'machine', roleArn },
    definition: JSON.stringify(definition),
  });
  const start = (request: object = {}) => call('StartExecution', { stateMachineArn, ...request });
  return { clock, call, start, changes, stateMachineArn };
}

const waits = machine({ Rest: { Type: 'Wait', Seconds: 60, End: true } });
const coded = (code: string) => expect.objectContaining({ code });

describe('an execution that is started again', () => {
  test('is the one that is running, when name and input are the same', async () => {
    const { start, clock } = world(waits);
    const first = start({ name: 'once', input: '{}' });
    await clock.advance(10_000);

    expect(start({ name: 'once', input: '{}' })).toEqual(first);
  });

  test('is refused with another input, or when it is over', async () => {
    const { start, clock } = world(waits);
    const { executionArn } = start({ name: 'once', input: '{}' });
    const message = `Execution Already Exists: '${executionArn}'`;

    expect(() => start({ name: 'once', input: '[]' })).toThrow(message);
    await clock.advance(60_000);
    expect(() => start({ name: 'once', input: '{}' })).toThrow(coded('ExecutionAlreadyExists'));
  });

  test('may have its name back after 90 days', async () => {
    const { start, clock, call, stateMachineArn } = world(waits);
    start({ name: 'once' });
    await clock.advance(91 * 86_400_000);

    start({ name: 'once' });

    expect(call('ListExecutions', { stateMachineArn }).executions).toHaveLength(1);
  });
});

test.each([
  { it: 'a name with a colon', request: { name: 'a:b' }, code: 'InvalidName' },
  { it: 'a name of 81 characters', request: { name: 'x'.repeat(81) }, code: 'InvalidName' },
  { it: 'an input that is no JSON', request: { input: '{' }, code: 'InvalidExecutionInput' },
  {
    it: 'an input of more than 256 KiB',
    request: { input: `"${'x'.repeat(262_143)}"` },
    code: 'InvalidExecutionInput',
  },
  {
    it: 'a machine that does not exist',
    request: { stateMachineArn: 'arn:aws:states:x' },
    code: 'StateMachineDoesNotExist',
  },
])('$it is refused', ({ request, code }) => {
  const { start } = world(waits);

  expect(() => start(request)).toThrow(coded(code));
});

describe('an error has at most 256 characters and a cause at most 32768', () => {
  const long = [
    { it: 'the error', most: { error: 'e'.repeat(256) }, more: { error: 'e'.repeat(257) }, length: 256 },
    {
      it: 'the cause',
      most: { cause: 'c'.repeat(32_768) },
      more: { cause: 'c'.repeat(32_769) },
      length: 32_768,
    },
  ];

  test.each(long)('$it of StopExecution', ({ most, more, length }) => {
    const { start, call } = world(waits);
    const { executionArn } = start();

    expect(() => call('StopExecution', { executionArn, ...more })).toThrow(
      expect.objectContaining({
        code: 'ValidationException',
        message: expect.stringContaining(`Member must have length less than or equal to ${length}`),
      }),
    );
    call('StopExecution', { executionArn, ...most });
    expect(call('DescribeExecution', { executionArn })).toMatchObject({ status: 'ABORTED', ...most });
  });

  test.each(long)('$it of SendTaskFailure', async ({ most, more }) => {
    const tokens: unknown[] = [];
    const invoke = ({ token }: { token?: string }) => void tokens.push(token);
    const { start, clock, call } = world(machine({ Ask: waitingForToken('ask') }), { invoke });
    const { executionArn } = start();
    await clock.advance(0);
    const [taskToken] = tokens;

    expect(() => call('SendTaskFailure', { taskToken, ...more })).toThrow(coded('ValidationException'));
    call('SendTaskFailure', { taskToken, ...most });
    await clock.advance(0);

    expect(call('DescribeExecution', { executionArn })).toMatchObject({ status: 'FAILED', ...most });
  });
});

test('executions are listed newest first, by status and in pages', async () => {
  const { start, clock, call, stateMachineArn } = world(waits);
  for (const name of ['a', 'b', 'c']) start({ name });
  await clock.advance(60_000);
  start({ name: 'd' });
  const list = (request: object) => call('ListExecutions', { stateMachineArn, ...request });
  const names = ({ executions }: { executions: { name: string }[] }) => executions.map(({ name }) => name);

  const first = list({ maxResults: 3 });
  const rest = list({ maxResults: 3, nextToken: first.nextToken });

  expect(names(first)).toEqual(['d', 'c', 'b']);
  expect(names(rest)).toEqual(['a']);
  expect(rest.nextToken).toBeUndefined();
  expect(names(list({ statusFilter: 'RUNNING' }))).toEqual(['d']);
});

test('a history is answered from either end, and without its data when asked', async () => {
  const { start, clock, call } = world(waits);
  const { executionArn } = start({ input: '{"secret": 1}' });
  await clock.advance(60_000);

  const { events, nextToken } = call('GetExecutionHistory', {
    ...{ executionArn, reverseOrder: true, maxResults: 2 },
  });
  const bare = call('GetExecutionHistory', { executionArn, includeExecutionData: false });

  expect(events.map(({ type }: { type: string }) => type)).toEqual(['ExecutionSucceeded', 'WaitStateExited']);
  expect(nextToken).toBeTruthy();
  expect(JSON.stringify(bare)).not.toContain('secret');
});

test('a listener that fails fails for itself: the execution runs, and the others are told of its end', async () => {
  const complaints = vi.spyOn(console, 'error').mockReturnValue();
  const statuses: string[] = [];
  const { start, clock, call } = world(waits, {
    onHistory() {
      throw new Error('of the history');
    },
    onStatusChange({ status }) {
      statuses.push(status);
      throw new Error('of the status');
    },
  });

  const { executionArn } = start();
  await clock.advance(60_000);

  expect(statuses).toEqual(['RUNNING', 'SUCCEEDED']);
  expect(call('DescribeExecution', { executionArn }).status).toBe('SUCCEEDED');
  expect(complaints).toHaveBeenCalledWith('a listener of an execution failed', new Error('of the history'));
  expect(complaints).toHaveBeenCalledWith('a listener of an execution failed', new Error('of the status'));
  complaints.mockRestore();
});

test('listeners are told of the start and of the end, as EventBridge is', async () => {
  const { start, clock, changes, stateMachineArn } = world(
    machine({ No: { Type: 'Fail', Error: 'Boom', Cause: 'it happened' } }),
  );
  const { executionArn } = start({ name: 'once', input: '{"a": 1}' });
  await clock.advance(0);

  const startDate = Date.UTC(2026, 0, 5, 9);
  const common = { executionArn, stateMachineArn, name: 'once', startDate, input: '{"a": 1}', output: null };
  expect(changes).toEqual([
    { ...common, status: 'RUNNING', stopDate: null, inputDetails: { included: true }, outputDetails: null },
    {
      ...{ ...common, status: 'FAILED', stopDate: startDate, inputDetails: { included: true } },
      ...{ outputDetails: null, error: 'Boom', cause: 'it happened' },
    },
  ]);
});

test('a description has dates, the output and no error when all went well', async () => {
  const { start, clock, call } = world(machine({ Look: { Type: 'Pass', Output: { b: 2 }, End: true } }));
  const { executionArn } = start();
  await clock.advance(0);

  const description = call('DescribeExecution', { executionArn });

  expect(description).toMatchObject({ status: 'SUCCEEDED', input: '{}', output: '{"b":2}' });
  expect(description.stopDate).toBeInstanceOf(Date);
  expect(description).not.toHaveProperty('error');
  expect(call('DescribeStateMachineForExecution', { executionArn })).toMatchObject({
    name: 'machine',
    roleArn,
  });
});

test('a waiting task is ended through the API by its token alone', async () => {
  const tokens: string[] = [];
  const { start, clock, call } = world(machine({ Ask: waitingForToken('ask') }), {
    invoke: ({ token = '' }) => void tokens.push(token),
  });
  const { executionArn } = start();
  await clock.advance(0);
  const [taskToken = ''] = tokens;

  call('SendTaskHeartbeat', { taskToken });
  expect(() => call('SendTaskSuccess', { taskToken, output: '{' })).toThrow(coded('InvalidOutput'));
  expect(() => call('SendTaskSuccess', { taskToken: 'x', output: '1' })).toThrow(coded('InvalidToken'));
  call('SendTaskSuccess', { taskToken, output: '"yes"' });
  await clock.advance(0);

  expect(call('DescribeExecution', { executionArn }).output).toBe('"yes"');
  expect(() => call('SendTaskFailure', { taskToken })).toThrow(coded('TaskTimedOut'));
});

test('an execution that is stopped says when and why', async () => {
  const { start, clock, call } = world(waits);
  const { executionArn } = start();
  await clock.advance(1_000);

  const { stopDate } = call('StopExecution', { executionArn, error: 'ByHand' });

  expect(stopDate).toEqual(new Date(clock.now()));
  expect(call('DescribeExecution', { executionArn })).toMatchObject({
    status: 'ABORTED',
    error: 'ByHand',
    stopDate,
  });
});

test('a definition with a problem makes no machine', () => {
  const { call } = world(waits);
  const definition = JSON.stringify({ StartAt: 'A', States: {} });

  expect(() => call('CreateStateMachine', { name: 'other', roleArn, definition })).toThrow(
    coded('InvalidDefinition'),
  );
  expect(call('ListStateMachines').stateMachines).toHaveLength(1);
  expect(call('ValidateStateMachineDefinition', { definition })).toMatchObject({ result: 'FAIL' });
});
