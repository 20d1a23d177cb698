/** What would become of a release of this tag, asked of AWS by the steps' own code. Changes nothing. */
import { approvals } from '../../aws/approvals.ts';
import { cloudwatch } from '../../aws/cloudwatch.ts';
import { ecr } from '../../aws/ecr.ts';
import { ecs } from '../../aws/ecs.ts';
import { evidence } from '../../aws/evidence/evidence.ts';
import type { Surroundings } from '../../aws/means.ts';
import { type Opened, openAws } from '../../aws/open.ts';
import { records } from '../../aws/records.ts';
import { scansAsTheyAre } from '../../aws/scans.ts';
import { signingKeys } from '../../aws/signing-keys.ts';
import { slots } from '../../aws/slots.ts';
import { environmentOf } from '../../core/config.ts';
import { ReleaseRejected, ScanPending } from '../../core/errors.ts';
import { type ForecastState, forecast } from '../../core/forecast.ts';
import type { Answer } from '../../core/group.ts';
import { digestOf } from '../../core/image.ts';
import { named } from '../../core/named.ts';
import { pauseSentence } from '../../core/pause.ts';
import { repositoryAt } from '../../core/place.ts';
import { deployable } from '../../core/push/deployable.ts';
import type { ReleaseRecord } from '../../core/record.ts';
import type { Release, ReleaseRequest, Target } from '../../core/release.ts';
import { shownChanges } from '../../core/shown-changes.ts';
import { ask, called, takesItsPlace, waitingIn } from '../../core/slot.ts';
import { type Change, imageOf } from '../../core/task-definition.ts';
import { type DeploymentPlan, deploymentPlans } from '../../functions/deployment-plan.ts';
import { checkScan } from '../../functions/steps/check-scan.ts';
import { resolveRelease } from '../../functions/steps/resolve-release.ts';
import { Mistake } from '../mistake.ts';

export interface Wanted {
  service: string;
  environment: string;
  tag: string;
}

export interface Foresight extends Wanted {
  digest: string;
  /** ms since the epoch. */
  pushedAt: number;
  would: 'deploy' | 'do nothing' | 'be rejected' | 'be superseded' | 'wait';
  /** Of a tag that does not deploy: what the image would do under one that does. */
  underAnotherTag?: Foresight['would'];
  /** Why, where it would not deploy: all reasons at once. */
  reasons: string[];
  /** What makes it less safe than it could be. */
  warnings: string[];
  /** The environment that must have deployed it before. */
  comesFrom?: string;
  commit?: Release['commit'];
  /** From what was proved last to what would be registered, values hidden. */
  changes: Change[];
  /** The family's latest revision, where it is not what runs: none of this would be deployed. */
  drift?: { taskDefinition: string; changes: Change[] };
  /** `upgrades`: what to do about what blocks, as `upgrade minimist to 1.2.6 (1 CRITICAL)`. */
  scan?: { status: 'pass' | 'fail' | 'pending'; summary: string; upgrades?: string[]; signedBy?: string };
  slot?: { status: 'free' | 'waits' | 'superseded' | 'rejected'; sentence: string };
  /** Absent for the first release of a service: it has none. */
  wayBack?: { taskDefinition: string; image: string };
  /** ECS services that would move together with the leading one, which all of the above is of. */
  alongside?: (Differences & { service: string; would: 'deploy' | 'do nothing' })[];
  states: ForecastState[];
}

type Differences = Pick<Foresight, 'changes' | 'drift' | 'wayBack'>;

const uses = {
  approvals,
  cloudwatch,
  ecr,
  ecs,
  evidence,
  records,
  scans: scansAsTheyAre,
  signingKeys,
  slots,
};
type Aws = Opened<typeof uses>;

