import { expect, test } from 'vitest';
import { type MetricName, metrics, metricsNamespace } from '../../core/metrics.ts';
import { synth } from './support/synth.ts';

const { all, one, handlers } = synth('production');
const alarm = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const topic = 'arn:aws:sns:eu-west-1:123456789012:tidegate-production-alarms';

interface Watched {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}
const watchedBy = (inputs: { metricQueries: { metric?: Watched }[] }) =>
  inputs.metricQueries.flatMap(({ metric }) => metric ?? []);
const watched = all(alarm).flatMap(({ inputs }) => watchedBy(inputs as never));

test('every queue of dead letters has an alarm', () => {
  const queues = all('aws:sqs/queue:Queue').map(({ inputs }) => inputs.name);
  const alarmed = watched
    .filter(({ metricName }) => metricName === 'ApproximateNumberOfMessagesVisible')
    .map(({ dimensions }) => dimensions.QueueName);

  expect(queues).toHaveLength(7);
  expect(alarmed.sort()).toEqual(queues.sort());
});

test('every alarm tells somebody, says what happened, and knows what it means that nothing is measured', () => {
  for (const { name, inputs } of all(alarm)) {
    expect(inputs, name).toMatchObject({
      alarmActions: [topic],
      alarmDescription: expect.stringMatching(/\.$/),
      treatMissingData: name === 'PushesNotReconciled' ? 'missing' : 'notBreaching',
    });
    const returned = inputs.metricQueries.filter((query: { returnData: boolean }) => query.returnData);
    expect(returned, name).toHaveLength(1);
  }
});

test('a schedule that no longer runs is told, and so is one that fails', () => {
  expect(one(alarm, 'PushesNotReconciled')).toMatchObject({
    insufficientDataActions: [topic],
    comparisonOperator: 'LessThanThreshold',
    threshold: 1,
  });
});

test('a person is called for what only a person can decide', () => {
  expect(one(alarm, 'NeedsHuman')).toMatchObject({
    metricQueries: [
      {
        metric: {
          ...{ namespace: 'Tidegate', metricName: 'ReleasesEnded', stat: 'Sum' },
          dimensions: { service: 'tidegate-production', outcome: 'NeedsHuman' },
        },
      },
    ],
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 0,
  });
});

test('e-mails go to whom the configuration names', () => {
  const subscribed = (name: 'production' | 'large') =>
    synth(name)
      .all('aws:sns/topicSubscription:TopicSubscription')
      .map(({ inputs }) => [inputs.topic, inputs.protocol, inputs.endpoint]);

  expect(subscribed('production')).toEqual([]);
  const trial = topic.replace('production', 'test');
  expect(subscribed('large')).toEqual([
    [trial, 'email', 'on-call@example.com'],
    [trial, 'email', 'lead@example.com'],
  ]);
});

interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: { title?: string; metrics?: unknown[][]; alarms?: string[] };
}
const dashboard = JSON.parse(one('aws:cloudwatch/dashboard:Dashboard', 'Dashboard').dashboardBody);
const widgets: Widget[] = dashboard.widgets;
const shown = widgets
  .flatMap(({ properties }) => properties.metrics ?? [])
  .filter((line): line is string[] => typeof line[0] === 'string')
  .map(([namespace = '', metricName = '', ...rest]): Watched => {
    const names = rest.filter((part) => typeof part === 'string');
    const dimensions = names.flatMap((name, index) =>
      index % 2 === 0 ? [[name, names[index + 1] ?? '']] : [],
    );
    return { namespace, metricName, dimensions: Object.fromEntries(dimensions) };
  });

test('what alarms and the dashboard read of Tidegate is what functions emit', () => {
  const own = [...watched, ...shown].filter(({ namespace }) => namespace === metricsNamespace);

  expect(own.length).toBeGreaterThan(10);
  for (const { metricName, dimensions } of own) {
    const { by } = metrics[metricName as MetricName];
    const { service, ...others } = dimensions;
    const sets = by.map((set) => [...set].sort());
    expect(service).toBe('tidegate-production');
    expect(sets, metricName).toContainEqual(Object.keys(others).sort());
  }
  expect(new Set(own.map(({ metricName }) => metricName))).toEqual(new Set(Object.keys(metrics)));
});

test('what they read of functions, queues and the state machine is deployed', () => {
  const deployed = new Set([
    ...all('aws:lambda/function:Function').map(({ inputs }) => inputs.name),
    ...all('aws:sqs/queue:Queue').map(({ inputs }) => inputs.name),
    'arn:aws:states:eu-west-1:123456789012:stateMachine:tidegate-production-deploy',
  ]);
  const named = [...watched, ...shown]
    .filter(({ namespace }) => namespace.startsWith('AWS/'))
    .flatMap(({ dimensions }) => Object.values(dimensions));

  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !deployed.has(name))).toEqual([]);
});

test('the dashboard shows the four figures of delivery, every step and every alarm', () => {
  const titles = widgets.map(({ properties }) => properties.title);

  expect(titles).toEqual(
    expect.arrayContaining([
      'Deployments',
      'Lead time, median',
      'Change failure rate',
      'Time to restore, median',
    ]),
  );
  const steps = shown.filter(({ metricName }) => metricName === 'StepDuration');
  const functions = Object.keys(handlers).filter((name) => handlers[name]?.includes('/steps/'));
  expect(steps.map(({ dimensions }) => dimensions.step).sort()).toEqual(functions.sort());
  const alarms = widgets.flatMap(({ properties }) => properties.alarms ?? []);
  expect(alarms.map((arn) => arn.split(':').at(-1)).sort()).toEqual(
    all(alarm)
      .map(({ inputs }) => inputs.name)
      .sort(),
  );
});

test('no widget of the dashboard is outside of it or over another', () => {
  const cells = widgets.flatMap(({ x, y, width, height }) =>
    Array.from(
      { length: width * height },
      (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`,
    ),
  );

  expect(widgets.filter(({ x, width }) => x + width > 24)).toEqual([]);
  expect(new Set(cells).size).toBe(cells.length);
});
