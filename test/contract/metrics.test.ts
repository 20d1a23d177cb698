/** Metrics as CloudWatch gets them: by the real Powertools, in the embedded metric format. */
import { Metrics } from '@aws-lambda-powertools/metrics';
import { expect, test, vi } from 'vitest';
import { metricsNamespace } from '../../core/metrics.ts';
import { measuring } from '../../functions/measure.ts';

interface Embedded {
  _aws: { CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: object[] }[] };
  [field: string]: unknown;
}

function written(measure: (emit: ReturnType<typeof measuring>) => void): Embedded[] {
  const lines: Embedded[] = [];
  // Otherwise it has a console of its own; and so it would write nothing.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const log = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(JSON.parse(line)));
  try {
    measure(measuring(new Metrics({ namespace: metricsNamespace, serviceName: 'tidegate-test' })));
  } finally {
    log.mockRestore();
    vi.unstubAllEnvs();
  }
  return lines;
}

test('a value is written once for each set of dimensions, and not for others', () => {
  const lines = written((measure) =>
    measure('ReleasesEnded', 1, { environment: 'my-api/production', outcome: 'Deployed' }),
  );

  expect(lines.map(({ _aws }) => _aws.CloudWatchMetrics)).toEqual([
    [
      {
        Namespace: 'Tidegate',
        Dimensions: [['service', 'outcome']],
        Metrics: [{ Name: 'ReleasesEnded', Unit: 'Count' }],
      },
    ],
    [
      {
        Namespace: 'Tidegate',
        Dimensions: [['service', 'environment', 'outcome']],
        Metrics: [{ Name: 'ReleasesEnded', Unit: 'Count' }],
      },
    ],
  ]);
  expect(lines[1]).toMatchObject({
    service: 'tidegate-test',
    environment: 'my-api/production',
    outcome: 'Deployed',
    ReleasesEnded: 1,
  });
});

test('a metric without dimensions of its own still has that of the service', () => {
  const lines = written((measure) => measure('LeadTimeSeconds', 612, { environment: 'my-api/production' }));

  expect(lines.map(({ _aws }) => _aws.CloudWatchMetrics[0]?.Dimensions)).toEqual([
    [['service']],
    [['service', 'environment']],
  ]);
});

test('values do not add up from call to call', () => {
  const lines = written((measure) => {
    measure('StepErrors', 1, {});
    measure('StepErrors', 0, {});
  });

  expect(lines.map(({ StepErrors }) => StepErrors)).toEqual([1, 0]);
});
