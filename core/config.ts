/** What an installation deploys: the schema of `tidegate.config.ts`, and every rule that a mistake in it would break. */
import * as z from 'zod';
import { linkMistakes } from './approval/link-mistakes.ts';
import { peopleSchema } from './approval/person.ts';
import { approvalPolicySchema, breakGlassSchema } from './approval/rules.ts';
import { doubleClaims } from './double-claims.ts';
import { durationSchema, spoken } from './duration.ts';
import { repositorySchema } from './image.ts';
import { analysisSchema } from './judge/policy.ts';
import { alongsideSchema, ecsName, memberShape, membersOf, rolesSchema } from './members.ts';
import { mistakesIn } from './mistakes.ts';
import { queueSchema } from './queue.ts';
import { rollbackPolicySchema } from './roll-back-by-slack.ts';
import { scanMistakes, scanOverlaySchema, scanSchema } from './scan/policy.ts';
import { bothStand, shortestRollout } from './strategy.ts';
import { checkWaiting } from './waiting-mistakes.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,38}$/, {
  error: 'a name such as my-api: lower case, digits and -, at most 39 characters',
});

/** Waiting is a loop in the state machine, and an execution has room for 25,000 events. */
const atMost = (limit: string) =>
  durationSchema.refine((seconds) => seconds <= durationSchema.parse(limit), {
    error: `must be at most ${limit}: an execution has no room for more events of waiting`,
  });

const endpointSchema = z.strictObject({
  url: z.url({
    protocol: /^https?$/,
    error: 'an http or https address such as https://api.example.com/healthz',
  }),
  /** The HTTP status that counts as healthy. */
  status: z.int().min(100).max(599).default(200),
  /** Text that the body must contain. */
  contains: z.string().min(1).optional(),
});
export type SmokeEndpoint = z.infer<typeof endpointSchema>;

const smokeSchema = z
  .strictObject({
    endpoints: z.array(endpointSchema).min(1),
    /** Answers in a row that every endpoint must give. */
    consecutive: z.int().min(1).max(10).default(3),
    /** Of a single request. */
    requestTimeout: durationSchema
      .default(5)
      .refine((seconds) => seconds <= 10, { error: 'must be at most 10s' }),
    /** How long endpoints may take to answer well before the release is taken back. */
    timeout: atMost('1h').default(90),
    /** ECS's test listener: the paths of the endpoints are asked here before users reach the new version. */
    testListener: z
      .strictObject({
        url: z.url({
          protocol: /^https?$/,
          error: 'an http or https address such as https://api.example.com:8443',
        }),
        /** What the rule of the listener asks for, if it asks for a header. */
        headers: z.record(z.string(), z.string()).default({}),
      })
      .optional(),
  })
  .refine(({ consecutive, requestTimeout }) => consecutive * requestTimeout <= 25, {
    path: ['consecutive'],
    error: 'times requestTimeout must be at most 25s: a function asks them all within its 30s',
  });
export type SmokePolicy = z.infer<typeof smokeSchema>;

const releaseTaskSchema = z.strictObject({
  command: z.array(z.string()).min(1),
  /** From its start; then it is stopped, and the release ends Rejected. */
  timeout: atMost('3h').default(600),
  /** With which of them the container has done its work. */
  exitCodes: z.array(z.int().min(0).max(255)).min(1).default([0]),
});

const roleArn = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, {
  error: 'the ARN of an IAM role such as arn:aws:iam::123456789012:role/tidegate',
});
const region = z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, { error: 'an AWS Region such as eu-west-1' });

const placeSchema = z.strictObject({
  account: z.string().regex(/^\d{12}$/, { error: 'an AWS account of 12 digits' }),
  region,
});

