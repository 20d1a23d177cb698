/** CloudWatch: metrics, read in one call a look, and alarms. */
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { Transient } from '../core/errors.ts';
import type { MetricQuery, QueryId } from '../core/judge/queries.ts';
import { calling } from './calling.ts';
import type { ClientMaker } from './client-maker.ts';
import type { Means } from './means.ts';
import { perPlace } from './per-place.ts';

/** Points of a metric, oldest first: [start of the period in ms, value]. A missing period has no point. */
export type Points = [number, number][];

/** Of the place where an environment is. */
export const cloudwatch = (means: Means) => perPlace(means, cloudwatchOf);

function cloudwatchOf(makeClient: ClientMaker) {
  const client = makeClient(CloudWatchClient, {});
  return {
    /** The points of each query by its id. Throws `Transient` where CloudWatch says that an answer is not whole. */
    async metrics(
      queries: readonly MetricQuery[],
      startMs: number,
      endMs: number,
    ): Promise<Partial<Record<QueryId, Points>>> {
      const found: Partial<Record<QueryId, Points>> = {};
      let NextToken: string | undefined;
      do {
        const command = new GetMetricDataCommand({
          StartTime: new Date(startMs),
          EndTime: new Date(endMs),
          ScanBy: 'TimestampAscending',
          MetricDataQueries: queries.map(({ id, namespace, metricName, dimensions, stat, period }) => ({
            Id: id,
            MetricStat: {
              Metric: {
                Namespace: namespace,
                MetricName: metricName,
                Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
              },
              Period: period,
              Stat: stat,
            },
          })),
          ...(NextToken && { NextToken }),
        });
        const page = await calling('GetMetricData', () => client.send(command));
        for (const { Id = '', StatusCode, Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
          if (StatusCode === 'InternalError' || StatusCode === 'Forbidden')
            throw new Transient(`GetMetricData ${Id}: ${StatusCode}`);
          const points = Timestamps.map((time, index): [number, number] => [
            time.getTime(),
            Values[index] ?? 0,
          ]);
          found[Id as QueryId] = [...(found[Id as QueryId] ?? []), ...points];
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    },

    /** Those of some alarms that are in ALARM. At most 100, of both kinds. */
    async firing(names: string[]): Promise<string[]> {
      if (names.length === 0) return [];
      const command = new DescribeAlarmsCommand({
        ...{ AlarmNames: names, StateValue: 'ALARM', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
      });
      const { MetricAlarms = [], CompositeAlarms = [] } = await calling('DescribeAlarms', () =>
        client.send(command),
      );
      return [...MetricAlarms, ...CompositeAlarms].flatMap(({ AlarmName }) => AlarmName ?? []);
    },
  };
}