/** Throws a `Mistake` where there is no such service, environment or tag. */
export async function look(wanted: Wanted, surroundings: Surroundings): Promise<Foresight> {
  const aws = openAws(surroundings, uses);
  const { service, environment } = named(aws.config, wanted.service, wanted.environment);
  const request = await requestFor(wanted, aws);
  const { digest, pushedAt } = request.push;
  const before = service.environments[service.environments.indexOf(environment) - 1];
  const foresight: Foresight = {
    ...wanted,
    ...{ digest, pushedAt, would: 'deploy', reasons: [], warnings: [], changes: [] },
    ...(before && { comesFrom: before.name }),
    states: forecast(service, environment),
  };
  const resolved = await unlessRejected(() =>
    resolveRelease.run({ request }, asPromoted(aws, request), noExecution),
  );
  if ('rejected' in resolved) return { ...foresight, would: 'be rejected', reasons: [resolved.rejected] };
  if (!resolved.answer) return foresight;
  const { decision, reason = '', release } = resolved.answer;
  const known = { ...foresight, commit: release.commit };
  // What is asked of a tag that does not deploy, such as a pull request's, is what it would do under one that does.
  const otherTag = !deployable(wanted.tag, service.tags, service.latest).yes;
  if (decision === 'skip' && !otherTag) return { ...known, would: 'do nothing', reasons: [reason] };

  const [scan, planned, slot] = await Promise.all([
    scanOf(release, aws),
    unlessRejected(() => deploymentPlans(release, aws)),
    slotFor(release, aws),
  ]);
  const plans = 'answer' in planned ? planned.answer : [];
  const obstacles =
    'rejected' in planned ? [planned.rejected] : plans.flatMap(({ answer }) => answer.obstacles);
  const no = [
    ...(scan.status === 'fail' ? [scan.summary] : []),
    ...(slot.status === 'rejected' ? [`the slot is ${slot.sentence}`] : []),
    ...obstacles,
  ];
  const [leading] = plans;
  const toChange = plans.some(({ answer }) => answer.plan.decision === 'deploy');
  const nothing = toChange ? undefined : leading?.answer.plan.reason;
  const waitsFor = plans.find(({ answer }) => answer.waitsFor)?.answer.waitsFor;
  const under = verdict({ no, nothing, scan, slot, waitsFor });
  return {
    ...known,
    ...(decision === 'skip'
      ? { would: 'do nothing', underAnotherTag: under.would, reasons: [reason, ...under.reasons] }
      : under),
    warnings: [...(release.warnings ?? []), ...plans.flatMap(({ answer }) => answer.plan.warnings)],
    ...(await differencesOf(plans, aws)),
    ...{ scan, slot },
  };
}

/** The first that holds, in the order of the flow. */
function verdict({
  no,
  nothing,
  scan,
  slot,
  waitsFor,
}: {
  no: string[];
  nothing: string | undefined;
  scan: NonNullable<Foresight['scan']>;
  slot: NonNullable<Foresight['slot']>;
  waitsFor: string | undefined;
}): Pick<Foresight, 'would' | 'reasons'> {
  if (no.length > 0) return { would: 'be rejected', reasons: no };
  if (slot.status === 'superseded') return { would: 'be superseded', reasons: [slot.sentence] };
  if (nothing) return { would: 'do nothing', reasons: [nothing] };
  if (waitsFor) return { would: 'wait', reasons: [waitsFor] };
  if (scan.status === 'pending') return { would: 'wait', reasons: [scan.summary] };
  return { would: 'deploy', reasons: [] };
}

/** As the push would have asked for it, or the environment before. */
async function requestFor({ service: name, environment, tag }: Wanted, aws: Aws): Promise<ReleaseRequest> {
  const { service } = environmentOf(aws.config, name, environment);
  const repository = repositoryAt(service, aws.home);
  const where = `${repository.registryId}.dkr.ecr.${repository.region}.amazonaws.com/${repository.repository}`;
  const tagged = await aws.ecr.tagged(repository, tag).catch((error: Error) => {
    throw error.name === 'RepositoryNotFoundException'
      ? new Mistake(`there is no repository ${where}`)
      : error;
  });
  if (!tagged) throw new Mistake(`there is no tag ${tag} in ${where}: push it first`);
  const index = service.environments.findIndex((one) => one.name === environment);
  return {
    service: name,
    environment,
    push: { eventId: 'plan', ...repository, tag, ...tagged },
    ...(index > 0 && { promotedFrom: planned(index - 1) }),
  };
}

/** Stands for the execution that will have deployed it there. */
const planned = (index: number) => `plan ${index}`;

/** As if the environments before had deployed it, for long enough: a plan is for when they have. */
function asPromoted(aws: Aws, { service, push }: ReleaseRequest): Aws {
  const { config, records } = aws;
  const found = config.services[service];
  if (!found) return aws;
  const environments = found.environments.map(({ soak: _, ...environment }) => environment);
  const of = async (execution: string): Promise<ReleaseRecord> => {
    const index = environments.findIndex((_environment, at) => planned(at) === execution);
    const environment = environments[index]?.name;
    if (environment === undefined) return records.of(execution);
    const promotedFrom = index > 0 && { promotedFrom: planned(index - 1) };
    return {
      execution,
      steps: {},
      outcome: 'Deployed',
      request: { service, environment, push, ...promotedFrom },
    };
  };
  const services = { ...config.services, [service]: { ...found, environments } };
  return Object.create(aws, {
    config: { value: { ...config, services } },
    records: { value: { ...records, of } },
  });
}