const environmentSchema = z
  .strictObject({
    name,
    cluster: ecsName,
    ...memberShape,
    /** The Region it runs in; that of Tidegate's installation unless given. */
    region: region.optional(),
    /** The role that Tidegate takes on there, for a service in another account. `npm run roles` prints it. */
    roleArn: roleArn.optional(),
    /** Names of the roles that its task definition gives to its tasks. Tidegate may pass these and no other; ECS's console makes the default one. */
    roles: rolesSchema.default(['ecsTaskExecutionRole']),
    /** ECS services of the same image, such as a worker, that move together with this one. */
    alongside: alongsideSchema,
    /** Ask a person before anything changes. */
    approval: approvalPolicySchema.optional(),
    /** Who may let a release through that a gate holds: two people, each with a reason. Without it nobody may. */
    breakGlass: breakGlassSchema.optional(),
    /** Who may roll back by the button in Slack. Those who are named to approve unless given; nobody where nobody is. */
    rollback: rollbackPolicySchema.optional(),
    /** So long a digest must have run in the environment before this one. */
    soak: atMost('1d').optional(),
    /** What a release does while another is deployed: wait for the newest push's turn, for its own, or end Rejected. */
    queue: queueSchema.default('newest'),
    /** A one-off task of the new revision before traffic moves, such as a database migration. */
    releaseTask: releaseTaskSchema.optional(),
    /** How long ECS may take; then the release is taken back. */
    deploymentTimeout: atMost('12h').default(1800),
    /** After ECS is done, its tasks are watched for so long: to ECS, one that crashes after its start is stable. */
    watch: atMost('1h').default(60),
    /** Over the settings of its service, one by one. */
    scan: scanOverlaySchema.optional(),
    smoke: smokeSchema.optional(),
    analysis: analysisSchema.optional(),
  })
  .superRefine(({ rollout, deploymentTimeout, smoke, analysis }, context) => {
    const reject = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const shifting = rollout.strategy !== 'ROLLING';
    if (smoke && shifting !== (smoke.testListener !== undefined))
      reject(
        ['smoke', 'testListener'],
        shifting
          ? `is missing: with ${rollout.strategy} endpoints are asked through ECS's test listener, before users are`
          : 'has no use with ROLLING: there is no test listener; set rollout, or take it out',
      );
    const shortest = shortestRollout(rollout);
    if (deploymentTimeout <= shortest)
      reject(
        ['deploymentTimeout'],
        `must be more than the ${spoken(shortest)} that this rollout takes at least`,
      );
    if (!shifting || !analysis) return;
    if (analysis.onInconclusive === 'ask')
      reject(
        ['analysis', 'onInconclusive'],
        `ask leaves the new version to a person, and with ${rollout.strategy} ECS goes on shifting meanwhile: pass or rollback`,
      );
    // It may notice a minute late that the new version has users.
    const needed =
      60 + analysis.window + (analysis.extension ?? 0) + analysis.publicationDelay + analysis.period;
    if (bothStand(rollout) < needed)
      reject(
        ['rollout'],
        `leaves ${spoken(bothStand(rollout))} in which old and new version stand, and the analysis needs ${spoken(needed)}: its verdict would come too late for the quick way back`,
      );
  })
  .superRefine(({ service, alongside, deploymentTimeout }, context) => {
    const names = [service, ...alongside.map((member) => member.service)];
    alongside.forEach((member, index) => {
      const reject = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['alongside', index, field], message });
      if (names.indexOf(member.service) <= index)
        reject('service', `${member.service} is named twice: it is moved once`);
      const shortest = shortestRollout(member.rollout);
      if (deploymentTimeout <= shortest)
        reject('rollout', `takes ${spoken(shortest)} at least, and deploymentTimeout is not more than that`);
    });
  })
  .superRefine(checkWaiting);
export type Environment = z.infer<typeof environmentSchema>;

