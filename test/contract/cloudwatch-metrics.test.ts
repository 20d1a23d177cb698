import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { cloudwatch } from '../../local/cloudwatch/cloudwatch.ts';
import { metricStore } from '../../local/cloudwatch/metric-store.ts';
import { clientOf } from './cloudwatch-door.ts';

const nine = Date.UTC(2026, 0, 5, 9);
const minute = 60_000;
const loadBalancer = { LoadBalancer: 'app/web/50dc6c495c0c9188' };

function world() {
  const clock = virtualClock(nine);
  const { service, publish } = cloudwatch({ clock });
  const client = new CloudWatchClient(clientOf(service));

  const publishAt = (at: number, values: [number, number][], metricName = 'TargetResponseTime') =>
    publish({
      namespace: 'AWS/ApplicationELB',
      metricName,
      dimensions: loadBalancer,
      unit: 'Seconds',
      at,
      values: new Map(values),
    });
  const query = (Stat: string, Period = 60, more = {}) => ({
    Id: 'one',
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'TargetResponseTime',
        Dimensions: [{ Name: 'LoadBalancer', Value: loadBalancer.LoadBalancer }],
      },
      Stat,
      Period,
      ...more,
    },
  });
  const get = (Stat: string, from: number, to: number, more: Partial<GetMetricDataCommandInput> = {}) =>
    client.send(
      new GetMetricDataCommand({
        MetricDataQueries: [query(Stat)],
        StartTime: new Date(from),
        EndTime: new Date(to),
        ...more,
      }),
    );
  return { clock, client, publishAt, query, get };
}

test.each([
  { stat: 'SampleCount', is: 10 },
  { stat: 'Sum', is: 29 },
  { stat: 'Average', is: 2.9 },
  { stat: 'Minimum', is: 1 },
  { stat: 'Maximum', is: 20 },
  { stat: 'p50', is: 1 },
  { stat: 'p90', is: 1 },
  { stat: 'p99.9', is: 20 },
  { stat: 'TC(1:)', is: 1 },
  { stat: 'TC(:1)', is: 9 },
  { stat: 'PR(:1)', is: 90 },
  { stat: 'PR(0.5:20)', is: 100 },
])('$stat of nine times 1 and once 20 is $is', async ({ stat, is }) => {
  const { publishAt, get } = world();
  publishAt(nine, [
    [1, 9],
    [20, 1],
  ]);

  const { MetricDataResults } = await get(stat, nine, nine + minute);

  expect(MetricDataResults).toEqual([
    {
      Id: 'one',
      Label: 'TargetResponseTime',
      Timestamps: [new Date(nine)],
      Values: [is],
      StatusCode: 'Complete',
    },
  ]);
});

test('periods without data are absent, and the newest comes first unless asked otherwise', async () => {
  const { publishAt, get } = world();
  publishAt(nine, [[1, 1]]);
  publishAt(nine + 2 * minute, [[3, 1]]);

  const newestFirst = await get('Sum', nine, nine + 5 * minute);
  const oldestFirst = await get('Sum', nine, nine + 5 * minute, { ScanBy: 'TimestampAscending' });

  expect(newestFirst.MetricDataResults?.[0]?.Values).toEqual([3, 1]);
  expect(oldestFirst.MetricDataResults?.[0]).toMatchObject({
    Timestamps: [new Date(nine), new Date(nine + 2 * minute)],
    Values: [1, 3],
  });
});

test('both ends are rounded down to whole minutes; the start is included, the end is not', async () => {
  const { publishAt, get } = world();
  for (const at of [-1, 0, 1, 2]) publishAt(nine + at * minute, [[at, 1]]);

  const { MetricDataResults } = await get('Sum', nine + 40_000, nine + 2 * minute + 59_000);

  expect(MetricDataResults?.[0]?.Values).toEqual([1, 0]);
});

test('longer periods begin at the start of the request, not at the full hour', async () => {
  const { publishAt, get, query } = world();
  for (let at = 0; at < 90; at++) publishAt(nine + at * minute, [[1, 1]]);
  const from = nine + 17 * minute;

  const { MetricDataResults } = await get('Sum', from, from + 60 * minute, {
    MetricDataQueries: [query('Sum', 3600)],
  });

  expect(MetricDataResults?.[0]).toMatchObject({ Timestamps: [new Date(from)], Values: [60] });
});

