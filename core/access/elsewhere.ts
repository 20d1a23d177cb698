/**
 * What has to be made outside of Tidegate's own account and Region: the roles that it takes on, the rules that send events on to it,
 * what repositories have to allow.
 */
import type { Config, Service } from '../config.ts';
import { functionNameOf } from '../functions.ts';
import { type Place, placeOf, samePlace } from '../place.ts';
import { byEcr } from '../scan/evidence-setting.ts';
import { scanPolicyOf } from '../scan/policy.ts';
import { type EventPattern, triggersOf } from '../triggers.ts';
import { accessByRole } from './access.ts';
import { type Installation, otherBusOf } from './installation.ts';
import { hookRoles } from './lifecycle-hook.ts';
import { needs } from './needs.ts';
import { placed } from './resources.ts';
import type { PolicyDocument, Statement } from './statement.ts';

/** Roles are known in all Regions of their account. */
export interface RoleElsewhere {
  arn: string;
  account: string;
  name: string;
  path: string;
  trust: PolicyDocument;
  access: Statement[];
}

export interface EventsElsewhere {
  place: Place;
  /** What is sent on, by the names of the rules. */
  forwarded: Record<string, EventPattern>;
  /** The ARN of Tidegate's bus for events of elsewhere. */
  bus: string;
}

export interface RepositoryElsewhere {
  place: Place;
  repository: string;
  /** To be added to its policy. */
  statement: object;
}

export interface Elsewhere {
  roles: RoleElsewhere[];
  events: EventsElsewhere[];
  repositories: RepositoryElsewhere[];
}

export function elsewhere(config: Config, installation: Installation): Elsewhere {
  const services = Object.values(config.services);
  const environments = services.flatMap((service) => service.environments);
  const registries = services.flatMap((service) => {
    const { registry, repository } = service;
    return registry ? [{ registry, repository, service }] : [];
  });
  const places = [
    ...environments.map((environment) => placeOf(environment, installation)),
    ...registries.map(({ registry }) => registry),
  ].filter((place) => !samePlace(place, installation));

  return {
    roles: [
      ...distinct(environments.flatMap(({ roleArn }) => roleArn ?? [])).map((arn) => ({
        ...{ arn, ...nameOf(arn) },
        trust: trusting('sts:AssumeRole', installation),
        access: accessByRole(config, installation, arn),
      })),
      ...hookRoles(config, installation).filter(({ account }) => account !== installation.account),
    ],
    events: places
      .filter((place, index) => places.findIndex((other) => samePlace(other, place)) === index)
      .map((place) => ({
        place,
        forwarded: forwardedFrom(place, config, installation),
        bus: busOf(installation),
      })),
    repositories: registries
      .filter(({ registry }) => registry.account !== installation.account)
      .map(({ registry, repository, service }) => ({
        ...{ place: registry, repository },
        statement: trusting(readIn(service), installation).Statement[0] ?? {},
      })),
  };
}

const readImages = ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:GetDownloadUrlForLayer'];

const readIn = (service: Service) => [
  ...readImages,
  ...(service.environments.some((environment) => byEcr(scanPolicyOf(service, environment).evidence))
    ? ['ecr:DescribeImageScanFindings']
    : []),
];

/** Numbered anew: rules of other places do not count here. */
function forwardedFrom(place: Place, config: Config, installation: Installation) {
  const rules = Object.entries(triggersOf(config, installation)).filter(
    ([, { pattern }]) => pattern.account?.includes(place.account) && pattern.region?.includes(place.region),
  );
  const byName = Map.groupBy(rules, ([name]) => name.replace(/\d+$/, ''));
  return Object.fromEntries(
    [...byName].flatMap(([name, some]) =>
      some.map(([, { pattern }], index) => [index === 0 ? name : `${name}${index + 1}`, pattern]),
    ),
  );
}

const busOf = (installation: Installation) => {
  const { partition, account, region } = installation;
  return `arn:${partition}:events:${region}:${account}:event-bus/${otherBusOf(installation)}`;
};

/** `teams/tidegate` is the role `tidegate` at the path `/teams/`. */
function nameOf(roleArn: string): { account: string; name: string; path: string } {
  const path = roleArn.slice(roleArn.indexOf(':role/') + ':role'.length);
  const at = path.lastIndexOf('/') + 1;
  return { account: String(roleArn.split(':')[4]), name: path.slice(at), path: path.slice(0, at) };
}

/** Just the functions that go elsewhere, by the names of their roles. The account stands for them while they are not there yet. */
function trusting(action: string | string[], installation: Installation): PolicyDocument {
  const { partition, account } = installation;
  const functions = Object.entries(needs).filter(([, { actions }]) =>
    actions.some((one) => one in placed || one.startsWith('ecr:')),
  );
  const roles = functions.map(
    ([name]) => `arn:${partition}:iam::${account}:role/${functionNameOf(installation, name)}`,
  );
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: action,
        Condition: { ArnEquals: { 'aws:PrincipalArn': roles } },
      },
    ],
  };
}

const distinct = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];
