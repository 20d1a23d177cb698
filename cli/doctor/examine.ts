/** Looks at an installation and at every ECS service that it deploys to, with the credentials of who asks. Changes nothing. */
import { approvals } from '../../aws/approvals.ts';
import { cloudwatch } from '../../aws/cloudwatch.ts';
import { ecr } from '../../aws/ecr.ts';
import { ecs } from '../../aws/ecs.ts';
import { evidence } from '../../aws/evidence/evidence.ts';
import { mail } from '../../aws/mail.ts';
import type { Surroundings } from '../../aws/means.ts';
import { type Opened, openAws } from '../../aws/open.ts';
import { parameters } from '../../aws/parameters.ts';
import { repositories } from '../../aws/repositories.ts';
import { scansAsTheyAre } from '../../aws/scans.ts';
import { signingKeys } from '../../aws/signing-keys.ts';
import { slackApi } from '../../aws/slack-api.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import {
  balancingFindings,
  broken,
  definitionFindings,
  domainOf,
  type Finding,
  type Identity,
  mailFindings,
  metricFindings,
  notAllowed,
  repositoryFindings,
  risky,
  type Said,
} from '../../core/doctor.ts';
import { ReleaseRejected, ScanPending, Throttled, Transient } from '../../core/errors.ts';
import { pinnedImage, shortDigest } from '../../core/image.ts';
import { unusable } from '../../core/judge/baseline.ts';
import { judgedBy } from '../../core/judge/judged.ts';
import { idOf, queriesFor } from '../../core/judge/queries.ts';
import { type Member, membersOf } from '../../core/members.ts';
import { named } from '../../core/named.ts';
import { repositoryAt } from '../../core/place.ts';
import { obstacles, warnings } from '../../core/preflight.ts';
import { type Target, targetOf } from '../../core/release.ts';
import { preflightOf } from '../../functions/deployment-plan.ts';
import { imageOfRevision, type RunningImage } from '../../functions/running-image.ts';
import type { Place } from '../../functions/status/find-releases.ts';
import { checkScan } from '../../functions/steps/check-scan.ts';

const uses = {
  ...{ approvals, mail },
  ...{ cloudwatch, ecr, ecs, evidence, parameters, repositories, signingKeys, slackApi, slots, states },
  scans: scansAsTheyAre,
};
export type DoctorAws = Opened<typeof uses>;
export const openFor = (surroundings: Surroundings): DoctorAws => openAws(surroundings, uses);

/** The installation first. Rejects only where AWS does not answer at all. */
export async function examine(
  places: readonly Place[],
  aws: DoctorAws,
  secrets: { signingSecret: string | undefined },
): Promise<Finding[]> {
  const all: Finding[] = await installationFindings(places, aws, secrets);
  for (const place of places) {
    const { service, environment } = named(aws.config, place.service, place.environment);
    const members = membersOf(service, environment);
    for (const [index, member] of members.entries()) {
      const its = `${place.service}/${place.environment}`;
      const where = members.length > 1 ? `${its} (${member.environment.service})` : its;
      const said = await serviceFindings(place, member, index === 0, aws);
      all.push(...said.map((one) => ({ where, ...one })));
    }
  }
  return all;
}

