/** Figures of CloudWatch in a file: the shape of GetMetricData's answer, as `aws cloudwatch get-metric-data` writes it. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Found, MetricQuery } from '../../core/judge/queries.ts';
import { mistakesIn } from '../../core/mistakes.ts';
import { Mistake } from '../mistake.ts';

/** An ISO time, or seconds since the epoch. */
const timestamp = z.union([z.iso.datetime({ offset: true }), z.number()], {
  error: 'a time such as 2026-11-27T10:00:00Z, or seconds since the epoch',
});
const answerSchema = z.object({
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

export async function figuresFrom(file: string): Promise<Found> {
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
    const times = Timestamps.map((time) => (typeof time === 'number' ? time * 1000 : Date.parse(time)));
    found[Id] = [
      ...(found[Id] ?? []),
      ...times.map((time, index): [number, number] => [time, Values[index] ?? 0]),
    ];
  }
  return found;
}

export const asAnswer = (found: Found) => ({
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
