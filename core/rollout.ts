/** What became of our deployment: read from ECS's service deployments, never from "the service is stable". */
import * as z from 'zod';
import { type Abort, abortSentence } from './abort.ts';
import { type Diagnosis, diagnosisSchema } from './diagnosis/schema.ts';
import { spoken } from './duration.ts';
import {
  hookPauseSchema,
  mostPausesAtOnce,
  openPauses,
  type Paused,
  pausedSentence,
  type WaitingHook,
} from './pause-hook.ts';
import { takesItsPlace } from './slot.ts';

/** A service deployment with the task definition of its target revision. Times in ms since the epoch. */
export interface SeenDeployment {
  arn: string;
  status: string;
  statusReason: string | undefined;
  taskDefinitionArn: string | undefined;
  createdAt: number;
  finishedAt?: number | undefined;
  breaker: { failureCount: number; threshold: number } | undefined;
  /** Only of a deployment that was asked for them. */
  details?: DeploymentDetails;
}

/** How far ECS has come. */
export interface DeploymentDetails {
  /** The lifecycle stage; undefined for ROLLING, which has none. */
  stage: string | undefined;
  /** Percent of the users' requests that the new version is to get. */
  productionWeight: number;
  triggeredAlarms: string[];
  /** Hooks that have paused it and wait for an answer. */
  pauses?: WaitingHook[];
  /** ARNs of the service revisions. */
  source: string | undefined;
  target: string | undefined;
}

export const stoppedTaskSchema = z.strictObject({
  task: z.string(),
  stopCode: z.string(),
  reason: z.string(),
  /** The container at fault, and with which code it ended. */
  container: z.string().optional(),
  exitCode: z.int().optional(),
  /** The name of a known cause. */
  cause: z.string().optional(),
  /** The last lines that container wrote, oldest first; of one task where several ended alike. */
  logTail: z.array(z.string()),
});
export type StoppedTask = z.infer<typeof stoppedTaskSchema>;

/** By whom or what a deployment came to its end. */
export const causeSchema = z.enum([
  'circuit breaker',
  'alarm',
  'lifecycle hook',
  'stopped by hand',
  'taken back',
  'crash loop',
  'timed out',
  'never shown',
  'scaled to zero',
  'aborted',
  'not approved',
]);
export type Cause = z.infer<typeof causeSchema>;

export const rolloutSchema = z.strictObject({
  /**
   * `testable`: it is up, and users wait for the smoke tests. `serving`: it has users, and the old tasks still stand.
   * `paused`: ECS waits for an answer that people are to give.
   * `stable`: ECS is done, and nothing was checked yet; `proved`: all was. `gives way`: a newer release waits, or somebody
   * deployed into one of several ECS services, and ours goes back first. `superseded`: somebody else's deployment came.
   */
  status: z.enum(['testable', 'serving', 'paused', 'stable', 'proved', 'failed', 'gives way', 'superseded']),
  /** Of a failed one. */
  cause: causeSchema.optional(),
  /** When this was found, ms since the epoch. */
  at: z.int(),
  reason: z.string(),
  serviceDeploymentArn: z.string().optional(),
  /** When ECS created our service deployment, ms since the epoch by its clock. */
  createdAt: z.int().optional(),
  /** ARNs: who has the old version's tasks and the new one's, where each has its own. And what the new one gets of the requests. */
  targetGroups: z
    .strictObject({ old: z.string(), new: z.string(), newPercent: z.number().min(0).max(100) })
    .optional(),
  /** What it is paused by. */
  pauses: z.array(hookPauseSchema).min(1).max(mostPausesAtOnce).optional(),
  stoppedTasks: z.array(stoppedTaskSchema).max(5),
  /** Why they stopped. */
  diagnosis: diagnosisSchema.optional(),
});
export type Rollout = z.infer<typeof rolloutSchema>;

type Reading = Pick<Rollout, 'status' | 'reason' | 'cause' | 'pauses'> & { serviceDeploymentArn?: string };

export interface RolloutQuestion {
  /** The revision that we registered. */
  taskDefinitionArn: string;
  /** When we asked for it, ms since the epoch. */
  startedAt: number;
  timeoutSeconds: number;
  crashes: Crashes;
  /** How many tasks the service wants by now, where that was asked. */
  wanted?: number | undefined;
  /** The tag of a newer release that waits for the slot. */
  newer: string | undefined;
  /** Where ECS brings the new version up beside the old one and then moves the traffic: what is to be checked on the way, and has been. */
  shifting?: { toTest: boolean; toMeasure: boolean; tested: boolean; measured: boolean } | undefined;
  /** Where people are asked when ECS pauses: what came of it so far. Else a pause is somebody else's. */
  pausing?: Paused | undefined;
}

