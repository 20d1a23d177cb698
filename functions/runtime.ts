/** What a function runs with, made once, on its first call. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Openers, Surroundings } from '../aws/means.ts';
import { type Opened, openAws } from '../aws/open.ts';
import type { Config } from '../core/config.ts';
import { fingerprint } from '../core/installed.ts';
import { type Measure, metricsNamespace } from '../core/metrics.ts';
import { measuring } from './measure.ts';

export type { Surroundings } from '../aws/means.ts';

export interface Runtime {
  openAws<Uses extends Openers>(uses: Uses): Opened<Uses>;
  logger: Pick<Logger, 'info' | 'warn'>;
  measure: Measure;
}

/**
 * The SDK's own is without end, and one Region that does not answer would hold up everything until the function is stopped.
 * CloudWatch takes longest, and answers within seconds.
 */
export const patience = { connectionTimeout: 2000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** On AWS: reads the environment of the Lambda function. Opening throws where something is missing, naming it. */
export async function openRuntime(): Promise<Runtime> {
  const { default: config }: { default: Config } = await import('../tidegate.config.ts');
  const { CONFIG_FINGERPRINT: deployed = fingerprint(config) } = process.env;
  if (deployed !== fingerprint(config))
    throw new Error(
      'tidegate.config.ts reads otherwise here than where it was deployed from: it must not depend on the environment, on files or on the time',
    );
  // Both read POWERTOOLS_SERVICE_NAME.
  const measure = measuring(new Metrics({ namespace: metricsNamespace }));
  const surroundings: Surroundings = {
    // The schema in aws/means.ts says what is missing.
    environment: process.env as unknown as Surroundings['environment'],
    config,
    client: { requestHandler: patience },
    fetch: globalThis.fetch,
    measure,
    now: Date.now,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
  return {
    openAws: (uses) => openAws(surroundings, uses),
    logger: new Logger(),
    measure,
  };
}

/** Anywhere else: the caller brings the surroundings, and hears what would be logged. */
export function runtimeIn(surroundings: Surroundings, logger: Runtime['logger']): Runtime {
  const { measure } = surroundings;
  return { openAws: (uses) => openAws(surroundings, uses), logger, measure };
}
