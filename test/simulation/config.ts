/** The configuration of a plan's services. */
import { type Config, type ConfigInput, defineConfig } from '../../core/config.ts';
import { balancer } from '../support/rehearsed-world.ts';
import { people, rulesOf } from './deciders.ts';
import type { Plan } from './plan.ts';
import { rolloutOf, strategyAt } from './shifts.ts';

const there = { region: 'us-east-1', roleArn: 'arn:aws:iam::210987654321:role/tidegate' };

/** What runs the same image beside a service. */
export const workerOf = (service: string) => `${service}-worker`;

export function configOf({ services, elsewhere = false, alongside, shifts, queue, deciders }: Plan): Config {
  const environmentNames = ['staging', 'production'];
  const serviceNames = ['api', 'web'];
  const input: ConfigInput['services'] = {};
  services.forEach(({ environments }, index) => {
    const service = String(serviceNames[index]);
    input[service] = {
      repository: service,
      container: 'app',
      environments: environments.map((environment, position) => {
        const name = String(environmentNames[position + environmentNames.length - environments.length]);
        const away = elsewhere && position === environments.length - 1;
        // The function that ECS asks is where Tidegate is.
        const strategy = away ? 'ROLLING' : strategyAt(shifts, index + position);
        const shifting = strategy !== 'ROLLING';
        const steps = shifting && strategy !== 'BLUE_GREEN';
        const rollout = rolloutOf(strategy, environment.analysis);
        const worker = {
          service: workerOf(service),
          ...(shifts?.alongside && shifting && { rollout: rolloutOf(strategy, false) }),
        };
        return {
          name,
          cluster: name,
          service,
          rollout,
          deploymentTimeout: shifting ? '1h' : '20m',
          ...(queue && { queue }),
          ...(alongside && { alongside: [worker] }),
          ...(away && there),
          // Where traffic comes step by step, people are asked when ECS pauses.
          ...(environment.approval && {
            approval: { timeout: '1h', ...(steps && { at: 'pause' as const }) },
          }),
          ...(deciders && rulesOf(deciders, shifting)),
          ...(environment.releaseTask && { releaseTask: { command: ['node', 'migrate.mjs'] } }),
          ...(environment.smoke && {
            smoke: {
              endpoints: [{ url: `http://${service}.${name}.test/healthz` }],
              ...(shifting && { testListener: { url: `http://${service}.${name}.test:9001` } }),
            },
          }),
          ...(environment.analysis && {
            analysis: { ...balancer(`${service}-${name}`), baseline: '10m', window: '5m', warmUp: '1m' },
          }),
        };
      }),
    };
  });
  return defineConfig({
    slack: { channel: 'deploys' },
    ...(deciders && { people }),
    services: input,
  });
}

/** The name of the service that a push or an operator means. */
export function serviceOf({ services }: Config, { service }: { service: number }): string {
  const names = Object.keys(services);
  return String(names[service % names.length]);
}