/** ECS's clock and ours may differ by this much. */
export const clockSkewMs = 60_000;

/** ECS may show a change this much later than it took it: before, a look does not tell whether it took it. */
const settlingMs = 15_000;

/** Whether to look again later. `askedAt`: when the change was asked for last, ms since the epoch. */
export const isSettling = (askedAt: number | undefined, now: number): boolean =>
  askedAt !== undefined && now - askedAt < settlingMs;

/** Our deployment among those of the service: the newest of our revision since we asked. */
export function ourDeployment(
  { taskDefinitionArn, startedAt }: Pick<RolloutQuestion, 'taskDefinitionArn' | 'startedAt'>,
  seen: SeenDeployment[],
): SeenDeployment | undefined {
  return newestFirst(seen).find(
    (deployment) =>
      deployment.taskDefinitionArn === taskDefinitionArn && deployment.createdAt >= startedAt - clockSkewMs,
  );
}

/** Tasks of our revision that ended by themselves or for their health, of so many that should run. */
export interface Crashes {
  count: number;
  desiredCount: number;
  /** Those of them that had run, where that is told apart. */
  afterStart?: number;
}

/** Fewer are too few for any service, however many tasks it should run. */
export const fewestCrashes = 3;

/**
 * Too many tasks of the new revision failed, in words; undefined where not. ECS's circuit breaker does not count
 * a task that ran, however briefly: a service that crashes after its start is stable to it. The limit is the breaker's default.
 */
export function crashLoop({ count, desiredCount }: Crashes): string | undefined {
  const limit = Math.min(200, Math.max(fewestCrashes, Math.ceil(desiredCount / 2)));
  return count >= limit ? `${count} tasks of the new revision failed` : undefined;
}

/** Why tasks failed and what to do, to be put behind a sentence. */
export const lastWords = (diagnosis: Diagnosis | undefined): string =>
  diagnosis ? `: ${diagnosis.sentence} → ${diagnosis.advice}` : '';

/** Undefined while it goes on. */
export function readRollout(
  question: RolloutQuestion,
  seen: SeenDeployment[],
  now: number,
): Reading | undefined {
  const ours = ourDeployment(question, seen);
  const successor = newestFirst(seen).find(
    ({ arn, createdAt, taskDefinitionArn }) =>
      arn !== ours?.arn &&
      // One whose revision cannot be read yet may be ours.
      taskDefinitionArn !== undefined &&
      taskDefinitionArn !== question.taskDefinitionArn &&
      createdAt > (ours?.createdAt ?? question.startedAt),
  );
  const replaced = successor && superseded(successor);
  // What was proved and serves everybody is not taken back because ECS bakes and drains: it gets the time once more.
  const times = isProved(question) && ours?.details?.productionWeight === 100 ? 2 : 1;
  const { pausing } = question;
  const seconds = times * question.timeoutSeconds + (pausing?.seconds ?? 0);
  // The time in which people think is not ECS's. It ends: their own is limited.
  const thinking = ours && pausing && openPauses(ours, pausing).length > 0;
  const late = !thinking && now >= question.startedAt + seconds * 1000;
  if (!ours) {
    const never = `ECS shows no deployment of ${name(question.taskDefinitionArn)}`;
    return replaced ?? (late ? failed('never shown', never) : undefined);
  }
  const reading = readOurs(ours, question, late, replaced);
  return reading && { ...reading, serviceDeploymentArn: ours.arn };
}

function readOurs(
  ours: SeenDeployment,
  question: RolloutQuestion,
  late: boolean,
  replaced: Reading | undefined,
): Reading | undefined {
  const { status, statusReason, breaker } = ours;
  const why = statusReason ? `: ${statusReason}` : '';
  const counted = breaker ? ` (${breaker.failureCount} of ${breaker.threshold} allowed task failures)` : '';
  const { count, desiredCount, afterStart = count } = question.crashes;
  const crashing = crashLoop({ count, desiredCount });
  // What failed to start on the way, ECS got over: an outage of a registry is no fault of the version.
  const crashes = crashLoop({ count: afterStart, desiredCount });
  switch (status) {
    case 'SUCCESSFUL':
      if (crashes) return failed('crash loop', crashes);
      return replaced ?? (question.wanted === 0 ? scaledToZero : done(question));
    case 'PENDING':
    case 'IN_PROGRESS':
      if (crashing) return failed('crash loop', crashing);
      return (
        givesWay(question) ??
        (late
          ? failed('timed out', `not stable after ${spoken(question.timeoutSeconds)}${counted}`)
          : onTheWay(ours, question))
      );
    case 'STOPPED':
    case 'STOP_REQUESTED':
      return replaced ?? failed(causeOf(ours), `the service deployment was stopped${why}${counted}`);
    default: // ROLLBACK_REQUESTED, ROLLBACK_IN_PROGRESS, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED
      return failed(causeOf(ours), `ECS took the deployment back${why}${counted}`);
  }
}

