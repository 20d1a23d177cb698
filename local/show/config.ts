/** The configuration of the show: that of this installation, with windows that fit the show's time. */
import { type Config, defineConfig } from '../../core/config.ts';
import { loadBalancerName, targetGroupName } from '../load-balancer/names.ts';
import { publication } from './pace.ts';

/** `url` is where the sample service is reached. */
export function showConfig(url: string): Config {
  return defineConfig({
    slack: { channel: 'deploys', tokenSecret: 'tidegate/slack-token' },
    services: {
      'my-api': {
        repository: 'my-api',
        container: 'app',
        tags: 'v*',
        scan: { block: ['CRITICAL'], fixable: 'only', waitFor: '1m' },
        environments: [
          {
            name: 'production',
            cluster: 'main',
            service: 'my-api',
            deploymentTimeout: '90s',
            smoke: {
              endpoints: [{ url: `${url}/healthz` }, { url: `${url}/`, contains: 'version' }],
              timeout: '30s',
            },
            analysis: {
              loadBalancer: loadBalancerName('my-api').dimension,
              targetGroup: targetGroupName('my-api').dimension,
              baseline: '30s',
              window: '20s',
              warmUp: '5s',
              period: `${publication.periodSeconds}s`,
              publicationDelay: `${publication.publicationDelaySeconds}s`,
            },
          },
        ],
      },
    },
  });
}
