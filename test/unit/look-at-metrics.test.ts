/** One look at CloudWatch: what is asked of it for each kind of service, and what follows where it does not answer. */
import type { GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import { cloudwatch } from '../../aws/cloudwatch.ts';
import type { Means } from '../../aws/means.ts';
import { Transient } from '../../core/errors.ts';
import type { MetricQuery } from '../../core/judge/queries.ts';
import { lookAtMetrics } from '../../functions/look-at-metrics.ts';
import { environmentWith, minute, type PolicyInput, web } from '../support/judged-metrics.ts';

const ecs = { cluster: 'main', service: 'orders' };
const question = (analysis: PolicyInput, now: number) => ({
  ...{ environment: ecs, policy: environmentWith(analysis), spoiled: [], targetGroups: undefined },
  ...{ startedAt: 60 * minute, stableAt: 62 * minute, now },
});

async function asked(analysis: PolicyInput) {
  let queries: readonly MetricQuery[] = [];
  let alarms: readonly string[] = [];
  await lookAtMetrics(question(analysis, 70 * minute), {
    async metrics(wanted) {
      queries = wanted;
      return {};
    },
    async alarms(names) {
      alarms = names;
      return [];
    },
  });
  const told = queries.map((query) =>
    'expression' in query
      ? query.expression
      : `${query.namespace} ${query.metricName} ${query.stat} ${Object.values(query.dimensions).join(' ')}`,
  );
  return { told, ids: queries.map(({ id }) => id), alarms };
}

describe('what is asked for', () => {
  test('of an Application Load Balancer, with the CPU and memory of the ECS service', async () => {
    const { told, ids } = await asked({ ...web, clientErrors: true, alarms: ['disk'] });

    expect(ids.slice(0, 3)).toEqual(['requests', 'errors', 'p99']);
    expect(told.slice(-4)).toEqual([
      'AWS/ApplicationELB HTTPCode_Target_4XX_Count Sum app/my-alb/50dc6c495c0c9188 targetgroup/my-tg/6d0ecf831eec9f09',
      'AWS/ApplicationELB RequestCount Sum app/my-alb/50dc6c495c0c9188 targetgroup/my-tg/6d0ecf831eec9f09',
      'AWS/ECS CPUUtilization Average main orders',
      'AWS/ECS MemoryUtilization Average main orders',
    ]);
  });

  test.each([
    [{ api: { name: 'shop', stage: 'prod' } }, 'AWS/ApiGateway 5XXError Sum shop prod'],
    [{ api: { id: 'a1b2c3d4e5' } }, 'AWS/ApiGateway 5xx Sum a1b2c3d4e5 $default'],
    [
      { ...web, loadBalancer: 'net/my-nlb/50dc6c495c0c9188' },
      'AWS/NetworkELB TCP_Target_Reset_Count Sum net/my-nlb/50dc6c495c0c9188',
    ],
    [{ preset: 'queue', queue: 'orders.fifo' }, 'AWS/SQS ApproximateAgeOfOldestMessage Maximum orders.fifo'],
  ] as [PolicyInput, string][])('of %j', async (analysis, wanted) => {
    const { told, ids } = await asked(analysis);

    expect(told).toContain(wanted);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('of twenty metrics of one’s own is one call of at most 500 queries', async () => {
    const part = { namespace: 'Shop', metric: 'Hits' };
    const of = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`m${index}`, part]));
    const gauge = { expression: 'SUM([m0, m1, m2, m3, m4, m5, m6, m7, m8, m9])', of };
    const metrics = Array.from({ length: 20 }, (_, index) => ({
      name: `own ${index}`,
      bad: gauge,
      of: gauge,
    }));

    const { ids } = await asked({ ...web, clientErrors: true, metrics });

    expect(ids.length).toBeLessThanOrEqual(500);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('where CloudWatch does not answer', () => {
  const silent = (now: number, analysis: PolicyInput = web) =>
    lookAtMetrics(question(analysis, now), {
      metrics: async () => {
        throw new Transient('GetMetricData: ServiceUnavailable');
      },
      alarms: async () => [],
    });
  const windowEnds = (62 + 6 + 2) * minute;

  test('it is asked again until five minutes after the last look', async () => {
    await expect(silent(windowEnds + 5 * minute - 1)).rejects.toThrow(Transient);
    await expect(silent(windowEnds + 5 * minute, { ...web, extension: '10m' })).rejects.toThrow(Transient);
  });

  test('then nothing was measured, and the policy decides', async () => {
    expect(await silent(windowEnds + 5 * minute)).toMatchObject({
      status: 'inconclusive',
      decision: 'keep',
      headline: 'Not enough to judge by: CloudWatch could not be read: GetMetricData: ServiceUnavailable',
    });
    expect(await silent(windowEnds + 5 * minute, { ...web, onInconclusive: 'rollback' })).toMatchObject({
      decision: 'take back',
    });
  });

  test.each([
    {
      it: 'an answer that stays partial',
      pages: [['PartialData', undefined]],
      says: 'GetMetricData errors: PartialData',
    },
    {
      it: 'an error inside an answer',
      pages: [['InternalError', undefined]],
      says: 'GetMetricData errors: InternalError',
    },
  ] as const)('$it is asked for again', async ({ pages, says }) => {
    await expect(answered(pages)).rejects.toThrow(new Transient(says));
  });

  test('pages are partial until the last one', async () => {
    expect(
      await answered([
        ['PartialData', 'more'],
        ['Complete', undefined],
      ]),
    ).toEqual({
      errors: [
        [0, 1],
        [0, 1],
      ],
    });
  });
});

/** What the gateway makes of pages of this status and token. */
function answered(
  pages: readonly (readonly ['PartialData' | 'Complete' | 'InternalError', string | undefined])[],
) {
  const left = [...pages];
  const send = async (): Promise<Partial<GetMetricDataCommandOutput>> => {
    const [StatusCode = 'Complete', NextToken] = left.shift() ?? [];
    const MetricDataResults = [{ Id: 'errors', StatusCode, Timestamps: [new Date(0)], Values: [1] }];
    return { MetricDataResults, ...(NextToken && { NextToken }) };
  };
  const means = {
    makeClient: () => ({ send }),
    home: { account: '1', region: 'eu-west-1' },
    client: {},
    config: { services: {} },
  };
  const target = { cluster: 'main', service: 'orders' };
  return cloudwatch(means as unknown as Means)(target as never).metrics([], 0, minute);
}
