/** CloudWatch as far as releases are judged with it: metrics, and alarms whose state is set by hand. */
import type { AwsService } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { alarmOperations } from './alarms.ts';
import { type GetMetricDataInput, getMetricData } from './get-metric-data.ts';
import { metricStore, type Publish } from './metric-store.ts';
import { type ListMetricsInput, listMetrics, type PutMetricDataInput, putMetricData } from './metrics-api.ts';

export interface CloudWatch {
  service: AwsService;
  /** The way in for other parts of AWS. What is published can be read at once: the publisher keeps its own delay. */
  publish: Publish;
  /** Which of these alarms are in ALARM now. For ECS, which asks DescribeAlarms. */
  alarmsFiring(names: readonly string[]): string[];
}

export function cloudwatch({ clock }: { clock: Clock }): CloudWatch {
  const store = metricStore(clock);
  const alarms = alarmOperations(clock.now);
  return {
    publish: store.publish,
    alarmsFiring: (names) =>
      alarms
        .DescribeAlarms({ AlarmNames: [...names], StateValue: 'ALARM', MaxRecords: 100 })
        .MetricAlarms.map(({ AlarmName }) => AlarmName),
    service: {
      target: 'GraniteServiceVersion20100801',
      operations: {
        GetMetricData: (input: GetMetricDataInput) => getMetricData(store, clock.now(), input),
        PutMetricData: (input: PutMetricDataInput) => putMetricData(store, clock.now(), input),
        ListMetrics: (input: ListMetricsInput) => listMetrics(store, clock.now(), input),
        ...alarms,
      },
    },
  };
}
