/** Figures of CloudWatch in a file: the shape of GetMetricData's answer, as `aws cloudwatch get-metric-data` writes it. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { alarmChangeIn } from '../../aws/cloudwatch.ts';
import type { AlarmHistory } from '../../core/judge/alarm-history.ts';
import type { Found, MetricQuery } from '../../core/judge/queries.ts';
import { mistakesIn } from '../../core/mistakes.ts';
import { Mistake } from '../mistake.ts';

/** An ISO time, or seconds since the epoch. */
const timestamp = z.union([z.iso.datetime({ offset: true }), z.number()], {
  error: 'a time such as 2026-11-27T10:00:00Z, or seconds since the epoch',
});
const stateSchema = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
const alarmsSchema = z
  .array(
    z.object({
      ...{ AlarmName: z.string(), StateValue: stateSchema },
      StateTransitionedTimestamp: timestamp.default(0),
    }),
  )
  .default([]);
/** As DescribeAlarmHistory and DescribeAlarms answer; a file need not have them. */
const alarmSchemas = {
  AlarmHistoryItems: z
    .array(z.object({ AlarmName: z.string(), Timestamp: timestamp, HistoryData: z.string() }))
    .optional(),
  MetricAlarms: alarmsSchema,
  CompositeAlarms: alarmsSchema,
};
const answerSchema = z.object({
  ...alarmSchemas,
  MetricDataResults: z.array(
    z.object({ Id: z.string(), Timestamps: z.array(timestamp), Values: z.array(z.number()) }),
  ),
});

/** Rejects with a `Mistake` that names what is wrong with the file. */
export async function jsonFrom(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Mistake(error.code === 'ENOENT' ? `there is no file ${file}` : `${file}: ${error.message}`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Mistake(`${file} is not JSON: ${(error as Error).message}`);
  }
}

export interface Figures {
  found: Found;
  /** Why counts of log lines are missing. */
  unread?: Readonly<Record<string, string>>;
  alarmHistory?: AlarmHistory | undefined;
}

export async function figuresFrom(file: string): Promise<Figures> {
  const checked = answerSchema.safeParse(await jsonFrom(file));
  if (!checked.success)
    throw new Mistake(
      `${file} is no answer of GetMetricData:\n${mistakesIn(checked.error)
        .map((line) => `  ${line}`)
        .join('\n')}`,
    );
  const found: Record<string, [number, number][]> = {};
  for (const { Id, Timestamps, Values } of checked.data.MetricDataResults) {
    if (Timestamps.length !== Values.length)
      throw new Mistake(`${file}: ${Id} has ${Timestamps.length} Timestamps and ${Values.length} Values`);
    const times = Timestamps.map(msOf);
    found[Id] = [
      ...(found[Id] ?? []),
      ...times.map((time, index): [number, number] => [time, Values[index] ?? 0]),
    ];
  }
  const { AlarmHistoryItems: items, MetricAlarms, CompositeAlarms } = checked.data;
  const now = [...MetricAlarms, ...CompositeAlarms].map(
    ({ AlarmName, StateValue, StateTransitionedTimestamp }) => ({
      ...{ name: AlarmName, state: StateValue, since: msOf(StateTransitionedTimestamp) },
    }),
  );
  const changes = (items ?? []).flatMap(
    ({ Timestamp, ...item }) => alarmChangeIn({ ...item, Timestamp: new Date(msOf(Timestamp)) }) ?? [],
  );
  return { found, ...(items && { alarmHistory: { changes, now } }) };
}

const msOf = (time: string | number) => (typeof time === 'number' ? time * 1000 : Date.parse(time));

export const asAnswer = ({ found, alarmHistory }: Figures) => ({
  ...(alarmHistory && {
    AlarmHistoryItems: alarmHistory.changes.map(({ name, at, from, to }) => ({
      ...{ AlarmName: name, Timestamp: new Date(at).toISOString() },
      HistoryData: JSON.stringify({ oldState: { stateValue: from }, newState: { stateValue: to } }),
    })),
    MetricAlarms: alarmHistory.now.map(({ name, state, since }) => ({
      ...{ AlarmName: name, StateValue: state, StateTransitionedTimestamp: new Date(since).toISOString() },
    })),
  }),
  MetricDataResults: Object.entries(found).map(([Id, points = []]) => ({
    Id,
    Timestamps: points.map(([time]) => new Date(time).toISOString()),
    Values: points.map(([, value]) => value),
  })),
});

/** For `aws cloudwatch get-metric-data --cli-input-json`. */
export const asRequest = (queries: readonly MetricQuery[], from: number, until: number) => ({
  StartTime: new Date(from).toISOString(),
  EndTime: new Date(until).toISOString(),
  ScanBy: 'TimestampAscending',
  MetricDataQueries: queries.map((query) => ({
    Id: query.id,
    ...(query.hidden && { ReturnData: false }),
    ...('expression' in query
      ? { Expression: query.expression }
      : {
          MetricStat: {
            Metric: {
              Namespace: query.namespace,
              MetricName: query.metricName,
              Dimensions: Object.entries(query.dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: query.period,
            Stat: query.stat,
          },
        }),
  })),
});
