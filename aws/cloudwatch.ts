/** CloudWatch: metrics, read in one call a look, and alarms. */
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { Transient } from '../core/errors.ts';
import type { AlarmChange } from '../core/judge/alarm-history.ts';
import type { SeenAlarm } from '../core/judge/alarms.ts';
import type { MetricQuery } from '../core/judge/queries.ts';
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
    ): Promise<Record<string, Points>> {
      const found: Record<string, Points> = {};
      const partial = new Set<string>();
      let NextToken: string | undefined;
      do {
        const command = new GetMetricDataCommand({
          StartTime: new Date(startMs),
          EndTime: new Date(endMs),
          ScanBy: 'TimestampAscending',
          MetricDataQueries: queries.map(dataQuery),
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
          found[Id] = [...(found[Id] ?? []), ...points];
          if (StatusCode === 'PartialData') partial.add(Id);
          else partial.delete(Id);
        }
        NextToken = page.NextToken;
      } while (NextToken);
      // Pages are partial until the last one; then what is missing would be taken for silence.
      if (partial.size > 0) throw new Transient(`GetMetricData ${[...partial].join(', ')}: PartialData`);
      return found;
    },

    /** The state of some alarms, and since when; none of those that do not exist. At most 100, of both kinds. */
    async alarms(names: readonly string[]): Promise<SeenAlarm[]> {
      if (names.length === 0) return [];
      const command = new DescribeAlarmsCommand({
        ...{ AlarmNames: [...names], MaxRecords: 100, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
      });
      const { MetricAlarms = [], CompositeAlarms = [] } = await calling('DescribeAlarms', () =>
        client.send(command),
      );
      return [...MetricAlarms, ...CompositeAlarms].map(
        ({ AlarmName = '', StateValue = 'INSUFFICIENT_DATA', ...alarm }) => ({
          name: AlarmName,
          state: StateValue,
          since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? 0,
        }),
      );
    },

    /** How the states of some alarms have changed since `from` (ms since the epoch), of both kinds; of those, too, that are gone. */
    async alarmChanges(names: readonly string[], from: number): Promise<AlarmChange[]> {
      const changes: AlarmChange[] = [];
      for (const AlarmName of names) {
        let NextToken: string | undefined;
        do {
          const command = new DescribeAlarmHistoryCommand({
            ...{ AlarmName, StartDate: new Date(from), HistoryItemType: 'StateUpdate', MaxRecords: 100 },
            AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
            ...(NextToken && { NextToken }),
          });
          const page = await calling('DescribeAlarmHistory', () => client.send(command));
          changes.push(...(page.AlarmHistoryItems ?? []).flatMap((item) => alarmChangeIn(item) ?? []));
          NextToken = page.NextToken;
        } while (NextToken);
      }
      return changes;
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

/** Of an item of an alarm's history, as CloudWatch tells it or a file has it. Undefined where it is no change of state. */
export function alarmChangeIn(item: {
  AlarmName?: string | undefined;
  Timestamp?: Date | string | undefined;
  HistoryData?: string | undefined;
}): AlarmChange | undefined {
  const { oldState, newState } = statesIn(item.HistoryData ?? '{}');
  const at = new Date(item.Timestamp ?? Number.NaN).getTime();
  if (!oldState || !newState || !item.AlarmName || Number.isNaN(at)) return undefined;
  return { name: item.AlarmName, at, from: oldState.stateValue, to: newState.stateValue };
}

type ToldState = { stateValue: AlarmChange['from'] } | undefined;

function statesIn(historyData: string): { oldState?: ToldState; newState?: ToldState } {
  try {
    return JSON.parse(historyData);
  } catch {
    return {};
  }
}

function dataQuery(query: MetricQuery): MetricDataQuery {
  const { id, period, hidden } = query;
  const common = { Id: id, ...(hidden && { ReturnData: false }) };
  if ('expression' in query) return { ...common, Expression: query.expression };
  const { namespace, metricName, dimensions, stat } = query;
  return {
    ...common,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: period,
      Stat: stat,
    },
  };
}
