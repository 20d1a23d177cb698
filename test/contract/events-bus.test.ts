import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../local/aws-service.ts';
import { virtualClock } from '../../local/clock.ts';
import { answering } from '../../local/door/answering.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';
import type { AwsEvent } from '../../local/event.ts';
import { type EventBusOptions, eventBus } from '../../local/events/bus.ts';

const start = Date.UTC(2026, 0, 5, 9, 0, 0, 678);
const push = {
  source: 'aws.ecr',
  'detail-type': 'ECR Image Action',
  resources: [],
  detail: { 'image-tag': 'v1' },
};
const rules = {
  ImagePushed: { pattern: { source: ['aws.ecr'] }, function: 'start-release' },
  Everything: { pattern: { account: ['123456789012'] }, function: 'listener' },
};

/** Numbers that repeat, so that every run is the same. */
const sequence = (...numbers: number[]) => {
  let at = 0;
  return () => numbers[at++ % numbers.length] ?? 0;
};

function world(options: Partial<EventBusOptions> = {}) {
  const clock = virtualClock(start);
  const taken: { functionName: string; event: AwsEvent; atMs: number }[] = [];
  const bus = eventBus({
    clock,
    rules,
    random: sequence(0.1, 0.5, 0.9),
    invokeLambda: async (functionName, event) =>
      taken.push({ functionName, event, atMs: clock.now() - start }),
    ...options,
  });
  return { clock, bus, taken };
}

describe('an event', () => {
  test('gets an id, the account, the region and a time to the second', async () => {
    const { clock, bus, taken } = world();

    bus.emit(push);
    await clock.advance(1000);

    expect(taken[0]?.event).toEqual({
      ...push,
      version: '0',
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      account: '123456789012',
      region: 'eu-west-1',
      time: '2026-01-05T09:00:00Z',
    });
  });

  test('reaches the function of every rule that matches, a moment later, and each has its own copy', async () => {
    const { clock, bus, taken } = world();

    bus.emit(push);
    await clock.advance(499);
    expect(taken).toEqual([]);
    await clock.advance(1);

    expect(taken.map(({ functionName }) => functionName)).toEqual(['start-release', 'listener']);
    expect(taken[0]?.event).not.toBe(taken[1]?.event);
  });

  test('does not change with what its producer does later, and reaches no function of another rule', async () => {
    const { clock, bus, taken } = world();
    const detail = { 'image-tag': 'v1' };

    bus.emit({ ...push, source: 'aws.ecs', detail });
    detail['image-tag'] = 'v2';
    await clock.advance(1000);

    expect(taken).toHaveLength(1);
    expect(taken[0]).toMatchObject({ functionName: 'listener', event: { detail: { 'image-tag': 'v1' } } });
  });

  test('is shown to who listens, until they stop', () => {
    const { bus } = world();
    const seen: string[] = [];

    const stop = bus.onEvent(({ source }) => seen.push(source));
    bus.emit(push);
    stop();
    bus.emit(push);

    expect(seen).toEqual(['aws.ecr']);
  });
});

describe('honest delivery', () => {
  const delivered = async (honesty: EventBusOptions['honesty'] = {}) => {
    const { clock, bus, taken } = world({ honesty });
    bus.emit(push);
    bus.emit({ ...push, source: 'aws.ecs' });
    await clock.advance(20_000);
    return taken.filter(({ functionName }) => functionName === 'listener');
  };

  test('keeps order and count while it is turned off', async () => {
    const taken = await delivered();

    expect(taken.map(({ event }) => event.source)).toEqual(['aws.ecr', 'aws.ecs']);
  });

  test('loses the events of one source', async () => {
    const taken = await delivered({ 'aws.ecr': { loss: 1 } });

    expect(taken.map(({ event }) => event.source)).toEqual(['aws.ecs']);
  });

  test('delivers an event twice with the same id', async () => {
    const taken = await delivered({ 'aws.ecs': { duplicates: 1 } });

    const [, first, second] = taken;
    expect(taken).toHaveLength(3);
    expect(second?.event).toEqual(first?.event);
  });

  test('lets an event be overtaken', async () => {
    const taken = await delivered({ 'aws.ecr': { disorder: 1 } });

    expect(taken.map(({ event }) => event.source)).toEqual(['aws.ecs', 'aws.ecr']);
  });
});

