/** Lines of logs as a metric: what is asked of Logs Insights, what its answer means, and what no answer means. */
import { describe, expect, test } from 'vitest';
import { logCounts } from '../../aws/log-counts.ts';
import type { Means } from '../../aws/means.ts';
import { compare } from '../../core/judge/compare.ts';
import { judgedBy } from '../../core/judge/judged.ts';
import { logQueriesFor, queryText } from '../../core/judge/log-lines.ts';
import { idOf } from '../../core/judge/queries.ts';
import type { Point } from '../../core/judge/series.ts';
import { ecs, environmentWith, minute, mistake, type PolicyInput, web } from '../support/judged-metrics.ts';

const declined = { name: 'declined', logs: { pattern: 'declined' } };
const payments = { namespace: 'Shop', metric: 'Payments' };
const withLogs = (logs: object, more: object = {}) =>
  ({ ...web, metrics: [{ name: 'declined', logs, ...more }] }) as PolicyInput;

describe('the configuration', () => {
  test.each([
    [withLogs({ pattern: 'declined' })],
    [withLogs({ pattern: '(?i)declined' })],
    [withLogs({ query: 'filter level = "error"', logGroup: '/aws/ecs/pay#1' }, { max: 0.05 })],
    [withLogs({ query: 'parse @message "took * ms" as took | filter took > 500 and @message like /stats/' })],
    [{ preset: 'worker', metrics: [{ ...declined, of: payments }] }],
  ] as [PolicyInput][])('%j is accepted', (analysis) => {
    expect(mistake(analysis)).not.toThrow();
  });

  test.each([
    [withLogs({}), /logs.pattern: needs one of: pattern/],
    [withLogs({ pattern: '(' }), /logs.pattern: is no regular expression/],
    [withLogs({ pattern: 'a\nb' }), /logs.pattern: is no regular expression/],
    [withLogs({ query: 'stats count(*) by bin(1m)' }), /logs.query: only filters lines/],
    [withLogs({ query: 'filter a = 1 | limit 5' }), /logs.query: only filters lines/],
    [withLogs({ query: 'filter a = 1 |' }), /logs.query: only filters lines/],
    [withLogs({ pattern: 'a' }, { bad: payments, of: payments }), /name: needs one of/],
    [withLogs({ pattern: 'a' }, { max: 5 }), /max: is a share of all events/],
    [{ preset: 'worker', metrics: [declined] }, /metrics.0.of: is missing: with preset worker/],
    [{ ...withLogs({ pattern: 'a' }), baseline: '7h' }, /baseline: logs are read for at most 6h/],
    [
      { ...web, metrics: [1, 2, 3, 4].map((index) => ({ ...declined, name: `declined ${index}` })) },
      /metrics: at most 3 of them count lines of logs/,
    ],
  ] as [PolicyInput, RegExp][])('%j is refused', (analysis, message) => {
    expect(mistake(analysis)).toThrow(message);
  });
});

describe('what is asked', () => {
  test.each([
    [{ pattern: 'declined' }, 60, 'filter @message like /declined/\n| stats count(*) as lines by bin(1m)'],
    [{ pattern: 'GET /pay' }, 300, 'filter @message like /GET \\/pay/\n| stats count(*) as lines by bin(5m)'],
    [
      { pattern: 'a/ | fields @message' },
      30,
      'filter @message like /a\\/ | fields @message/\n| stats count(*) as lines by bin(30s)',
    ],
    [{ pattern: '(?i)a/b' }, 60, 'filter @message like /(?i)a\\/b/\n| stats count(*) as lines by bin(1m)'],
    [{ query: 'filter level = "error"' }, 60, 'filter level = "error"\n| stats count(*) as lines by bin(1m)'],
  ])('%j, by %d s', (lines, period, text) => {
    expect(queryText(lines, period)).toBe(text);
  });

  test('only of the log groups and the time that are compared, the day before not among it', () => {
    const at = (analysis: PolicyInput, windowEnd = 10_005, early = false) => {
      const policy = environmentWith(analysis);
      const judged = judgedBy(policy, { ...ecs, logGroups: ['/ecs/orders', '/ecs/side'] });
      const timed = { policy, startedAt: 10_000 * minute, stableAt: 10_002 * minute };
      const end = { windowEnd: windowEnd * minute, early };
      const inMinutes = (span?: { from: number; until: number }) =>
        span && [span.from / minute, span.until / minute];
      return logQueriesFor(judged, timed, end, (index) => idOf(index, 'bad')).map((query) => ({
        ...query,
        ...{ before: query.before.map(inMinutes), after: inMinutes(query.after), text: undefined },
      }));
    };
    const pinned = { from: '1970-01-02T00:00Z', for: '30m' };

    expect(at(withLogs({ pattern: 'a' }))).toMatchObject([
      {
        ...{ id: 'm2_bad', logGroups: ['/ecs/orders', '/ecs/side'], enough: 0 },
        ...{ before: [[9940, 10_002]], after: [10_002, 10_005] },
      },
    ]);
    expect(at(withLogs({ pattern: 'a', logGroup: '/one' }), 10_005, true)).toMatchObject([
      { logGroups: ['/one'], enough: 3 },
    ]);
    expect(at(withLogs({ pattern: 'a' }), 10_001, true)).toMatchObject([{ after: undefined }]);
    expect(at({ ...withLogs({ pattern: 'a' }), baseline: pinned })).toMatchObject([
      {
        before: [
          [1440, 1470],
          [9995, 10_002],
        ],
      },
    ]);
  });
});

