/**
 * What has to be made in an account or Region where Tidegate is not: a role that it takes on, rules that send events on to it,
 * permission to read repositories.
 */
import type { Config, Environment, Service } from '../config.ts';
import { type Place, placeOf, samePlace } from '../place.ts';
import { type EventPattern, triggersOf } from '../triggers.ts';
import { accessByRole } from './access.ts';
import type { Installation } from './installation.ts';
import { type PolicyDocument, policyDocument } from './statement.ts';

export interface Elsewhere {
  place: Place;
  /** That Tidegate takes on there; none in another Region of its own account. */
  role?: { name: string; path: string; trust: PolicyDocument; access: PolicyDocument };
  /** What is sent on, by the names of the rules. */
  forwarded: Record<string, EventPattern>;
  /** By which EventBridge sends it on. */
  sender: { trust: PolicyDocument; access: PolicyDocument };
  /** Tidegate's own bus: its ARN. */
  bus: string;
  /** Policies of repositories, by their names; none in Tidegate's own account. */
  repositories: Record<string, PolicyDocument>;
}

interface Wanted {
  /** Name of the environments that it is for. */
  environment: string;
  /** `<app>-<stage>`, with which the names of Tidegate's own roles begin. */
  prefix: string;
}

/** One for each account and Region of these environments, and of the registries of their services. */
export function elsewhere(config: Config, installation: Installation, wanted: Wanted): Elsewhere[] {
  const named = Object.values(config.services).flatMap((service) =>
    service.environments
      .filter(({ name }) => name === wanted.environment)
      .map((environment) => ({ service, environment })),
  );
  const places = named.flatMap(({ service, environment }) => [
    placeOf(environment, installation),
    registryOf(service, installation),
  ]);
  return places
    .filter((place, index) => places.findIndex((other) => samePlace(other, place)) === index)
    .filter((place) => !samePlace(place, installation))
    .map((place) => made(place, named, { config, installation, wanted }));
}

interface Context {
  config: Config;
  installation: Installation;
  wanted: Wanted;
}

function made(
  place: Place,
  named: readonly { service: Service; environment: Environment }[],
  { config, installation, wanted }: Context,
): Elsewhere {
  const { partition, account, region } = installation;
  const bus = `arn:${partition}:events:${region}:${account}:event-bus/default`;
  const here = named.filter(({ environment }) => samePlace(placeOf(environment, installation), place));
  const [roleArn] = here.flatMap(({ environment }) => environment.roleArn ?? []);
  const trusted = ownRoles(installation, wanted);
  const triggers = Object.entries(triggersOf(config, installation)).filter(
    ([, { pattern }]) => pattern.account?.includes(place.account) && pattern.region?.includes(place.region),
  );
  const repositories = named
    .filter(({ service }) => place.account !== account && samePlace(registryOf(service, installation), place))
    .map(({ service }) => service.repository);
  return {
    ...{ place, bus },
    ...(roleArn && {
      role: {
        ...nameOf(roleArn),
        trust: trustedPolicy('sts:AssumeRole', trusted),
        access: policyDocument(accessByRole(config, installation, roleArn)),
      },
    }),
    forwarded: numberedAnew(triggers.map(([name, { pattern }]) => [name, pattern])),
    sender: {
      trust: servicePolicy('sts:AssumeRole', 'events.amazonaws.com'),
      access: policyDocument([{ actions: ['events:PutEvents'], resources: [bus] }]),
    },
    repositories: Object.fromEntries(
      repositories.map((repository) => [repository, trustedPolicy(readImages, trusted)]),
    ),
  };
}

/** Rules of elsewhere do not count here. */
function numberedAnew(rules: [string, EventPattern][]): Record<string, EventPattern> {
  const byName = Map.groupBy(rules, ([name]) => name.replace(/\d+$/, ''));
  return Object.fromEntries(
    [...byName].flatMap(([name, some]) =>
      some.map(([, pattern], index) => [index === 0 ? name : `${name}${index + 1}`, pattern]),
    ),
  );
}

const readImages = ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:GetDownloadUrlForLayer'];

const registryOf = ({ registry }: Service, { account, region }: Place): Place =>
  registry ?? { account, region };

/** `teams/tidegate` is the role `tidegate` at the path `/teams/`. */
function nameOf(roleArn: string): { name: string; path: string } {
  const path = roleArn.slice(roleArn.indexOf(':role/') + ':role'.length);
  const at = path.lastIndexOf('/') + 1;
  return { name: path.slice(at), path: path.slice(0, at) };
}

interface Trusted {
  account: string;
  roles: string;
}

/** The functions' roles: their whole names are known only when they are made. */
const ownRoles = ({ partition, account }: Installation, { prefix }: Wanted): Trusted => ({
  account: `arn:${partition}:iam::${account}:root`,
  roles: `arn:${partition}:iam::${account}:role/${prefix}-*`,
});

const trustedPolicy = (action: string | string[], { account, roles }: Trusted): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: account },
      Action: action,
      Condition: { ArnLike: { 'aws:PrincipalArn': roles } },
    },
  ],
});

const servicePolicy = (action: string, service: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: action }],
});
