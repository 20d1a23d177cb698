import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { logs } from '../../local/logs/logs.ts';
import { clientOf } from './cloudwatch-door.ts';

function world() {
  const clock = virtualClock();
  const { service, append } = logs({ clock });
  return { clock, append, client: new CloudWatchLogsClient(clientOf(service)) };
}

test('a line can be read once the log driver has sent it, five seconds after it was written', async () => {
  const { clock, append, client } = world();
  const read = new GetLogEventsCommand({ logGroupName: '/ecs/my-api', logStreamName: 'my-api/web/1' });
  const written = clock.now();
  append('/ecs/my-api', 'my-api/web/1', 'listening');

  await clock.advance(4_999);
  const early = await client.send(read);
  await clock.advance(1);
  const { events } = await client.send(read);

  expect(early.events).toEqual([]);
  expect(events).toEqual([{ timestamp: written, ingestionTime: written + 5000, message: 'listening' }]);
});

test('a stream is read in pages from its head, or from its tail by default', async () => {
  const { clock, append, client } = world();
  for (const line of ['a', 'b', 'c', 'd', 'e']) append('g', 's', line);
  await clock.advance(5000);
  const read = async (more: object) => {
    const answer = await client.send(
      new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's', limit: 2, ...more }),
    );
    return { ...answer, lines: answer.events?.map(({ message }) => message).join('') };
  };

  const head = await read({ startFromHead: true });
  const next = await read({ nextToken: head.nextForwardToken });
  const tail = await read({});
  const before = await read({ nextToken: tail.nextBackwardToken });
  const end = await read({ nextToken: tail.nextForwardToken });

  expect([head, next, tail, before, end].map(({ lines }) => lines)).toEqual(['ab', 'cd', 'de', 'bc', '']);
  expect(end.nextForwardToken).toBe(tail.nextForwardToken);
});

test('lines of all streams are filtered by plain terms, oldest first', async () => {
  const { clock, append, client } = world();
  append('g', 'one', 'ERROR in orders');
  await clock.advance(1000);
  append('g', 'two', 'all is well');
  append('g', 'two', 'ERROR in payments');
  await clock.advance(5000);
  const find = (filterPattern: string, more: object = {}) =>
    client.send(new FilterLogEventsCommand({ logGroupName: 'g', filterPattern, ...more }));

  const errors = await find('ERROR');
  const payments = await find('ERROR "in payments"');
  const first = await find('ERROR', { limit: 1 });
  const second = await find('ERROR', { limit: 1, nextToken: first.nextToken });

  expect(errors.events?.map(({ logStreamName, message }) => [logStreamName, message])).toEqual([
    ['one', 'ERROR in orders'],
    ['two', 'ERROR in payments'],
  ]);
  expect(payments.events).toHaveLength(1);
  expect([...(first.events ?? []), ...(second.events ?? [])]).toEqual(errors.events);
  expect(second.nextToken).toBeUndefined();
  await expect(find('{ $.level = "error" }')).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('streams are listed by name in pages, or the last written first', async () => {
  const { clock, append, client } = world();
  for (const stream of ['b', 'a', 'c']) {
    append('g', stream, 'x');
    await clock.advance(1000);
  }
  const names = async (more: object) => {
    const answer = await client.send(new DescribeLogStreamsCommand({ logGroupName: 'g', ...more }));
    return { ...answer, names: answer.logStreams?.map(({ logStreamName }) => logStreamName).join('') };
  };

  const page = await names({ limit: 2 });
  const rest = await names({ limit: 2, nextToken: page.nextToken });
  const latest = await names({ orderBy: 'LastEventTime', descending: true });

  expect([page.names, rest.names, latest.names]).toEqual(['ab', 'c', 'cab']);
});

test('groups and streams that were never written to do not exist', async () => {
  const { append, client } = world();
  append('g', 's', 'x');
  const read = (logGroupName: string, logStreamName: string) =>
    client.send(new GetLogEventsCommand({ logGroupName, logStreamName }));

  await expect(read('gone', 's')).rejects.toThrow('The specified log group does not exist.');
  await expect(read('g', 'gone')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  });
});

test('a stream forgets its oldest lines', async () => {
  const { clock, append, client } = world();
  for (let line = 0; line < 12_000; line++) append('g', 's', String(line));
  await clock.advance(5000);

  const { events } = await client.send(
    new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's', limit: 1, startFromHead: true }),
  );

  expect(Number(events?.[0]?.message)).toBeGreaterThan(500);
});