/** Minutes 0 to 1439 are before, 1440 and 1441 the rollout, five after. Lines were counted from minute 1380 on. */
function look(lines: ((index: number) => number) | undefined, more: object = {}, closed = 5) {
  const policy = environmentWith({
    ...web,
    window: '5m',
    report: ['errors', 'latency'],
    metrics: [{ ...declined, ...more }],
  });
  const judged = judgedBy(policy, ecs);
  const all = (of: (index: number) => number, from = 0) =>
    Array.from(
      { length: 1442 + closed - from },
      (_, index): Point => [(from + index) * minute, of(from + index)],
    );
  const found = lines && { [idOf(2, 'bad')]: all(lines, 1380).filter(([, value]) => value > 0) };
  const comparison = compare({
    ...{ policy, judged, found: found ?? {}, unread: { [idOf(2, 'bad')]: 'nobody answered' } },
    series: { requests: all(() => 1000), errors: [], p99: [], balancerErrors: [] },
    ...{ startedAt: 1440 * minute, stableAt: 1442 * minute, now: (1442 + closed + 2) * minute },
  });
  return { ...comparison, found: comparison.metrics.find(({ name }) => name === 'declined') };
}
const rises = (to: number) => (index: number) => (index < 1440 ? index % 3 : to);

describe('the verdict', () => {
  test('fails where more requests have such a line than before', () => {
    const { decision, headline } = look(rises(40), {}, 2);

    expect(decision).toBe('take back');
    expect(headline).toMatch(/^declined rose from 0.10 % \(60 of 60 000\) to 4.0 % \(80 of 2 000\): chance/);
  });

  test('passes where as many have it, and no requests count that nobody looked at the lines of', () => {
    const { decision, found } = look(rises(1));

    expect(decision).toBe('keep');
    expect(found).toMatchObject({ status: 'pass', before: { requests: 60_000, errors: 60 } });
    expect(found).not.toHaveProperty('rarity');
  });

  test('lines that could not be counted are not no lines', () => {
    const early = look(undefined, {}, 2);
    const { status, found, series } = look(undefined);

    expect(early.decision).toBe('look again');
    expect(status).toBe('inconclusive');
    expect(found).toMatchObject({ status: 'inconclusive', sentence: 'declined not judged: nobody answered' });
    expect(series.others?.find(({ name }) => name === 'declined')?.points).toEqual([]);
  });

  test('lines that most requests have are refused to be judged', () => {
    expect(look(() => 800).found).toMatchObject({
      status: 'inconclusive',
      sentence: 'declined not judged: before, 80.0 % of requests had such a line: match rarer ones',
    });
  });

  test('a share of lines may have a limit, whatever was before', () => {
    expect(look(() => 90, { max: 0.05 }).metrics.find(({ kind }) => kind === 'limit')).toMatchObject({
      status: 'fail',
      name: 'declined limit',
    });
  });
});