describe('a target that does not take an event', () => {
  const busy = () => Promise.reject(new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429));
  const only = (retry?: object) => ({ ImagePushed: { ...rules.ImagePushed, ...(retry && { retry }) } });

  test('is asked again, later and later, until it does', async () => {
    const attempts: number[] = [];
    const { clock, bus } = world({
      rules: only(),
      invokeLambda: async () => {
        attempts.push(clock.now() - start);
        if (attempts.length < 4) await busy();
      },
    });

    bus.emit(push);
    await clock.advance(60_000);

    const waits = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    expect(waits).toHaveLength(3);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(bus.deadLetters()).toEqual([]);
  });

  test.each([
    {
      it: 'its attempts',
      retry: { maximumRetryAttempts: 2 },
      exhausted: 'MaximumRetryAttempts',
      retryAttempts: 2,
    },
    {
      it: 'its age',
      retry: { maximumEventAgeSeconds: 60 },
      exhausted: 'MaximumEventAgeInSeconds',
      retryAttempts: 6,
    },
    {
      it: "AWS's 185 attempts",
      retry: {},
      exhausted: 'MaximumRetryAttempts',
      retryAttempts: 185,
    },
  ])('makes a dead letter when $it are used up', async ({ retry, exhausted, retryAttempts }) => {
    const told: unknown[] = [];
    const { clock, bus } = world({
      rules: only(retry),
      invokeLambda: busy,
      onDeadLetter: (letter) => told.push(letter),
    });

    bus.emit(push);
    await clock.advance(86_401_000);

    expect(bus.deadLetters()).toEqual([
      {
        rule: 'ImagePushed',
        function: 'start-release',
        event: expect.objectContaining({ source: 'aws.ecr' }),
        error: expect.objectContaining({ code: 'TooManyRequestsException' }),
        retryAttempts,
        exhausted,
      },
    ]);
    expect(told).toEqual(bus.deadLetters());
  });

  test('is not asked again when it does not exist', async () => {
    const gone = () => Promise.reject(new AwsError('ResourceNotFoundException', 'Function not found', 404));
    const { clock, bus } = world({ rules: only(), invokeLambda: gone });

    bus.emit(push);
    await clock.advance(500);

    expect(bus.deadLetters()).toMatchObject([
      { retryAttempts: 0, error: { code: 'ResourceNotFoundException' } },
    ]);
  });
});

test('a rule that uses what is not served is refused when it is added', () => {
  const numeric = {
    ...rules,
    Size: { pattern: { detail: { size: [{ numeric: ['>', 1] }] } }, function: 'f' },
  };

  expect(() => world({ rules: numeric })).toThrow(
    expect.objectContaining({ code: 'InvalidEventPatternException' }),
  );
});

describe('PutEvents, by the SDK,', () => {
  const own = { Source: 'tidegate', DetailType: 'Release Ended', Detail: '{"version":1}' };
  function client() {
    const { bus, ...rest } = world();
    const aws = answering({ services: [bus.service], log: () => {} });
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const sdk = new EventBridgeClient({
      region: 'eu-west-1',
      credentials,
      requestHandler: inProcessHandler(aws),
      maxAttempts: 1,
    });
    return { bus, ...rest, put: (...Entries: object[]) => sdk.send(new PutEventsCommand({ Entries })) };
  }

  test('puts events with the time that the caller gives', async () => {
    const { put, clock, taken } = client();

    const answer = await put(own, { ...own, Time: new Date('2026-01-02T03:04:05Z'), Resources: ['r'] });
    await clock.advance(1000);

    expect(answer).toMatchObject({
      FailedEntryCount: 0,
      Entries: taken.map(({ event }) => ({ EventId: event.id })),
    });
    expect(taken.map(({ event }) => event)).toMatchObject([
      {
        source: 'tidegate',
        'detail-type': 'Release Ended',
        detail: { version: 1 },
        time: '2026-01-05T09:00:00Z',
      },
      { resources: ['r'], time: '2026-01-02T03:04:05Z' },
    ]);
  });

  test.each([
    {
      it: "events in AWS's name",
      entry: { ...own, Source: 'aws.ecr' },
      code: 'NotAuthorizedForSourceException',
    },
    { it: 'events without a detail type', entry: { ...own, DetailType: undefined }, code: 'InvalidArgument' },
    { it: 'details that are no JSON', entry: { ...own, Detail: '{' }, code: 'MalformedDetail' },
    { it: 'details that are no object', entry: { ...own, Detail: '[1]' }, code: 'MalformedDetail' },
  ])('refuses $it and puts the others', async ({ entry, code }) => {
    const { put, clock, taken } = client();

    const answer = await put(entry, own);
    await clock.advance(1000);

    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: code }, { EventId: expect.any(String) }],
    });
    expect(taken).toHaveLength(1);
  });

  test.each([
    { it: 'no entries', entries: [], name: 'ValidationException' },
    { it: 'eleven entries', entries: Array.from({ length: 11 }, () => own), name: 'ValidationException' },
    {
      it: '1 MB',
      entries: [{ ...own, Detail: JSON.stringify({ x: 'x'.repeat(1024 ** 2) }) }],
      name: 'ValidationException',
    },
    { it: 'another bus', entries: [{ ...own, EventBusName: 'other' }], name: 'ResourceNotFoundException' },
  ])('refuses a request of $it', async ({ entries, name }) => {
    await expect(client().put(...entries)).rejects.toMatchObject({ name });
  });
});
