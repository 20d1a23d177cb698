/** The world that a rehearsal plays in: one service, AWS's pace, an hour of traffic behind it. */
import { type ConfigInput, defineConfig } from '../../core/config.ts';
import { loadBalancerName, targetGroupName } from '../../local/load-balancer/names.ts';
import { type VirtualWorldOptions, virtualWorld } from './virtual-world.ts';

/** The dimensions of a load balancer and its target group of this name. */
export const balancer = (name: string) => ({
  loadBalancer: loadBalancerName(name).dimension,
  targetGroup: targetGroupName(name).dimension,
});

export const production = {
  name: 'production',
  cluster: 'main',
  service: 'my-api',
  smoke: { endpoints: [{ url: 'http://my-api.test/healthz' }, { url: 'http://my-api.test/' }] },
  analysis: balancer('my-api'),
} satisfies EnvironmentInput;

type ServiceInput = ConfigInput['services'][string];
type EnvironmentInput = ServiceInput['environments'][number];

export interface RehearsalOptions
  extends Pick<
    VirtualWorldOptions,
    | 'around'
    | 'aroundFunction'
    | 'aroundRequest'
    | 'before'
    | 'fresh'
    | 'honesty'
    | 'limits'
    | 'onPermission'
    | 'onMetric'
    | 'onServed'
    | 'pace'
    | 'slackLimits'
    | 'slackScopes'
    | 'userGroups'
  > {
  /** Over the service `my-api` of the rehearsal. */
  service?: Partial<ServiceInput>;
  /** Over its environment `production`. */
  environment?: Partial<EnvironmentInput>;
  slack?: boolean | 'webhook';
  /** Who people are, over the configuration. */
  people?: ConfigInput['people'];
  /** Who sends links, where anybody gets one. */
  mail?: ConfigInput['mail'];
  requestsPerSecond?: number;
  desiredCount?: number;
  seed?: number;
  /** Every event of this source is lost. */
  lose?: string;
  slackIsDown?: boolean;
  /** Of traffic before: a little more than an hour unless given. */
  historySeconds?: number;
}

export async function rehearsedWorld(options: RehearsalOptions) {
  const { requestsPerSecond = 20, desiredCount = 2, seed = 1, lose } = options;
  const {
    around,
    aroundFunction,
    aroundRequest,
    fresh = false,
    limits,
    onPermission,
    onMetric,
    onServed,
    pace,
    honesty,
    slackLimits,
  } = options;
  const config = defineConfig({
    ...(options.slack === true && { slack: { channel: 'deploys' } }),
    ...(options.slack === 'webhook' && { slackWebhook: true as const }),
    ...(options.people && { people: options.people }),
    ...(options.mail && { mail: options.mail }),
    services: {
      'my-api': {
        repository: 'my-api',
        container: 'app',
        environments: [{ ...production, ...options.environment }],
        ...options.service,
      },
    },
  });
  const world = await virtualWorld({
    ...{ config, seed, requestsPerSecond, desiredCount, fresh },
    historySeconds: options.historySeconds ?? (desiredCount === 0 ? 600 : 3900),
    slackIsDown: () => options.slackIsDown ?? false,
    ...((lose ?? honesty) && { honesty: { ...honesty, ...(lose && { [lose]: { loss: 1 } }) } }),
    ...(slackLimits && { slackLimits }),
    ...(options.before && { before: options.before }),
    ...(around && { around }),
    ...(aroundFunction && { aroundFunction }),
    ...(aroundRequest && { aroundRequest }),
    ...(limits && { limits }),
    ...(onPermission && { onPermission }),
    ...(onMetric && { onMetric }),
    ...(onServed && { onServed }),
    ...(pace && { pace }),
    ...(options.userGroups && { userGroups: options.userGroups }),
    ...(options.slackScopes && { slackScopes: options.slackScopes }),
  });
  return { ...world, first: world.first['my-api'] ?? '' };
}
