/** The configuration of a plan's services. */
import { type Config, type ConfigInput, defineConfig } from '../../core/config.ts';
import { balancer } from '../support/rehearsed-world.ts';
import type { Plan } from './plan.ts';

const there = { region: 'us-east-1', roleArn: 'arn:aws:iam::210987654321:role/tidegate' };

/** What runs the same image beside a service. */
export const workerOf = (service: string) => `${service}-worker`;

export function configOf({ services, elsewhere = false, alongside }: Plan): Config {
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
        return {
          name,
          cluster: name,
          service,
          deploymentTimeout: '20m',
          ...(alongside && { alongside: [{ service: workerOf(service) }] }),
          ...(elsewhere && position === environments.length - 1 && there),
          ...(environment.approval && { approval: { timeout: '1h' } }),
          ...(environment.releaseTask && { releaseTask: { command: ['node', 'migrate.mjs'] } }),
          ...(environment.smoke && {
            smoke: { endpoints: [{ url: `http://${service}.${name}.test/healthz` }] },
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
    services: input,
  });
}

/** The name of the service that a push or an operator means. */
export function serviceOf({ services }: Config, { service }: { service: number }): string {
  const names = Object.keys(services);
  return String(names[service % names.length]);
}
