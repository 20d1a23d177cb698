/** What runs where, and what is on its way there: one look. Changes nothing. */
import { approvals } from '../../aws/approvals.ts';
import { ecs } from '../../aws/ecs.ts';
import { executions } from '../../aws/executions.ts';
import type { Surroundings } from '../../aws/means.ts';
import { type Opened, openAws } from '../../aws/open.ts';
import { openReleases } from '../../aws/open-releases.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { type Environment, environmentOf } from '../../core/config.ts';
import { ReleaseRejected } from '../../core/errors.ts';
import type { Pause } from '../../core/pause.ts';
import { type HookPause, neverPaused, openPauses } from '../../core/pause-hook.ts';
import { releaseIn } from '../../core/phase.ts';
import type { Outcome, ReleaseRequest, Target } from '../../core/release.ts';
import { releaseRequestSchema, requestedAt, targetOf } from '../../core/release.ts';
import { type ShiftProgress, shiftProgress } from '../../core/shift-progress.ts';
import { type Contender, called, type Slot, unprovedOf, waitingIn } from '../../core/slot.ts';
import { imageOfRevision, runningImage } from '../running-image.ts';
import { eachRelease, nameIn, type Place } from './find-releases.ts';
import { commitIn, servingSinceIn } from './said.ts';

export interface EnvironmentStatus extends Place {
  runs?: Runs;
  /** Why that is not known, a sentence. */
  unknown?: string;
  slot: {
    holder?: InLine;
    /** The next one first. */
    waiting: (InLine & { behind: string })[];
    paused?: Pause;
  };
  underWay: UnderWay[];
  /** How the last release that ended did. */
  last?: { release: string; tag: string; outcome: Outcome; reason: string; endedAt: number };
}

export interface Runs {
  /** Where a release deployed it. */
  tag?: string;
  digest?: string;
  commit?: string;
  /** Of the release that deployed it, ms since the epoch. */
  since?: number;
  taskDefinition: string;
  tasks: { running: number; desired: number };
  /** The revision that the service is set to instead: a release is bringing it in, or has left it there unproved. */
  unproved?: string;
}

export interface InLine {
  /** Name of its execution. */
  release: string;
  /** Its tag, or `the rollback to` one. */
  called: string;
}

export interface UnderWay {
  release: string;
  tag: string;
  digest: string;
  /** When its image was pushed, or an earlier one asked for, ms since the epoch. */
  requestedAt: number;
  /** Of the state machine, and since when. Absent before its first one. */
  state?: string;
  since?: number;
  /** Somebody has asked for it to be stopped. */
  stopping?: string;
  /** How far ECS has come with moving the traffic. */
  traffic?: ShiftProgress;
  /** A hook of the ECS service waits for an answer; `asks`: people are asked by Tidegate, once its checks have spoken. */
  paused?: HookPause & { asks: boolean };
  /** Who is asked has until then. */
  approval?: { id: string; expiresAt: number };
}

const uses = { approvals, ecs, executions, openReleases, records, slots, states };
export type StatusAws = Opened<typeof uses>;
export const openFor = (surroundings: Surroundings): StatusAws => openAws(surroundings, uses);

/** In the order of the configuration. */
export async function lookAtAll(places: readonly Place[], aws: StatusAws): Promise<EnvironmentStatus[]> {
  const found = places.map(({ service, environment }) => environmentOf(aws.config, service, environment));
  const targets = found.map(({ service, environment }) => targetOf(service, environment));
  const [looks, open, running, last] = await Promise.all([
    aws.slots.lookAtAll(targets),
    aws.openReleases.of(places),
    aws.states.running(),
    lastEnded(places, aws),
  ]);
  return Promise.all(
    places.map(async (place, index): Promise<EnvironmentStatus> => {
      const { environment } = found[index] as (typeof found)[number];
      const target = targets[index] as Target;
      const slot = looks[index]?.() ?? {};
      const ours = open.flatMap(([name, request]) => {
        const { data } = releaseRequestSchema.safeParse(request);
        const same = data?.service === place.service && data.environment === place.environment;
        return same && running.has(name) ? [[name, data] as const] : [];
      });
      const [runs, underWay] = await Promise.all([
        whatRuns(target, slot, aws),
        Promise.all(
          ours.map(([name, request]) => lookAtOne(name, request, { environment, target, slot }, aws)),
        ),
      ]);
      const ended = last.get(keyOf(place));
      return {
        ...place,
        ...runs,
        slot: lineOf(slot),
        underWay: underWay.toSorted((one, other) => one.requestedAt - other.requestedAt),
        ...(ended && { last: ended }),
      };
    }),
  );
}

const keyOf = ({ service, environment }: Place) => `${service}/${environment}`;

async function lastEnded(
  places: readonly Place[],
  aws: StatusAws,
): Promise<Map<string, NonNullable<EnvironmentStatus['last']>>> {
  const found = new Map<string, NonNullable<EnvironmentStatus['last']>>();
  let left = 500;
  await eachRelease(places, aws, ({ execution, request, record: { outcome, reason = '', endedAt = 0 } }) => {
    const key = keyOf(request);
    const { tag } = request.push;
    if (outcome && !found.has(key))
      found.set(key, { release: execution.name, tag, outcome, reason, endedAt });
    left -= 1;
    return found.size < places.length && left > 0;
  });
  return found;
}

