/** What a function runs with, made once, on its first call. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { type Aws, openAws, type Surroundings } from '../aws/open.ts';
import type { Config } from '../core/config.ts';

export type { Surroundings } from '../aws/open.ts';

export interface Runtime {
  aws: Aws;
  logger: Pick<Logger, 'info' | 'warn'>;
  metrics: Pick<Metrics, 'addDimension' | 'addMetric' | 'publishStoredMetrics'>;
}

/** On AWS: reads the environment of the Lambda function. Throws where something is missing, naming it. */
export async function openRuntime(): Promise<Runtime> {
  const { default: config }: { default: Config } = await import('../tidegate.config.ts');
  return {
    aws: openAws({
      // The schema in aws/open.ts says what is missing.
      environment: process.env as unknown as Surroundings['environment'],
      config,
      client: {},
      fetch: globalThis.fetch,
      now: Date.now,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    }),
    logger: new Logger({ serviceName: 'tidegate' }),
    metrics: new Metrics({ namespace: 'Tidegate', serviceName: 'tidegate' }),
  };
}

/** Anywhere else: the caller brings the surroundings, and hears what would be logged. */
export function runtimeIn(surroundings: Surroundings, logger: Runtime['logger']): Runtime {
  const unheard = () => {};
  const metrics = { addDimension: unheard, addMetric: unheard, publishStoredMetrics: unheard };
  return { aws: openAws(surroundings), logger, metrics: metrics as unknown as Runtime['metrics'] };
}