async function installationFindings(
  places: readonly Place[],
  aws: DoctorAws,
  { signingSecret }: { signingSecret: string | undefined },
): Promise<Finding[]> {
  const { config, home } = aws;
  const said: Said[] = [];
  const install = 'deploy Tidegate there: npx sst deploy --stage <stage>, or name another with --stage';
  await asking(said, 'the state machine', install, () => aws.states.running());
  const [place] = places;
  if (place) {
    const { service, environment } = named(config, place.service, place.environment);
    await asking(said, "Tidegate's table", install, () => aws.slots.look(targetOf(service, environment)));
  }
  for (const name of new Set(places.map((one) => one.service))) {
    const service = config.services[name];
    if (!service) continue;
    const repository = repositoryAt(service, home);
    const { registryId, region } = repository;
    const full = `${registryId}.dkr.ecr.${region}.amazonaws.com/${repository.repository}`;
    const seen = await asking(said, full, 'look at repository and registry', async () => ({
      found: await aws.repositories.look(repository),
    }));
    if (seen) said.push(...repositoryFindings(seen.found ? repository.repository : full, seen.found));
  }
  if (config.slack) {
    const fix = 'npx sst secret set SlackToken <token of the bot>, then deploy Tidegate again';
    await asking(said, "Slack, by the bot's token", fix, () => aws.slackApi.call('auth.test', {}));
    const asksPeople = places.some(
      ({ service, environment }) => named(config, service, environment).environment.approval,
    );
    if (asksPeople && signingSecret)
      await asking(
        said,
        "Slack's signing secret",
        'npx sst secret set SlackSigningSecret <secret of the app>, then deploy Tidegate again',
        () => aws.parameters.secret(signingSecret),
      );
  }
  await lookAtMail(said, places, aws);
  return said.map((one) => ({ where: 'installation', ...one }));
}

/** Where links are mailed, whether SES would take them. */
async function lookAtMail(said: Said[], places: readonly Place[], aws: DoctorAws): Promise<void> {
  const { people = {}, mail: sender } = aws.config;
  const names = places.flatMap(
    ({ service, environment }) =>
      named(aws.config, service, environment).environment.approval?.links?.to ?? [],
  );
  const readers = [...new Set(names)].flatMap((name) => people[name]?.email ?? []);
  if (!sender || readers.length === 0) return;
  const fix =
    'allow ses:GetAccount and ses:GetEmailIdentity; SES is to be set up in the Region of the installation';
  const account = await asking(said, 'SES', fix, () => aws.mail.account());
  if (!account) return;
  // Out of the sandbox it is no matter who reads.
  const addresses = [sender.from, ...(account.outOfSandbox ? [] : readers)];
  const identities = new Map<string, Identity>();
  for (const name of new Set(addresses.flatMap((address) => [address, domainOf(address)]))) {
    const identity = await asking(said, `SES's identity ${name}`, fix, () => aws.mail.identity(name));
    if (identity) identities.set(name, identity);
  }
  said.push(...mailFindings({ from: sender.from, readers, identities, ...account }));
}

async function serviceFindings(
  place: Place,
  { service, environment }: Member,
  leading: boolean,
  aws: DoctorAws,
): Promise<Said[]> {
  const said: Said[] = [];
  const target = targetOf(service, environment);
  const ecs = aws.ecs(target);
  const fix = `look at cluster (${target.cluster}), service (${target.service}) and region of ${place.service}/${place.environment}`;
  const seen = await asking(said, `ECS service ${target.cluster}/${target.service}`, fix, () =>
    ecs.service(target),
  );
  if (!seen) return said;
  if (seen.taskDefinition === undefined) {
    said.push(
      broken(
        `service ${target.service} is deployed by ${seen.deploymentController?.type ?? 'somebody else'}, not by ECS itself`,
        'give it the deployment controller ECS: it has to be made anew for that',
      ),
    );
    return said;
  }
  const revision = String(seen.taskDefinition);
  const defined = await asking(said, `task definition ${revision}`, 'register it again', () =>
    ecs.taskDefinition(revision),
  );
  if (!defined) return said;
  const running = defined.definition;
  said.push(...definitionFindings(running, service.container, environment));
  said.push(
    ...balancingFindings({
      cluster: target.cluster,
      service: target.service,
      balanced: (seen.loadBalancers ?? []).length > 0,
      healthCheckGracePeriodSeconds: seen.healthCheckGracePeriodSeconds,
    }),
  );
  const image = pinnedImage(repositoryAt(service, aws.home), `sha256:${'0'.repeat(64)}`);
  const preflight = await asking(said, `what releases look at before (${target.service})`, fix, async () =>
    preflightOf({ target, configured: environment, service: seen, running, image, found: undefined }, aws),
  );
  if (preflight) {
    said.push(...obstacles(target.service, preflight).map((problem) => broken(problem, 'as it says')));
    said.push(
      ...warnings(target.service, preflight, environment.deploymentTimeout).map((problem) =>
        risky(problem, 'as it says'),
      ),
    );
  }
  if (!leading) return said;
  await lookAtMetrics(said, environment, target, aws);
  const runs = await asking(said, 'the running image', fix, () => imageOfRevision(aws, target, revision));
  if (runs) await lookAtEvidence(said, { place, target, service }, runs, aws);
  return said;
}