async function whatRuns(
  target: Target,
  slot: Slot,
  aws: StatusAws,
): Promise<Pick<EnvironmentStatus, 'runs' | 'unknown'>> {
  try {
    const { deployed } = slot;
    const { runningCount = 0, desiredCount = 0, taskDefinition } = await aws.ecs(target).service(target);
    // What a release is just bringing in, or left there, was not proved: what ran before it was.
    const unproved = unprovedOf(slot, target.service, target.service);
    const isNew = unproved !== undefined && unproved.taskDefinitionArn === taskDefinition;
    const { digest, taskDefinitionArn } = isNew
      ? await imageOfRevision(aws, target, unproved.wayBack)
      : await runningImage(aws, target);
    const ours = deployed && deployed.push.digest === digest ? deployed : undefined;
    const record = ours && (await aws.records.of(ours.execution));
    const commit = record && commitIn(record.steps);
    return {
      runs: {
        ...(ours && { tag: ours.tag }),
        ...(digest && { digest }),
        ...(commit && { commit }),
        ...(record?.endedAt !== undefined && { since: record.endedAt }),
        taskDefinition: nameOf(taskDefinitionArn),
        tasks: { running: runningCount, desired: desiredCount },
        ...(isNew && { unproved: nameOf(unproved.taskDefinitionArn) }),
      },
    };
  } catch (error) {
    // One service that is not there, or not to be seen, hides no other.
    if (error instanceof ReleaseRejected || /AccessDenied|not authorized/.test(String(error)))
      return { unknown: (error as Error).message };
    throw error;
  }
}

const nameOf = (taskDefinition: string) => taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1);

const inLine = (one: Contender): InLine => ({ release: nameIn(one.execution), called: called(one) });

function lineOf(slot: Slot): EnvironmentStatus['slot'] {
  const { holder, paused } = slot;
  const line = waitingIn(slot);
  return {
    ...(holder && { holder: inLine(holder) }),
    waiting: line.map((one, index) => {
      const before = index === 0 ? holder : line[index - 1];
      return { ...inLine(one), behind: before ? called(before) : 'the pause' };
    }),
    ...(paused && { paused }),
  };
}

async function lookAtOne(
  name: string,
  request: ReleaseRequest,
  { environment, target, slot }: { environment: Environment; target: Target; slot: Slot },
  aws: StatusAws,
): Promise<UnderWay> {
  const execution = aws.states.arnOf(name);
  const [current, record] = await Promise.all([aws.executions.current(execution), aws.records.of(execution)]);
  const abort = slot.aborts?.find((one) => one.execution === execution);
  const approval = await openApproval(name, current?.state, aws);
  const moves = ['AwaitDeployment', 'RequestContinuation', 'RunSmokeTests', 'CompareMetrics'];
  const shift = moves.includes(current?.state ?? '')
    ? await trafficOf({ environment, target, since: servingSinceIn(record.steps) }, aws)
    : undefined;
  const asks = releaseIn(record)?.settings.asksAtPauses === true;
  return {
    ...{ release: name, tag: request.push.tag, digest: request.push.digest },
    requestedAt: requestedAt(request),
    ...(current && { state: current.state, since: current.at }),
    ...(abort && { stopping: `${abort.by}: ${abort.reason}` }),
    ...(shift?.traffic && { traffic: shift.traffic }),
    ...(shift?.pause && { paused: { ...shift.pause, asks } }),
    ...(approval && { approval }),
  };
}

/** What people are asked about while a release is in this state. */
export async function openApproval(
  release: string,
  state: string | undefined,
  { approvals }: Pick<StatusAws, 'approvals'>,
): Promise<UnderWay['approval']> {
  const found =
    state === 'RequestApproval'
      ? [await approvals.of(release)]
      : state === 'RequestContinuation'
        ? await approvals.ofPauses(release)
        : [];
  const open = found.find((one) => one && !one.answer);
  return open && { id: open.approvalId, expiresAt: open.expiresAt };
}

async function trafficOf(
  { environment, target, since }: { environment: Environment; target: Target; since: number | undefined },
  aws: StatusAws,
): Promise<{ traffic: ShiftProgress | undefined; pause: HookPause | undefined } | undefined> {
  if (environment.rollout.strategy === 'ROLLING') return undefined;
  const ecs = aws.ecs(target);
  const found = await ecs.underWay(target);
  const [seen] = found
    ? await ecs.withDetails([
        { ...found, statusReason: undefined, taskDefinitionArn: undefined, createdAt: 0, breaker: undefined },
      ])
    : [];
  if (!seen?.details) return undefined;
  const { stage, productionWeight: weight } = seen.details;
  const [pause] = openPauses(seen, neverPaused);
  const shift = { stage, weight, servingSince: since, ...(pause && { paused: true }) };
  return { traffic: shiftProgress(environment.rollout, shift, aws.now()), pause };
}
