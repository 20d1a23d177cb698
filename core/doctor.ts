/** What `tidegate doctor` says of what it has seen: each finding with what to do about it. */
import * as z from 'zod';
import { type Environment, logGroupsOf } from './config.ts';
import { digestOf } from './image.ts';
import { imageOf, type TaskDefinition } from './task-definition.ts';

export interface Finding {
  /** `my-api/production`, with its ECS service where it has several; or `installation`. */
  where: string;
  /** `broken`: releases fail or cannot be judged. `risky`: they work, and less safely than they could. */
  kind: 'broken' | 'risky';
  problem: string;
  fix: string;
}

type Said = Omit<Finding, 'where'>;
const broken = (problem: string, fix: string): Said => ({ kind: 'broken', problem, fix });
const risky = (problem: string, fix: string): Said => ({ kind: 'risky', problem, fix });

export interface SeenBalancing {
  cluster: string;
  service: string;
  balanced: boolean;
  healthCheckGracePeriodSeconds: number | undefined;
}

/** A task that needs longer to start than the target group's patience is stopped, again and again. */
export function balancingFindings({
  cluster,
  service,
  balanced,
  healthCheckGracePeriodSeconds: grace = 0,
}: SeenBalancing): Said[] {
  if (!balanced || grace > 0) return [];
  return [
    risky(
      `service ${service} has a load balancer and no grace period: ECS stops tasks that are not healthy as soon as they run`,
      `aws ecs update-service --cluster ${cluster} --service ${service} --health-check-grace-period-seconds 60, or as long as it takes to start`,
    ),
  ];
}

const logSchema = z.looseObject({
  logConfiguration: z
    .looseObject({ logDriver: z.string(), options: z.record(z.string(), z.string()).default({}) })
    .optional()
    .catch(undefined),
});

/** What the running task definition says of itself, against the configuration. */
export function definitionFindings(
  running: TaskDefinition,
  container: string,
  environment: Environment,
): Said[] {
  const names = running.containerDefinitions.map(({ name }) => name);
  const found = running.containerDefinitions.find(({ name }) => name === container);
  if (!found)
    return [
      broken(
        `the task definition ${running.family} has no container ${container}, only ${names.join(', ')}`,
        'set container to the one that gets the image',
      ),
    ];
  const { logConfiguration } = logSchema.parse(found);
  const group = logConfiguration?.options['awslogs-group'];
  const known = logGroupsOf(environment);
  const pinned = digestOf(imageOf(running, container) ?? '') !== undefined;
  return [
    ...(pinned
      ? []
      : [
          risky(
            'the running image is named by its tag: tasks that start later may get another one',
            'nothing to do: the first release pins it by its digest',
          ),
        ]),
    ...(logConfiguration?.logDriver !== 'awslogs'
      ? [
          risky(
            `container ${container} does not log to CloudWatch: no diagnosis has its last lines`,
            'give it the log driver awslogs, if they are to be shown',
          ),
        ]
      : group && !known.includes(group)
        ? [
            risky(
              `container ${container} logs to ${group}, and Tidegate may only read ${known.join(', ') || 'none'}`,
              `set logGroups: ['${group}'] and deploy Tidegate again`,
            ),
          ]
        : []),
  ];
}

/** `points`: of each metric, by what it is called, in the last hours. */
export function metricFindings(points: Readonly<Record<string, number>>): Said[] {
  const silent = Object.entries(points).flatMap(([name, count]) => (count === 0 ? [name] : []));
  if (silent.length === 0) return [];
  return [
    broken(
      `CloudWatch has no figures of ${silent.join(', ')}: no release could be judged by them`,
      'look at loadBalancer, targetGroup and the other names in analysis: each is the end of an ARN, and it needs traffic',
    ),
  ];
}

export const repositoryFindings = (name: string, seen: { tags: string } | undefined): Said[] => {
  if (!seen)
    return [
      broken(`there is no repository ${name}`, 'set repository and registry to where images are pushed'),
    ];
  return seen.tags.startsWith('IMMUTABLE')
    ? []
    : [
        risky(
          `tags of ${name} can be pushed over: a version may change after it was approved`,
          `aws ecr put-image-tag-mutability --repository-name ${name} --image-tag-mutability IMMUTABLE`,
        ),
      ];
};

/** How SES has an address, or a domain. */
export type Identity = 'verified' | 'not verified' | 'unknown';

/** What keeps mail with links from being sent: `readers` and `from` by their addresses, with their domains beside. */
export function mailFindings({
  from,
  readers,
  identities,
  outOfSandbox,
  sends,
}: {
  from: string;
  readers: readonly string[];
  identities: ReadonlyMap<string, Identity>;
  outOfSandbox: boolean;
  sends: boolean;
}): Said[] {
  const isVerified = (address: string) =>
    [address, domainOf(address)].some((name) => identities.get(name) === 'verified');
  const sender = isVerified(from)
    ? []
    : [
        broken(
          `SES may not send as ${from}: neither the address nor its domain is verified in this Region`,
          `aws sesv2 create-email-identity --email-identity ${domainOf(from)}, and its DNS records; or set mail.from to what is verified`,
        ),
      ];
  const account = sends
    ? []
    : [
        broken(
          'SES sends no mail for this account',
          'look at its console: sending is paused, and it says why',
        ),
      ];
  const shut = outOfSandbox ? [] : readers.filter((address) => !isVerified(address));
  const sandbox =
    shut.length === 0
      ? []
      : [
          broken(
            `SES is in the sandbox here, and would send no link to ${shut.join(', ')}`,
            'ask for production access in its console; until then verify each address: aws sesv2 create-email-identity --email-identity <address>',
          ),
        ];
  return [...sender, ...account, ...sandbox];
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

/** AWS says no to whoever asks. */
export const notAllowed = (what: string, message: string): Said =>
  broken(
    `${what} may not be read: ${message.split('\n')[0]}`,
    'allow it to who runs doctor (docs/cli.md lists what it asks for); with roleArn the role must trust them: npm run roles',
  );

export { broken, risky, type Said };