async function unlessRejected<Answer>(
  ask: () => Promise<Answer>,
): Promise<{ answer: Answer } | { rejected: string }> {
  try {
    return { answer: await ask() };
  } catch (error) {
    if (error instanceof ReleaseRejected) return { rejected: error.message };
    throw error;
  }
}

async function scanOf(release: Release, aws: Aws): Promise<NonNullable<Foresight['scan']>> {
  try {
    const verdict = await unlessRejected(() => checkScan.run({ release }, aws, noExecution));
    if ('rejected' in verdict) return { status: 'fail', summary: verdict.rejected };
    const { status = 'fail', summary = 'no verdict', upgrades, signedBy } = verdict.answer ?? {};
    return { status, summary, ...(upgrades && { upgrades }), ...(signedBy && { signedBy }) };
  } catch (error) {
    if (error instanceof ScanPending) return { status: 'pending', summary: error.message };
    throw error;
  }
}

async function slotFor(
  { service, environment, target, pushedAt, tag, digest }: Release,
  { config, slots }: Aws,
): Promise<NonNullable<Foresight['slot']>> {
  const slot = await slots.look(target);
  const execution = 'plan';
  const { queue } = environmentOf(config, service, environment).environment;
  const asking = { execution, pushedAt, tag, digest, taskToken: '' };
  const { slot: after, answers } = ask(slot, asking, queue);
  const ours = answers.find((one) => one.execution === execution)?.answer;
  if (ours?.status === 'granted') return { status: 'free', sentence: 'free' };
  const { holder, paused } = slot;
  if (!holder && paused) {
    const status = ours?.status === 'rejected' ? 'rejected' : 'waits';
    return { status, sentence: pauseSentence(paused) };
  }
  const held = `held by ${holder && called(holder)} (${nameIn(holder?.execution)})`;
  if (ours?.status === 'rejected')
    return { status: 'rejected', sentence: `${held}, and with queue: 'reject' nobody waits` };
  if (ours) return { status: 'superseded', sentence: takesItsPlace(String(ours.by)) };
  const replaced = answers.map((one) => nameIn(one.execution)).join(', ');
  const before = waitingIn(after).findIndex((one) => one.execution === execution);
  const line = before > 0 ? `, and ${before} more before it` : '';
  return {
    status: 'waits',
    sentence: `${held}${line}${replaced && `, and it would take the place of ${replaced}`}`,
  };
}

const nameIn = (execution = '') => execution.slice(execution.lastIndexOf(':') + 1);

/** Of the leading ECS service, and beside it of those alongside. */
async function differencesOf(
  plans: readonly Answer<DeploymentPlan>[],
  aws: Aws,
): Promise<Partial<Differences> & Pick<Foresight, 'alongside'>> {
  const [leading, ...others] = await Promise.all(
    plans.map(async ({ target, answer }) => ({
      service: target.service,
      would: answer.plan.decision === 'deploy' ? ('deploy' as const) : ('do nothing' as const),
      differences: await differences(target, answer, aws),
    })),
  );
  const alongside = others.map(({ differences: its, ...other }) => ({ ...other, ...its }));
  return { ...leading?.differences, ...(alongside.length > 0 && { alongside }) };
}

async function differences(
  target: Target,
  { plan, running, wanted }: DeploymentPlan,
  { ecs }: Aws,
): Promise<Differences> {
  const latest = await ecs(target).taskDefinition(running.family);
  const drift = latest.arn === plan.runningTaskDefinitionArn ? [] : shownChanges(running, latest.definition);
  // What releases registered differs in its image alone.
  const foreign = drift.filter(({ path }) => path !== `containerDefinitions.${target.container}.image`);
  const image = imageOf(running, target.container) ?? '';
  return {
    changes: shownChanges(running, wanted),
    ...(foreign.length > 0 && { drift: { taskDefinition: latest.arn, changes: foreign } }),
    ...(!plan.first && {
      wayBack: { taskDefinition: plan.runningTaskDefinitionArn, image: digestOf(image) ?? image },
    }),
  };
}

/** The steps that are asked here wait for nothing and note nothing. */
const noExecution = { arn: 'plan', taskToken: '', signal: new AbortController().signal };