/** What was measured to be good is not taken back for a newer one: that one waits until ECS has cleaned up. */
function givesWay({ newer, shifting }: RolloutQuestion): Reading | undefined {
  if (newer === undefined || shifting?.measured) return undefined;
  return { status: 'gives way', reason: takesItsPlace(newer) };
}

/** From here on the test listener leads to the new version. The API reference of ServiceDeployment has the stages. */
const testableStages = [
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
];

/** Checks come before people: who is asked sees what was found. */
function onTheWay(ours: SeenDeployment, { shifting, pausing }: RolloutQuestion): Reading | undefined {
  const { details } = ours;
  if (!shifting || !details) return undefined;
  const { stage = '', productionWeight } = details;
  if (shifting.toTest && !shifting.tested && testableStages.includes(stage))
    return { status: 'testable', reason: 'the new tasks are up, and no user reaches them yet' };
  if (shifting.toMeasure && !shifting.measured && productionWeight > 0)
    return { status: 'serving', reason: `${productionWeight} % of the traffic is the new version's` };
  const pauses = pausing ? openPauses(ours, pausing) : [];
  return pauses[0] && { status: 'paused', reason: pausedSentence(pauses[0]), pauses };
}

function done(question: RolloutQuestion): Reading {
  const { shifting } = question;
  const nothingToProve = shifting && !shifting.toTest && !shifting.toMeasure;
  const proved = nothingToProve || isProved(question);
  return { status: proved ? 'proved' : 'stable', reason: 'the service deployment is SUCCESSFUL' };
}

/** By all that there was to check. */
const isProved = ({ shifting }: RolloutQuestion): boolean =>
  shifting !== undefined &&
  (shifting.tested || shifting.measured) &&
  shifting.tested === shifting.toTest &&
  shifting.measured === shifting.toMeasure;

/** ECS tells it in words only; which alarms fired it lists. */
function causeOf({ statusReason = '', details }: SeenDeployment): Cause {
  if (details?.triggeredAlarms.length || /alarm/i.test(statusReason)) return 'alarm';
  if (/circuit breaker/i.test(statusReason)) return 'circuit breaker';
  if (/hook/i.test(statusReason)) return 'lifecycle hook';
  return /user request|StopServiceDeployment/i.test(statusReason) ? 'stopped by hand' : 'taken back';
}

const failed = (cause: Cause, reason: string): Reading => ({ status: 'failed', cause, reason });

const scaledToZero = failed(
  'scaled to zero',
  'the service was scaled to 0 tasks: nothing proves the release',
);

function superseded({ arn, taskDefinitionArn }: SeenDeployment): Reading {
  return {
    status: 'superseded',
    reason: `another deployment took its place: ${name(taskDefinitionArn ?? 'unknown')} (${arn})`,
  };
}

const newestFirst = (seen: SeenDeployment[]) =>
  [...seen].sort((one, other) => other.createdAt - one.createdAt);
const name = (taskDefinitionArn: string) => taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1);

/** There is something to check on the way: of several ECS services others may be paused meanwhile. */
export const isToCheck = ({ status }: Pick<Rollout, 'status'>): boolean =>
  status === 'testable' || status === 'serving';

/**
 * What people are being asked about is not for this look, unless there is something to check: `RequestContinuation` has begun with it,
 * and comes to an end with it.
 */
export function stillAsked(paused: Paused | null | undefined, now: number): Rollout | undefined {
  const [first] = paused?.asked ?? [];
  if (!first) return undefined;
  return {
    status: 'paused',
    at: now,
    reason: pausedSentence(first),
    pauses: paused?.asked,
    stoppedTasks: [],
  };
}

/** While ECS had paused it, somebody said no, or nobody yes: it is taken back, whatever ECS was told of that. */
export function unlessRefused(
  found: Rollout | undefined,
  { refused }: Pick<Paused, 'refused'>,
  now: number,
): Rollout | undefined {
  if (refused === undefined || found?.status === 'superseded' || found?.status === 'gives way') return found;
  return { stoppedTasks: [], ...found, ...failed('not approved', refused), at: now };
}

/** Somebody wants it stopped: it is taken back, unless it is on its way back, or somebody else's deployment came. */
export function unlessAborted(
  found: Rollout | undefined,
  abort: Abort | undefined,
  now: number,
): Rollout | undefined {
  if (!abort || (found && ['failed', 'gives way', 'superseded'].includes(found.status))) return found;
  return { stoppedTasks: [], ...found, ...failed('aborted', abortSentence(abort)), at: now };
}