describe('Logs Insights', () => {
  type Send = (command: { constructor: { name: string } }, poll: number) => unknown;
  /** With what the service answers; `asked` are the commands that it got. */
  async function counted(answer: Send, more: object = {}) {
    const asked: string[] = [];
    let [now, polls] = [0, 0];
    const means = {
      makeClient: () => ({
        async send(command: { constructor: { name: string } }) {
          const name = command.constructor.name.replace('Command', '');
          asked.push(name);
          if (name === 'GetQueryResults') polls++;
          return answer(command, polls);
        },
      }),
      ...{ home: { account: '1', region: 'eu-west-1' }, client: {}, config: { services: {} } },
      now: () => now,
      wait: async (ms: number) => {
        now += ms;
      },
    };
    const target = { cluster: 'main', service: 'orders' };
    const counts = await logCounts(means as unknown as Means)(target as never).count([
      {
        ...{ id: 'm2_bad', logGroups: ['/ecs/orders'], text: 'filter', before: [], enough: 0 },
        ...{ after: { from: 0, until: 60_000 }, ...more },
      },
    ]);
    return { ...counts, asked, now };
  }
  const failing = (name: string, message = 'no') => Object.assign(new Error(message), { name });
  const unless =
    (name: string, error: Error): Send =>
    (command) => {
      if (command.constructor.name === `${name}Command`) throw error;
      return { queryId: 'q', status: 'Running' };
    };

  test('is asked again until a query is complete', async () => {
    const { found, asked } = await counted((_, poll) => ({
      queryId: 'q',
      status: poll > 2 ? 'Complete' : 'Running',
      results: [
        [
          { field: 'bin(1m)', value: '2026-11-27 10:00:00.000' },
          { field: 'lines', value: '12' },
        ],
      ],
    }));

    expect(found).toEqual({ m2_bad: [[Date.parse('2026-11-27T10:00:00Z'), 12]] });
    expect(asked).toEqual(['StartQuery', 'GetQueryResults', 'GetQueryResults', 'GetQueryResults']);
  });

  test('reads what was before only where enough lines came after', async () => {
    const lines =
      (value: string): Send =>
      () => ({
        ...{ queryId: 'q', status: 'Complete' },
        results: [
          [
            { field: 'bin(1m)', value: '2026-11-27 10:00:00.000' },
            { field: 'lines', value },
          ],
        ],
      });
    const more = { before: [{ from: -60_000, until: 0 }], enough: 3 };

    const [few, many] = [await counted(lines('2'), more), await counted(lines('3'), more)];
    const none = await counted(lines('3'), { ...more, after: undefined });

    expect(few.unread).toEqual({ m2_bad: '2 of its lines since the deployment fail nothing yet' });
    expect(
      [few, many, none].map(({ asked }) => asked.filter((name) => name === 'StartQuery').length),
    ).toEqual([1, 2, 0]);
    expect(many.found.m2_bad).toHaveLength(2);
  });

  test('counts no lines where it is complete without rows', async () => {
    expect((await counted(() => ({ queryId: 'q', status: 'Complete', results: [] }))).found).toEqual({
      m2_bad: [],
    });
  });

  test('is given up after twelve seconds, and the query with it', async () => {
    const { found, unread, asked, now } = await counted(() => ({ queryId: 'q', status: 'Running' }));

    expect([found, unread]).toEqual([{}, { m2_bad: 'Logs Insights did not answer within 12 s' }]);
    expect(asked.at(-1)).toBe('StopQuery');
    expect(now).toBeLessThanOrEqual(12_000);
  });

  test.each([
    {
      it: 'a poll that is throttled is made again',
      send: unless('GetQueryResults', failing('ThrottlingException')),
      says: /did not answer within/,
    },
    {
      it: 'a query that failed',
      send: () => ({ queryId: 'q', status: 'Failed' }),
      says: /ended the query: Failed/,
    },
    {
      it: 'an answer that counts nothing by the period',
      send: () => ({ queryId: 'q', status: 'Complete', results: [[{ field: '@message', value: 'a' }]] }),
      says: /answered no counts by the period/,
    },
    {
      it: 'a query that is refused',
      send: unless('StartQuery', failing('MalformedQueryException', 'unexpected symbol')),
      says: /^unexpected symbol$/,
    },
    {
      it: 'logs that may not be read',
      send: unless('StartQuery', failing('AccessDeniedException')),
      says: /^\/ecs\/orders may not be read: deploy Tidegate/,
    },
    {
      it: 'a log group that does not exist',
      send: unless('StartQuery', failing('ResourceNotFoundException')),
      says: /^there is no log group \/ecs\/orders$/,
    },
    {
      it: 'too many queries at once',
      send: unless('StartQuery', failing('LimitExceededException', 'limit reached')),
      says: /limit reached/,
    },
  ])('$it has no counts', async ({ send, says }) => {
    const { found, unread } = await counted(send as Send);

    expect(found).toEqual({});
    expect(unread.m2_bad).toMatch(says);
  });
});