test('what is finer than a minute can be read for three hours', async () => {
  const { clock, publishAt, get, query } = world();
  publishAt(nine + 10_000, [[1, 1]]);
  publishAt(nine + 20_000, [[2, 1]]);
  const fine = { MetricDataQueries: [query('Sum', 10)] };

  const atOnce = await get('Sum', nine, nine + minute, fine);
  await clock.advance(3 * 60 * minute + 15_000);
  const later = await get('Sum', nine, nine + minute, fine);

  expect(atOnce.MetricDataResults?.[0]?.Values).toEqual([2, 1]);
  expect(later.MetricDataResults?.[0]?.Values).toEqual([2]);
});

test('a metric of other dimensions or another unit has no points', async () => {
  const { publishAt, get, query } = world();
  publishAt(nine, [[1, 1]]);
  const other = query('Sum');
  other.MetricStat.Metric.Dimensions.push({ Name: 'TargetGroup', Value: 'targetgroup/web/6d0ecf831eec9f09' });

  const { MetricDataResults } = await get('Sum', nine, nine + minute, {
    MetricDataQueries: [other, { ...query('Sum', 60, { Unit: 'Count' }), Id: 'two' }],
  });

  expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([[], []]);
});

test('pages end at MaxDatapoints, say that data is left, and together are everything once', async () => {
  const { publishAt, get, query } = world();
  for (let at = 0; at < 5; at++) publishAt(nine + at * minute, [[at, 1]]);
  const queries = { MetricDataQueries: [query('Sum'), { ...query('Maximum'), Id: 'two' }], MaxDatapoints: 4 };

  const pages = [];
  let token: string | undefined;
  do {
    const page = await get('Sum', nine, nine + 5 * minute, {
      ...queries,
      ...(token && { NextToken: token }),
    });
    pages.push(page.MetricDataResults?.map(({ Values, StatusCode }) => [StatusCode, ...(Values ?? [])]));
    token = page.NextToken;
  } while (token);

  expect(pages).toEqual([
    [['PartialData', 4, 3, 2, 1], ['PartialData']],
    [
      ['Complete', 0],
      ['PartialData', 4, 3, 2],
    ],
    [['Complete'], ['Complete', 1, 0]],
  ]);
});

test.each([
  {
    what: 'an expression of unknown ids',
    change: { Expression: 'm1 / 2' },
    says: /Error in expression 'one': m1 is not the id of another query/,
  },
  {
    what: 'a function that is not done here',
    change: { Expression: 'ANOMALY_DETECTION_BAND(one)' },
    says: /Error in expression 'one': the local world does not know the function ANOMALY/,
  },
  { what: 'half an expression', change: { Expression: '2 * (1 +' }, says: /'one': it ends too early/ },
  {
    what: 'an unknown statistic',
    stat: 'Median',
    says: /The value Median .*member.1.MetricStat.Stat is not a valid statistic/,
  },
  {
    what: 'an id that is no variable',
    change: { Id: '5xx' },
    says: /The value 5xx for parameter .*Id is not matching/,
  },
  { what: 'a period of 45 seconds', period: 45, says: /multiple of 60/ },
])('$what is refused', async ({ change, stat = 'Sum', period = 60, says }) => {
  const { get, query } = world();

  const answer = get('Sum', nine, nine + minute, {
    MetricDataQueries: [{ ...query(stat, period), ...change }],
  });

  await expect(answer).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(says),
  });
});