async function lookAtMetrics(
  said: Said[],
  environment: Member['environment'],
  target: Target,
  aws: DoctorAws,
): Promise<void> {
  const { analysis: policy } = environment;
  if (!policy) return;
  const now = aws.now();
  const problem = unusable(policy, now, now);
  if (problem) said.push(broken(problem, 'change baseline in the analysis, and deploy Tidegate again'));
  const judged = judgedBy(policy, { cluster: target.cluster, service: target.service });
  const look = queriesFor({ policy, deployedAt: now, now, judged });
  const found = await asking(said, 'CloudWatch metrics', 'allow cloudwatch:GetMetricData', () =>
    aws.cloudwatch(target).metrics(look.queries, look.windowStart, look.windowEnd),
  );
  if (!found) return;
  // Errors that never happened have no figures.
  const told = look.queries.filter(
    (query) => !query.hidden && !/error|bad/i.test(query.id) && query.id !== 'unhealthy',
  );
  const nameOf = (id: string) =>
    judged.find((_, index) => id === idOf(index, 'value') || id === idOf(index, 'of'))?.name ?? id;
  const points = told.map(({ id }) => [nameOf(id), (found[id] ?? []).length] as const);
  said.push(...metricFindings(Object.fromEntries(points)));
}

async function lookAtEvidence(
  said: Said[],
  { place, target, service }: { place: Place; target: Target; service: Member['service'] },
  { digest, architecture }: RunningImage,
  aws: DoctorAws,
): Promise<void> {
  if (digest === undefined) return;
  const repository = repositoryAt(service, aws.home);
  const settings = {
    ...{ approval: false, approvalTimeoutSeconds: 0 },
    ...{ releaseTask: false, smokeTests: false, analysis: false },
  };
  const release = {
    ...place,
    ...{ tag: 'running', digest, image: pinnedImage(repository, digest), pushedAt: aws.now() },
    ...{ commit: {}, target, architecture, settings },
  };
  const what = `the scan of what runs (${shortDigest(digest)})`;
  try {
    const verdict = await checkScan.run({ release }, aws, noExecution);
    if (verdict?.status === 'fail')
      said.push(
        risky(
          `what runs would not pass the scan gate now: ${verdict.summary}`,
          'release a version that does; until then only rollbacks bring this one back',
        ),
      );
  } catch (error) {
    if (error instanceof ScanPending)
      said.push(
        risky(
          `${what} has no report that counts: ${error.message}`,
          'attach one to each image in CI before its tag is pushed: examples/github-actions',
        ),
      );
    else await asking(said, what, 'look at scan in the configuration', () => Promise.reject(error));
  }
}

const noExecution = { arn: 'doctor', taskToken: '', signal: new AbortController().signal };

const isDenied = ({ name, message }: Error) =>
  /AccessDenied|NotAuthorized|UnrecognizedClient|InvalidClientToken/.test(name) ||
  /not authorized|access denied/i.test(message);

/** What AWS answers; undefined, and a finding, where it does not. Rejects where it cannot be asked at all. */
async function asking<Answer>(
  said: Said[],
  what: string,
  fix: string,
  ask: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof Transient || error instanceof Throttled) throw error;
    if (isDenied(error as Error)) said.push(notAllowed(what, message));
    else said.push(broken(error instanceof ReleaseRejected ? message : `${what}: ${message}`, fix));
    return undefined;
  }
}