const serviceSchema = z.strictObject({
  repository: repositorySchema,
  /** Where the repository is; the account and Region of Tidegate's installation unless given. */
  registry: placeSchema.optional(),
  /** The container of the task definition that gets the image. */
  container: z.string().min(1),
  /** Which tags deploy, as a pattern with `*`: `v*`. */
  tags: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[A-Za-z0-9._*-]+$/, { error: 'a tag pattern such as v* or release-*' })
    .refine((pattern) => pattern !== 'latest', {
      error: 'latest says nothing about which version it is: if it has to deploy, set latest: true beside',
    })
    .default('v*'),
  /** Pushes of `latest` deploy, too, and every message about one says that nobody can tell which version it is. */
  latest: z.boolean().default(false),
  scan: scanSchema.prefault({}),
  /** In order: the first receives pushes, each next one what its predecessor deployed. */
  environments: z
    .array(environmentSchema)
    .min(1)
    .superRefine((environments, context) => {
      environments.forEach(({ name }, index) => {
        if (environments.findIndex((other) => other.name === name) === index) return;
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `is used twice: a promotion to ${name} would have two targets`,
        });
      });
      if (environments[0]?.soak !== undefined)
        context.addIssue({
          code: 'custom',
          path: [0, 'soak'],
          message: 'has no use in the first environment: nothing runs anywhere before it',
        });
    }),
});
export type Service = z.infer<typeof serviceSchema>;

const configSchema = z
  .strictObject({
    /** Where Tidegate is to be installed: a deploy to anywhere else is refused. */
    installation: placeSchema.optional(),
    services: z.record(z.string(), serviceSchema).refine((services) => Object.keys(services).length > 0, {
      error: 'names no service: nothing would ever be deployed',
    }),
    /**
     * What Tidegate's permissions are held to: the services that are named here, or, where IAM has no room for so many names,
     * all of their clusters, and all task definitions, repositories and log groups of the accounts. Roles are always named.
     */
    permissions: z.enum(['services', 'clusters']).default('services'),
    slack: z
      .strictObject({
        channel: z.string().min(1),
        /** Clicks of another app, workspace or channel are refused where these are given. */
        appId: z
          .string()
          .regex(/^A[A-Z0-9]+$/, { error: 'the id of a Slack app such as A012AB3CD' })
          .optional(),
        teamId: z
          .string()
          .regex(/^T[A-Z0-9]+$/, { error: 'the id of a Slack workspace such as T012AB3CD' })
          .optional(),
        channelId: z
          .string()
          .regex(/^[CG][A-Z0-9]+$/, { error: 'the id of a Slack channel such as C012AB3CD' })
          .optional(),
        tokenSecret: z
          .never({ error: 'is gone: take it out, and keep the token by npx sst secret set SlackToken' })
          .optional(),
      })
      .optional(),
    /** The identities of the people who approve: who approves in Slack and in a terminal counts once. */
    people: peopleSchema.optional(),
    /** By which approval.links are sent. */
    mail: z
      .strictObject({
        /** An address that Amazon SES may send by: its own identity, or that of its domain, is verified in the installation's Region. */
        from: z.email({ error: 'an e-mail address such as deploys@example.com' }).max(254),
        /** Of SES: where the identity has a default one, it is asked for too. */
        configurationSet: z
          .string()
          .regex(/^[\w-]{1,64}$/, { error: 'the name of a configuration set of SES' })
          .optional(),
      })
      .optional(),
    /** Instead of `slack`: an incoming webhook is told how releases end, and nothing before. It has no buttons. */
    slackWebhook: z.literal(true).optional(),
    /** Who is told by e-mail when Tidegate itself needs somebody. Each confirms it once, by a link that AWS sends. */
    alarms: z
      .strictObject({
        emails: z.array(z.email({ error: 'an e-mail address such as on-call@example.com' })).min(1),
      })
      .optional(),
  })
  .refine(({ slack, slackWebhook }) => !slack || !slackWebhook, {
    path: ['slackWebhook'],
    error: 'is of no use beside slack, which tells more: take one of them out',
  })
  .superRefine(({ services, slack, people, mail, installation = { account: '', region: '' } }, context) => {
    for (const [name, service] of Object.entries(services)) {
      const mistakes = [...scanMistakes(service), ...linkMistakes(service, people ?? {}, mail)];
      for (const { path, message } of mistakes)
        context.addIssue({ code: 'custom', path: ['services', name, ...path], message });
    }
    for (const [service, { environments }] of Object.entries(services)) {
      environments.forEach(({ approval, breakGlass, rollback }, index) => {
        if (slack) return;
        const reject = (field: string, message: string) =>
          context.addIssue({
            code: 'custom',
            path: ['services', service, 'environments', index, field],
            message,
          });
        if (approval && !approval.links)
          reject(
            'approval',
            'needs slack settings, or links: nobody would be asked, and every release would end Rejected',
          );
        if (breakGlass)
          reject('breakGlass', 'needs slack settings: a glass must not be broken without anybody hearing it');
        if (rollback)
          reject('rollback', 'needs slack settings: it says whose clicks count, and there is no button');
      });
    }
    for (const { path, message } of doubleClaims(services, installation))
      context.addIssue({ code: 'custom', path: ['services', ...path], message });
  });

