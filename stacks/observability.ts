/** Alarms, whom they tell, and the dashboard. */

import type { Config } from '../core/config.ts';
import { kebab } from '../core/functions.ts';
import { type Alarm, alarmsOf } from './alarms.ts';
import { dashboardBody } from './dashboard.ts';
import { arnOf, consoleOf, type Names } from './names.ts';
import type { Platform } from './platform.ts';

export interface Observed {
  names: Names;
  config: Config;
  /** Those that events wake. */
  eventFunctions: string[];
  /** States with a function. */
  steps: string[];
}

export function observability({ aws }: Platform, { names, config, eventFunctions, steps }: Observed) {
  const topic = new aws.sns.Topic('Alarms', { name: `${names.prefix}-alarms` });
  for (const [index, endpoint] of (config.alarms?.emails ?? []).entries()) {
    new aws.sns.TopicSubscription(`AlarmsTo${index + 1}`, {
      ...{ topic: topic.arn, protocol: 'email', endpoint },
    });
  }

  const alarmNameOf = (name: string) => `${names.prefix}-${kebab(name)}`;
  const alarms = alarmsOf(names, eventFunctions);
  for (const [name, alarm] of Object.entries(alarms)) {
    new aws.cloudwatch.MetricAlarm(name, {
      name: alarmNameOf(name),
      ...settingsOf(alarm),
      alarmActions: [topic.arn],
      ...(alarm.missing === 'bad' && { insufficientDataActions: [topic.arn], okActions: [topic.arn] }),
    });
  }

  new aws.cloudwatch.Dashboard('Dashboard', {
    dashboardName: names.prefix,
    dashboardBody: JSON.stringify(
      dashboardBody(names, {
        ...{ eventFunctions, steps },
        alarmArns: Object.keys(alarms).map((name) =>
          arnOf(names, 'cloudwatch', `alarm:${alarmNameOf(name)}`),
        ),
      }),
    ),
  });
  const { region, prefix } = names;
  return {
    topic,
    dashboardUrl: `${consoleOf(names)}/cloudwatch/home?region=${region}#dashboards/dashboard/${prefix}`,
  };
}

function settingsOf(alarm: Alarm) {
  const { description, metrics, expression, statistic, periodSeconds, periods, above, below } = alarm;
  const metricQueries = Object.entries(metrics).map(([id, { namespace, metricName, dimensions }]) => ({
    id,
    metric: { namespace, metricName, dimensions, period: periodSeconds, stat: statistic },
    returnData: expression === undefined,
  }));
  return {
    alarmDescription: description,
    metricQueries: [
      ...metricQueries,
      ...(expression === undefined ? [] : [{ id: 'told', expression, returnData: true }]),
    ],
    evaluationPeriods: periods,
    ...(above === undefined
      ? { comparisonOperator: 'LessThanThreshold', threshold: below }
      : { comparisonOperator: 'GreaterThanThreshold', threshold: above }),
    // Left out, what is missing would be neither.
    treatMissingData: alarm.missing === 'good' ? 'notBreaching' : 'missing',
  };
}
