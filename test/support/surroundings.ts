/** Surroundings for a test of one gateway or wrapper: what it does not say reaches nothing. */
import type { Surroundings } from '../../aws/means.ts';
import config from '../../tidegate.config.ts';

interface Known extends Partial<Omit<Surroundings, 'environment'>> {
  environment?: Partial<Surroundings['environment']>;
}

export const surroundings = ({ environment, ...more }: Known): Surroundings => ({
  environment: {
    TABLE_NAME: 'tidegate',
    STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:deploy',
    ...environment,
  },
  config,
  client: {},
  fetch: () => Promise.reject(new Error('this test has no network')),
  measure: () => {},
  now: Date.now,
  wait: () => Promise.resolve(),
  ...more,
});
