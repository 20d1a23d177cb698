/** What a function runs with, made once, on its first call. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { type Aws, openAws } from '../aws/open.ts';
import type { Config } from '../core/config.ts';

export interface Runtime {
  aws: Aws;
  logger: Pick<Logger, 'info' | 'warn'>;
  metrics: Pick<Metrics, 'addDimension' | 'addMetric' | 'publishStoredMetrics'>;
}

/** Reads the environment of the Lambda function. Throws where something is missing, naming it. */
export async function openRuntime(): Promise<Runtime> {
  const { default: config }: { default: Config } = await import('../tidegate.config.ts');
  return {
    aws: openAws({
      // The schema in aws/open.ts says what is missing.
      environment: process.env as Record<'TABLE_NAME' | 'STATE_MACHINE_ARN', string>,
      config,
      client: {},
      fetch: globalThis.fetch,
      now: Date.now,
    }),
    logger: new Logger({ serviceName: 'tidegate' }),
    metrics: new Metrics({ namespace: 'Tidegate', serviceName: 'tidegate' }),
  };
}