test.each([
  {
    expression: '100 * bad / (bad + good)',
    is: [
      [0, 25],
      [2, 50],
    ],
  },
  { expression: 'bad / (bad - bad)', is: [] },
  {
    expression: 'FILL(bad, 0) + good',
    is: [
      [0, 4],
      [1, 5],
      [2, 4],
    ],
  },
  { expression: 'FILL(never, 0) + good', is: [] },
  {
    expression: 'IF(good > 2, good, -1)',
    is: [
      [0, 3],
      [1, 5],
      [2, -1],
    ],
  },
  {
    expression: 'good / MAX(good)',
    is: [
      [0, 0.6],
      [1, 1],
      [2, 0.4],
    ],
  },
  {
    expression: 'SUM([bad, good])',
    is: [
      [0, 4],
      [1, 5],
      [2, 4],
    ],
  },
  {
    expression: '2 ^ -ABS(-good)',
    is: [
      [0, 1 / 8],
      [1, 1 / 32],
      [2, 1 / 4],
    ],
  },
] as { expression: string; is: [number, number][] }[])(
  'metric math: $expression',
  async ({ expression, is }) => {
    const { publishAt, query, get } = world();
    for (const [index, value] of [3, 5, 2].entries()) publishAt(nine + index * minute, [[value, 1]], 'Good');
    for (const [index, value] of [
      [0, 1],
      [2, 2],
    ] as const)
      publishAt(nine + index * minute, [[value, 1]], 'Bad');
    const of = (Id: string, MetricName: string) => {
      const { MetricStat } = query('Sum');
      return {
        Id,
        ReturnData: false,
        MetricStat: { ...MetricStat, Metric: { ...MetricStat.Metric, MetricName } },
      };
    };

    const { MetricDataResults: [answer, ...more] = [] } = await get('Sum', nine, nine + 3 * minute, {
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        { Id: 'e1', Expression: expression },
        of('good', 'Good'),
        of('bad', 'Bad'),
        of('never', 'Never'),
      ],
    });

    const found = answer?.Timestamps?.map((at, index) => [
      (at.getTime() - nine) / minute,
      answer.Values?.[index],
    ]);
    expect(found).toEqual(is);
    expect(more).toEqual([]);
  },
);

test('an end before the start, too many queries and a foreign token are refused', async () => {
  const { get, query } = world();
  const many = Array.from({ length: 501 }, (_, index) => ({ ...query('Sum'), Id: `q${index}` }));

  await expect(get('Sum', nine, nine)).rejects.toThrow('must not equal');
  await expect(get('Sum', nine + minute, nine)).rejects.toThrow(
    'StartTime must be less than the parameter EndTime',
  );
  await expect(get('Sum', nine, nine + minute, { MetricDataQueries: many })).rejects.toThrow(
    'greater than 500',
  );
  await expect(get('Sum', nine, nine + minute, { NextToken: 'x' })).rejects.toMatchObject({
    name: 'InvalidNextToken',
  });
});

test('what PutMetricData puts is listed and can be read', async () => {
  const { client } = world();
  const Dimensions = [{ Name: 'service', Value: 'my-api' }];

  await client.send(
    new PutMetricDataCommand({
      Namespace: 'Tidegate',
      MetricData: [
        {
          MetricName: 'Releases',
          Dimensions,
          Timestamp: new Date(nine + 30_000),
          Values: [1, 2],
          Counts: [3, 1],
        },
      ],
    }),
  );
  const { Metrics } = await client.send(
    new ListMetricsCommand({ Namespace: 'Tidegate', RecentlyActive: 'PT3H' }),
  );
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: 'sum', MetricStat: { Metric: Metrics?.[0], Stat: 'Sum', Period: 60 } }],
      StartTime: new Date(nine),
      EndTime: new Date(nine + minute),
    }),
  );

  expect(Metrics).toEqual([{ Namespace: 'Tidegate', MetricName: 'Releases', Dimensions }]);
  expect(MetricDataResults?.[0]).toMatchObject({ Timestamps: [new Date(nine)], Values: [5] });
});

test('after three hours, what is finer than a minute is kept as whole minutes', async () => {
  const clock = virtualClock(nine);
  const store = metricStore(clock);
  const name = { namespace: 'AWS/ApplicationELB', metricName: 'RequestCount', dimensions: loadBalancer };
  for (let seconds = 0; seconds < 6 * 3600; seconds += 5) {
    store.publish({ ...name, unit: 'Count', at: clock.now(), values: new Map([[1, 2]]) });
    await clock.advance(5000);
  }

  const points = store.find(name)?.points ?? new Map();

  const [old, recent] = [nine + 2 * 60 * minute, nine + 5 * 60 * minute];
  expect([points.get(old), points.get(old + 5000)]).toEqual([new Map([[1, 24]]), undefined]);
  expect([points.get(recent), points.get(recent + 5000)]).toEqual([new Map([[1, 2]]), new Map([[1, 2]])]);
  const minutes = 3 * 60;
  const fine = 3 * 60 * 12;
  expect(points.size).toBeLessThanOrEqual(minutes + fine + 12);
});

test('points are forgotten after fifteen days', async () => {
  const { clock, publishAt, get } = world();
  publishAt(nine, [[1, 1]]);

  await clock.advance(15 * 24 * 60 * minute + 1);
  publishAt(clock.now(), [[2, 1]]);
  const { MetricDataResults } = await get('Sum', nine, nine + 5 * minute);

  expect(MetricDataResults?.[0]?.Values).toEqual([]);
});
