/** The dashboard, as data: how often, how fast and how well is deployed, and how Tidegate itself does. */
import { type MetricName, metricsNamespace } from '../core/metrics.ts';
import { outcomes } from '../core/release.ts';
import { executionMetric, functionMetric, type MetricOf, ownMetric } from './alarms.ts';
import { deadLettersNameOf } from './dead-letters.ts';
import { consoleOf, type Names, stateMachineArn } from './names.ts';

export interface Shown {
  eventFunctions: readonly string[];
  steps: readonly string[];
  alarmArns: readonly string[];
}

/** CloudWatch's: `[namespace, metric, dimension, value, …, how it is shown]`, or an expression. */
type Line = (string | Record<string, unknown>)[];

const day = 86_400;

export function dashboardBody(names: Names, shown: Shown) {
  const ended = endedOf(names);
  const leadTime = duration(names, 'LeadTimeSeconds');
  const timeToRestore = duration(names, 'TimeToRestoreSeconds');
  return {
    start: '-P14D',
    // As the graphs ask for it, however much time is looked at.
    periodOverride: 'inherit',
    widgets: inRows(
      [
        [text(names), 16, 2],
        [alarms(shown.alarmArns), 8, 2],
      ],
      [
        [figure(names, 'Deployments', [ended('Deployed')]), 6, 4],
        [figure(names, 'Lead time, median', [leadTime('p50')]), 6, 4],
        [figure(names, 'Change failure rate', changeFailureRate(names)), 6, 4],
        [figure(names, 'Time to restore, median', [timeToRestore('p50')]), 6, 4],
      ],
      [
        [
          graph(
            names,
            'Releases a day, by how they ended',
            outcomes.map((outcome) => ended(outcome)),
            { stacked: true },
          ),
          12,
          6,
        ],
        [
          graph(names, 'Deployments a day, by environment', [perEnvironment(names)], { stacked: true }),
          12,
          6,
        ],
      ],
      [
        [graph(names, 'From push to deployed', [leadTime('p50'), leadTime('p90')]), 12, 6],
        [
          graph(names, 'From a bad deployment to its rollback', [timeToRestore('p50'), timeToRestore('p90')]),
          12,
          6,
        ],
      ],
      [
        [graph(names, 'Time of a step, 95 of 100', shown.steps.map(stepDuration(names))), 12, 6],
        [graph(names, 'Calls of steps that threw', shown.steps.map(stepErrors(names))), 12, 6],
      ],
      [
        [graph(names, 'Executions', executions(names)), 12, 6],
        [graph(names, 'Events', events(names, shown.eventFunctions)), 12, 6],
      ],
    ),
  };
}

/** Their widgets from left to right, each with its width, of 24, and height. */
function inRows(...rows: [widget: object, width: number, height: number][][]) {
  let y = 0;
  return rows.flatMap((row) => {
    let x = 0;
    const placed = row.map(([widget, width, height]) => {
      const at = { x, y, width, height };
      x += width;
      return { ...at, ...widget };
    });
    y += Math.max(...row.map(([, , height]) => height));
    return placed;
  });
}

function text(names: Names) {
  const { region, prefix } = names;
  const machine = `${consoleOf(names)}/states/home?region=${region}#/statemachines/view/${encodeURIComponent(stateMachineArn(names))}`;
  return {
    type: 'text',
    properties: {
      markdown: `# ${prefix}\n[Releases](${machine}): what each did, and why it ended as it did`,
    },
  };
}

const alarms = (alarmArns: readonly string[]) => ({
  type: 'alarm',
  properties: { title: 'Alarms', alarms: alarmArns },
});

const figure = ({ region }: Names, title: string, metrics: Line[]) => ({
  type: 'metric',
  properties: {
    ...{ title, region, metrics, view: 'singleValue', period: day },
    // One figure of all the time that is looked at.
    setPeriodToTimeRange: true,
  },
});

const graph = ({ region }: Names, title: string, metrics: Line[], { stacked = false } = {}) => ({
  type: 'metric',
  properties: { title, region, metrics, view: 'timeSeries', stacked, yAxis: { left: { min: 0 } } },
});

const line = ({ namespace, metricName, dimensions }: MetricOf, shown: Record<string, unknown>): Line => [
  ...[namespace, metricName, ...Object.entries(dimensions).flat()],
  shown,
];

const endedOf =
  (names: Names) =>
  (outcome: string, shown: Record<string, unknown> = {}): Line =>
    line(ownMetric(names, 'ReleasesEnded', { outcome }), {
      ...{ label: outcome, stat: 'Sum', period: day },
      ...shown,
    });

/** Of what reached production: how much had to be taken back or needed a person. */
function changeFailureRate(names: Names): Line[] {
  const ended = endedOf(names);
  const expression =
    '100 * (FILL(bad, 0) + FILL(worse, 0)) / (FILL(good, 0) + FILL(bad, 0) + FILL(worse, 0))';
  return [
    [{ expression, label: '%', id: 'rate' }],
    ended('Deployed', { id: 'good', visible: false }),
    ended('RolledBack', { id: 'bad', visible: false }),
    ended('NeedsHuman', { id: 'worse', visible: false }),
  ];
}

const duration = (names: Names, metric: MetricName) => (stat: string) =>
  line(ownMetric(names, metric), { label: stat, stat, period: day });

/** However many there are: CloudWatch finds them. */
const perEnvironment = ({ prefix }: Names): Line => [
  {
    expression: `SEARCH('{${metricsNamespace},service,environment,outcome} MetricName="ReleasesEnded" service="${prefix}" outcome="Deployed"', 'Sum', ${day})`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudWatch fills it in
    label: "${PROP('Dim.environment')}",
    id: 'environments',
  },
];

const stepDuration = (names: Names) => (step: string) =>
  line(ownMetric(names, 'StepDuration', { step }), { label: step, stat: 'p95', period: 3600 });
const stepErrors = (names: Names) => (step: string) =>
  line(functionMetric(names, 'Errors', step), { label: step, stat: 'Sum', period: 3600 });

const executions = (names: Names): Line[] =>
  [
    ...['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut'],
    ...['ExecutionsAborted', 'ExecutionThrottled'],
  ].map((name) => line(executionMetric(names, name), { label: name, stat: 'Sum', period: 3600 }));

const events = (names: Names, functions: readonly string[]): Line[] =>
  functions.flatMap((name) => [
    line(functionMetric(names, 'Invocations', name), { label: name, stat: 'Sum', period: 3600 }),
    line(
      {
        ...{ namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible' },
        dimensions: { QueueName: deadLettersNameOf(names, name) },
      },
      { label: `${name}: dead letters`, stat: 'Maximum', period: 3600 },
    ),
  ]);