/** The configuration with every default filled in; durations in seconds. */
export type Config = z.output<typeof configSchema>;
/** As it is written in `tidegate.config.ts`. */
export type ConfigInput = z.input<typeof configSchema>;

/**
 * Checks a configuration and fills in its defaults.
 * Throws one error that names every mistake with its path, as `services.my-api.tags: …`.
 */
export function defineConfig(input: ConfigInput): Config {
  const checked = configSchema.safeParse(input, { reportInput: true });
  // Zod would look at nothing else of a service whose name is wrong.
  const names = wrongNames(input);
  if (checked.success && names.length === 0) return checked.data;
  const mistakes = [...names, ...(checked.success ? [] : mistakesIn(checked.error))];
  throw new Error(
    `tidegate.config.ts has ${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}:\n${mistakes.map((each) => `  ${each}`).join('\n')}`,
  );
}

function wrongNames({ services }: ConfigInput): string[] {
  const wrong = Object.keys(services ?? {}).filter((key) => !name.safeParse(key).success);
  return wrong.map((key) => `services.${key}: ${name.safeParse(key).error?.issues[0]?.message}`);
}

/** Settings of one environment of one service. Throws where the configuration does not name it. */
export function environmentOf(
  config: Config,
  service: string,
  environment: string,
): { service: Service; environment: Environment } {
  const found = config.services[service];
  const at = found?.environments.find(({ name }) => name === environment);
  if (!found || !at)
    throw new Error(`tidegate.config.ts has no environment ${environment} of a service ${service}`);
  return { service: found, environment: at };
}

/** Settings of the ECS service that a release is for, as if its environment had no other; those of the leading one where the configuration does not name it any more. */
export function memberOf(
  config: Config,
  { service, environment, target }: { service: string; environment: string; target: { service: string } },
): Environment {
  const found = environmentOf(config, service, environment);
  const members = membersOf(found.service, found.environment).map((member) => member.environment);
  return members.find((member) => member.service === target.service) ?? found.environment;
}

/** The family of an environment's task definition. */
export const familyOf = ({ family, service }: Pick<Environment, 'family' | 'service'>): string =>
  family ?? service;

/** Where the containers of an environment write their logs. */
export const logGroupsOf = (environment: Pick<Environment, 'family' | 'logGroups' | 'service'>): string[] =>
  environment.logGroups ?? [`/ecs/${familyOf(environment)}`];

/** The environment that receives what `environment` deployed, if there is one. */
export function environmentAfter({ environments }: Service, environment: string): Environment | undefined {
  return environments[environments.findIndex(({ name }) => name === environment) + 1];
}

/** Whether any release may ever wait for people. */
export const asksPeople = ({ services }: Config): boolean =>
  Object.values(services).some(({ environments }) =>
    environments.some(({ approval, breakGlass }) => approval !== undefined || breakGlass !== undefined),
  );

/** Whether anybody may ever decide by a link in a mail. */
export const sendsLinks = ({ services }: Config): boolean =>
  Object.values(services).some(({ environments }) =>
    environments.some(({ approval }) => approval?.links !== undefined),
  );

/** Whether anything of a release is told in Slack. */
export const tellsSlack = ({ slack, slackWebhook }: Config): boolean =>
  slack !== undefined || slackWebhook === true;
