import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  GetQueryResultsCommand,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
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

describe('Logs Insights', () => {
  const counting = (filter: string, more: object = {}) =>
    new StartQueryCommand({
      ...{ logGroupNames: ['/ecs/my-api'], startTime: 0, endTime: 4_000_000_000 },
      queryString: `${filter} | stats count(*) as lines by bin(1m)`,
      ...more,
    });

  async function logged(...lines: string[]) {
    const { clock, append, client } = world();
    for (const line of lines) {
      append('/ecs/my-api', 'my-api/web/1', line);
      await clock.advance(30_000);
    }
    const asked = async (command: StartQueryCommand) => {
      const { queryId } = await client.send(command);
      await clock.advance(2_000);
      return client.send(new GetQueryResultsCommand({ queryId }));
    };
    return { clock, client, asked };
  }
  const minuteOf = (at: number) => new Date(Math.floor(at / 60_000) * 60_000).toISOString();

  test('counts lines by the minute once a query has run for a while; a minute without any has no row', async () => {
    const { clock, client } = await logged('declined a', 'fine', 'fine', 'fine', 'declined b', 'declined c');
    const { queryId } = await client.send(counting('filter @message like /declined [ab]/'));

    const early = await client.send(new GetQueryResultsCommand({ queryId }));
    await clock.advance(2_000);
    const { status, results = [], statistics } = await client.send(new GetQueryResultsCommand({ queryId }));

    const written = clock.now() - 2_000 - 6 * 30_000;
    expect(early).toMatchObject({ status: 'Scheduled', results: [] });
    expect(status).toBe('Complete');
    expect(results.map((row) => row.map(({ field }) => field))).toEqual(Array(2).fill(['bin(1m)', 'lines']));
    expect(results.map(([bin, lines]) => [bin?.value, lines?.value])).toEqual(
      [written + 120_000, written].map((at) => [minuteOf(at).replace('T', ' ').replace('Z', ''), '1']),
    );
    expect(statistics).toMatchObject({ recordsMatched: 2, recordsScanned: 6 });
  });

  test('reads from and to the seconds that it is told, both inclusive', async () => {
    const { clock, asked } = await logged('a', 'a', 'a');
    const first = (clock.now() - 90_000) / 1000;

    const all = await asked(counting('filter @message like "a"', { startTime: first, endTime: first + 60 }));
    const two = await asked(counting('filter @message like "a"', { startTime: first, endTime: first + 59 }));

    expect([all, two].map(({ statistics }) => statistics?.recordsMatched)).toEqual([3, 2]);
  });

  test.each([
    ['a command that is not known here', counting('fields @timestamp'), 'MalformedQueryException'],
    ['a pattern that is none', counting('filter @message like /(/'), 'MalformedQueryException'],
    [
      'more minutes than a bin may have',
      new StartQueryCommand({ ...counting('').input, queryString: 'stats count(*) by bin(90m)' }),
      'MalformedQueryException',
    ],
    [
      'a log group that does not exist',
      counting('filter @message like /a/', { logGroupNames: ['/other'] }),
      'ResourceNotFoundException',
    ],
    [
      'two ways to say which log group',
      counting('filter @message like /a/', { logGroupName: '/ecs/my-api' }),
      'InvalidParameterException',
    ],
  ])('refuses %s', async (_, command, name) => {
    const { client } = await logged('a');

    await expect(client.send(command)).rejects.toMatchObject({ name });
  });

  test('a query can be stopped while it runs, and no longer', async () => {
    const { clock, client } = await logged('a');
    const { queryId } = await client.send(counting('filter @message like /a/'));
    const stop = () => client.send(new StopQueryCommand({ queryId }));

    expect(await stop()).toMatchObject({ success: true });
    await clock.advance(2_000);
    expect(await client.send(new GetQueryResultsCommand({ queryId }))).toMatchObject({ status: 'Cancelled' });
    await expect(stop()).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('no more than thirty run at once', async () => {
    const { clock, client } = await logged('a');
    for (let index = 0; index < 30; index++) await client.send(counting('filter @message like /a/'));

    await expect(client.send(counting('filter @message like /a/'))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    await clock.advance(2_000);
    await expect(client.send(counting('filter @message like /a/'))).resolves.toBeTruthy();
  });
});
