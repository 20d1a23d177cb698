import { type ConfigInput, defineConfig } from '../../../core/config.ts';

type Services = ConfigInput['services'];
type Service = Services[string];

const service = (repository: string, more: Partial<Service> = {}): Service => ({
  ...{ repository, container: 'app', tags: '*' },
  environments: [{ name: 'production', cluster: 'main', service: repository.replaceAll('/', '-') }],
  ...more,
});

const registry = (region: string) => ({ account: '123456789012', region });

/** Counted in its logs. */
const lines = {
  ...{ name: 'declined', logs: { pattern: 'declined' } },
  of: { namespace: 'Shop', metric: 'Payments' },
};

/** Where the events in test/fixtures/ were recorded, or were said to be. */
const recorded: Services = {
  node: service('node', { registry: registry('eu-central-1'), tags: '*-alpine*' }),
  soci: service('soci-index-test-repo', { registry: registry('eu-central-1') }),
  documented: service('my-repository-name', { registry: registry('us-west-2') }),
  example: service('example-repository', { registry: registry('us-east-1') }),
  alpine: service('docker-hub/alpine', { registry: registry('us-east-1') }),
  ubuntu: service('ubuntu', { registry: registry('us-east-1') }),
  elsewhere: service('elsewhere', {
    environments: [
      {
        ...{ name: 'staging', cluster: 'default', service: 'servicetest', region: 'us-west-2' },
        roleArn: 'arn:aws:iam::111122223333:role/tidegate',
        analysis: { preset: 'worker', metrics: [lines] },
      },
      {
        ...{
          name: 'tokyo',
          cluster: 'example-cluster',
          service: 'example-service',
          region: 'ap-northeast-1',
        },
        analysis: { preset: 'worker', metrics: [lines] },
      },
      { name: 'hooks', cluster: 'my-cluster', service: 'my-service', region: 'us-west-2' },
      {
        ...{ name: 'production', cluster: 'prod', service: 'api', region: 'us-east-1' },
        approval: { links: { to: ['ada', 'chen'] } },
      },
    ],
  }),
};

/** New versions are tested before users get them, here and in another account. */
const smoke = {
  endpoints: [{ url: 'https://shop.example.com/healthz' }],
  testListener: { url: 'https://shop.example.com:8443' },
};
const shifting: Services = {
  shop: service('shop', {
    environments: [
      {
        ...{ name: 'staging', cluster: 'shop', service: 'web', rollout: { strategy: 'CANARY' }, smoke },
        alongside: [
          { service: 'worker', family: 'shop-worker', roles: ['worker-task'], logGroups: ['/worker'] },
        ],
      },
      {
        ...{
          name: 'production',
          cluster: 'shop',
          service: 'web',
          rollout: { strategy: 'BLUE_GREEN' },
          smoke,
        },
        roleArn: 'arn:aws:iam::111122223333:role/tidegate',
      },
    ],
  }),
};

/** As many as make one rule and one policy too long. */
const many: Services = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [`service-${index}`, service(`service-${index}`)]),
);

export default defineConfig({
  services: { ...recorded, ...shifting, ...many },
  people: {
    ada: { email: 'ada@example.com' },
    bob: { email: 'bob@example.com' },
    chen: { email: 'chen@example.org' },
  },
  mail: { from: 'deploys@example.com', configurationSet: 'audited' },
  alarms: { emails: ['on-call@example.com', 'lead@example.com'] },
});
