/** What somebody should look at, as data: CloudWatch alarms. What is missing is good news, except where they say otherwise. */
import { functionNameOf } from '../core/functions.ts';
import { type MetricName, metricsNamespace } from '../core/metrics.ts';
import { releaseChanges, schedules } from '../core/triggers.ts';
import { deadLettersNameOf } from './dead-letters.ts';
import { type Names, pascal, stateMachineArn } from './names.ts';

export interface MetricOf {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}

export interface Alarm {
  /** What has happened, and what to do about it. */
  description: string;
  /** By the names that the expression uses; of one metric there is no expression. */
  metrics: Record<string, MetricOf>;
  expression?: string;
  statistic: 'Sum' | 'Average' | 'Maximum';
  periodSeconds: number;
  /** So many periods in a row. */
  periods: number;
  above?: number;
  below?: number;
  /** `bad`: nobody measures it any more. That too is told, but not before it was measured for the first time. */
  missing: 'good' | 'bad';
}

export const ownMetric = (
  { prefix }: Names,
  metricName: MetricName,
  dimensions: Record<string, string> = {},
): MetricOf => ({
  ...{ namespace: metricsNamespace, metricName },
  dimensions: { service: prefix, ...dimensions },
});

export const functionMetric = (names: Names, metricName: string, functionName: string): MetricOf => ({
  ...{ namespace: 'AWS/Lambda', metricName },
  dimensions: { FunctionName: functionNameOf(names, functionName) },
});

export const executionMetric = (names: Names, metricName: string): MetricOf => ({
  ...{ namespace: 'AWS/States', metricName },
  dimensions: { StateMachineArn: stateMachineArn(names) },
});

/** As soon as it happens. */
const once = { statistic: 'Sum', periodSeconds: 60, periods: 1, above: 0, missing: 'good' } as const;
/** For a quarter of an hour. Until then it is tried again, and may be over. */
const lasting = { periodSeconds: 300, periods: 3, missing: 'good' } as const;

/** By name. `eventFunctions`: those that have dead letters. */
export function alarmsOf(names: Names, eventFunctions: readonly string[]): Record<string, Alarm> {
  const everyMinutes = Math.max(...Object.values(schedules).map((schedule) => schedule.everyMinutes));
  return {
    ...Object.fromEntries(
      eventFunctions.map((name) => [`${pascal(name)}DeadLetters`, deadLettersAlarm(names, name)]),
    ),
    NeedsHuman: {
      description: 'A release ended NeedsHuman: nobody but a person can say what to do. Its record says why.',
      metrics: { ended: ownMetric(names, 'ReleasesEnded', { outcome: 'NeedsHuman' }) },
      ...once,
    },
    CleanUpFailed: {
      description: 'What an execution left behind could not be cleaned up. It is tried again: see the log.',
      metrics: { errors: functionMetric(names, 'Errors', 'on-execution-end') },
      ...once,
    },
    ...((names.secretParameters.slackToken ?? names.secretParameters.slackWebhook) && {
      SlackFails: {
        description: 'Slack has not taken what it was told for a quarter of an hour. It is told again.',
        metrics: { failures: ownMetric(names, 'SlackFailures') },
        ...{ ...lasting, statistic: 'Sum', above: 0 },
      } as const,
    }),
    ChangesNotTold: {
      description:
        'What becomes of releases has not reached EventBridge, nor Slack, for a quarter of an hour: see the log.',
      metrics: { errors: functionMetric(names, 'Errors', releaseChanges.function) },
      ...{ ...lasting, statistic: 'Sum', above: 0 },
    },
    // Executions fail for every release that did not stay, so ExecutionsFailed says nothing of Tidegate (docs/adr/0005).
    // Two, for sums of metrics that are mostly missing are not to be relied on.
    ExecutionsTimedOut: {
      description: 'An execution timed out. What it left is cleaned up.',
      metrics: { timedOut: executionMetric(names, 'ExecutionsTimedOut') },
      ...once,
    },
    ExecutionsStopped: {
      description: 'An execution was stopped by hand. What it left is cleaned up.',
      metrics: { aborted: executionMetric(names, 'ExecutionsAborted') },
      ...once,
    },
    StepsFail: {
      description:
        'Most calls of steps fail, and have for a quarter of an hour: AWS, or a permission is missing.',
      metrics: { errors: ownMetric(names, 'StepErrors') },
      ...{ ...lasting, statistic: 'Average', above: 0.5 },
    },
    // Of all functions in the account and Region: they share one limit.
    FunctionsThrottled: {
      description: 'Lambda refuses to run functions of this account in this Region: releases take longer.',
      metrics: { throttles: { namespace: 'AWS/Lambda', metricName: 'Throttles', dimensions: {} } },
      ...{ ...lasting, statistic: 'Sum', above: 0 },
    },
    ExecutionsThrottled: {
      description: 'Step Functions holds up executions: releases take longer.',
      metrics: { throttled: executionMetric(names, 'ExecutionThrottled') },
      ...{ ...lasting, statistic: 'Sum', above: 0 },
    },
    PushesNotReconciled: {
      description:
        'Nobody looks for pushes and releases whose events were lost: see the log of the function.',
      metrics: {
        runs: functionMetric(names, 'Invocations', 'reconcile-pushes'),
        errors: functionMetric(names, 'Errors', 'reconcile-pushes'),
      },
      expression: 'runs - errors',
      ...{ statistic: 'Sum', periodSeconds: 2 * everyMinutes * 60, periods: 2, below: 1, missing: 'bad' },
    },
  };
}

function deadLettersAlarm(names: Names, functionName: string): Alarm {
  return {
    description: `Events that ${functionName} was not given, or failed at, wait in its queue of dead letters.`,
    metrics: {
      waiting: {
        ...{ namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible' },
        dimensions: { QueueName: deadLettersNameOf(names, functionName) },
      },
    },
    ...{ ...once, statistic: 'Maximum' },
  };
}
