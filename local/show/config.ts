/** The configuration of the show: that of this installation, with what is short and local here laid over it. */
import type { Config, Environment, SmokeEndpoint } from '../../core/config.ts';
import { spoken } from '../../core/duration.ts';
import type { AnalysisPolicy } from '../../core/judge/policy.ts';
import { scanPolicyOf } from '../../core/scan/policy.ts';
import { type Strategy, shortestRollout } from '../../core/strategy.ts';
import { loadBalancerName, targetGroupName } from '../load-balancer/names.ts';
import { publication } from './pace.ts';

/** Windows that fit the show's time, in seconds. */
const timings = {
  baseline: 30,
  window: 15,
  warmUp: 5,
  period: publication.periodSeconds,
  publicationDelay: publication.publicationDelaySeconds,
} satisfies Partial<AnalysisPolicy>;
/** Nobody waits longer in front of a terminal. */
const longest = { report: 60, deployment: 90, smoke: 30, watch: 20, bake: 120 };

/** The name of the load balancer in front of an environment: no two have the same. */
export const balancerOf = (service: string, environment: string) => `${service}-${environment}`;

/** Where a listener of a load balancer is reached, such as `http://127.0.0.1:40001`. */
export type UrlOf = (balancer: string, listener: 'production' | 'test') => string;

export function localConfig(installed: Config, urlOf: UrlOf): Config {
  const services = Object.entries(installed.services).map(([name, { registry: _, ...service }]) => {
    const scan = impatient(service.scan);
    const environments = service.environments.map((environment) => {
      const balancer = balancerOf(name, environment.name);
      return localEnvironment(environment, balancer, urlOf);
    });
    return [name, { ...service, scan, environments }] as const;
  });
  const { slack, permissions, people, mail } = installed;
  return {
    permissions,
    ...(slack && { slack }),
    ...(people && { people }),
    ...(mail && { mail }),
    services: Object.fromEntries(services),
  };
}

/** Nobody waits that long for a report here. */
const impatient = <Scan extends { waitFor?: number | undefined }>(scan: Scan): Scan =>
  scan.waitFor === undefined ? scan : { ...scan, waitFor: Math.min(scan.waitFor, longest.report) };

function localEnvironment(environment: Environment, balancer: string, urlOf: UrlOf): Environment {
  const { smoke, analysis, deploymentTimeout, watch } = environment;
  const rollout = localRollout(environment.rollout);
  const alongside = environment.alongside.map((one) => ({ ...one, rollout: localRollout(one.rollout) }));
  const rollouts = [rollout, ...alongside.map((one) => one.rollout)];
  const longestDeployment = longest.deployment + Math.max(...rollouts.map(shortestRollout));
  return {
    ...environment,
    ...{ rollout, alongside },
    ...(environment.scan && { scan: impatient(environment.scan) }),
    deploymentTimeout: Math.min(deploymentTimeout, longestDeployment),
    watch: Math.min(watch, longest.watch),
    ...(smoke && {
      smoke: {
        ...smoke,
        timeout: Math.min(smoke.timeout, longest.smoke),
        endpoints: smoke.endpoints.map((endpoint) => localEndpoint(endpoint, urlOf(balancer, 'production'))),
        ...(smoke.testListener && {
          testListener: { ...smoke.testListener, url: urlOf(balancer, 'test') },
        }),
      },
    }),
    ...(analysis && {
      analysis: {
        ...analysis,
        ...timings,
        ...(analysis.extension && { extension: Math.min(analysis.extension, 2 * timings.window) }),
        ...(analysis.loadBalancer && {
          loadBalancer: loadBalancerName(balancer).dimension,
          targetGroup: targetGroupName(balancer).dimension,
        }),
      },
    }),
  };
}

/** ECS counts in minutes: none is shorter, and what may be left out is. In so little time, a small share tells nothing. */
function localRollout(rollout: Strategy): Strategy {
  const bake = (seconds: number) => Math.min(seconds, longest.bake);
  const share = (percent: number) => Math.max(percent, 50);
  switch (rollout.strategy) {
    case 'ROLLING':
      return rollout;
    case 'BLUE_GREEN':
      return { ...rollout, bakeTime: bake(rollout.bakeTime) };
    case 'CANARY': {
      const { percent, canaryBakeTime } = rollout;
      return { ...rollout, percent: share(percent), canaryBakeTime: bake(canaryBakeTime), bakeTime: 0 };
    }
    case 'LINEAR': {
      const { stepPercent, stepBakeTime } = rollout;
      return { ...rollout, stepPercent: share(stepPercent), stepBakeTime: bake(stepBakeTime), bakeTime: 0 };
    }
  }
}

function localEndpoint(endpoint: SmokeEndpoint, url: string): SmokeEndpoint {
  const { pathname, search } = new URL(endpoint.url);
  return { ...endpoint, url: url + pathname + search };
}

/** What of the installation's configuration does not hold here, each as a part of a sentence. */
export function overlaid(installed: Config): string[] {
  const services = Object.values(installed.services);
  const environments = services.flatMap((service) => service.environments);
  const has = (what: (environment: Environment) => unknown) => environments.some(what);
  const { baseline, window, period } = timings;
  return [
    has(({ smoke }) => smoke) && 'smoke tests ask the local load balancers, on the paths that are configured',
    has(({ analysis }) => analysis) &&
      `metrics are the local load balancers', ${spoken(window)} after against ${spoken(baseline)} before in periods of ${spoken(period)}`,
    services.some(({ registry }) => registry) && 'all repositories are in the one registry that is here',
    services.some((service) =>
      service.environments.some((at) => scanPolicyOf(service, at).waitFor > longest.report),
    ) && `a scan report may take ${spoken(longest.report)}`,
    has(({ rollout }) => rollout.strategy !== 'ROLLING') &&
      `where ECS shifts traffic, at least half of it moves at a time, and old and new version stand side by side for ${spoken(longest.bake)}`,
    has(({ deploymentTimeout }) => deploymentTimeout > longest.deployment) &&
      `ECS may take ${spoken(longest.deployment)}`,
    has(({ watch }) => watch > longest.watch) &&
      `tasks are watched for ${spoken(longest.watch)} after a deployment`,
    has(({ smoke }) => smoke && smoke.timeout > longest.smoke) &&
      `endpoints may take ${spoken(longest.smoke)}`,
  ].filter((part) => part !== false);
}
