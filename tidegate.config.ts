import { defineConfig } from './core/config.ts';

/** What this installation deploys: the sample service. */
export default defineConfig({
  slack: { channel: 'deploys' },
  services: {
    'my-api': {
      repository: 'my-api',
      container: 'app',
      tags: 'v*',
      scan: { block: ['CRITICAL'], fixable: 'only', waitFor: '10m' },
      environments: [
        {
          name: 'staging',
          cluster: 'main',
          service: 'my-api-staging',
          watch: '2s',
          smoke: { endpoints: [{ url: 'https://staging.my-api.example.com/healthz' }] },
        },
        {
          name: 'production',
          cluster: 'main',
          service: 'my-api',
          approval: {},
          // Who may press "Roll back now". In the local Slack you are U0YOU.
          rollback: { who: { slackUsers: ['U0YOU'] } },
          smoke: {
            endpoints: [
              { url: 'https://my-api.example.com/healthz' },
              { url: 'https://my-api.example.com/' },
            ],
          },
          analysis: {
            loadBalancer: 'app/my-api/50dc6c495c0c9188',
            targetGroup: 'targetgroup/my-api/6d0ecf831eec9f09',
            latencyTolerance: 0.5,
          },
        },
      ],
    },
  },
});
