/** Asks for a release to be stopped: leaves word where its states look, and wakes the one that waits. */
import { approvals } from '../aws/approvals.ts';
import { ecs } from '../aws/ecs.ts';
import { executions } from '../aws/executions.ts';
import { logs } from '../aws/logs.ts';
import type { Surroundings } from '../aws/means.ts';
import { type Opened, openAws } from '../aws/open.ts';
import { openReleases } from '../aws/open-releases.ts';
import { records } from '../aws/records.ts';
import { slots } from '../aws/slots.ts';
import { states } from '../aws/states.ts';
import { waits } from '../aws/waits.ts';
import { stoppedBy } from '../core/approval/answer.ts';
import { Mistake } from '../core/mistake.ts';
import { named } from '../core/named.ts';
import { type ReleaseRequest, releaseRequestSchema, type Target, targetOf } from '../core/release.ts';
import { answerSlot } from './answer-slot.ts';
import { answerTask } from './answer-task.ts';
import { nameIn } from './status/find-releases.ts';
import { requestApproval } from './steps/request-approval.ts';
import { wakeDeployment } from './wake-deployment.ts';

export interface WantedAbort {
  /** Its execution's name or ARN, or a service and an environment, where one release is under way. */
  words: readonly string[];
  by: string;
  reason: string;
  /** Everything but leaving word. */
  dryRun?: boolean | undefined;
}

export interface StoppedRelease {
  release: string;
  execution: string;
  request: ReleaseRequest;
  /** The state that it is in. */
  state: string;
  /** What becomes of it: nothing was changed yet, or it is taken back. */
  becomes: 'ends' | 'is taken back';
  /** Who waits could not be woken, and finds it at its next look: why. */
  later?: string;
}

export const abortUses = { approvals, ecs, executions, logs, openReleases, records, slots, states, waits };
export type AbortAws = Opened<typeof abortUses>;
export const openFor = (surroundings: Surroundings): AbortAws => openAws(surroundings, abortUses);

/** Nothing has been changed while it is in one of these, though the one after them may be reached meanwhile. */
const before = [
  ...['ResolveRelease', 'CheckScan', 'RequestApproval', 'AcquireSlot', 'PlanDeployment'],
  ...['RegisterTaskDefinition', 'RunReleaseTask'],
];
const goingBack = ['RollBack', 'AwaitRollback', 'ProveWayBack'];
const over = ['RecordOutcome', 'Promote'];

/** May be repeated. Throws a `Mistake` that says why not. */
export async function stop(wanted: WantedAbort, aws: AbortAws): Promise<StoppedRelease> {
  const execution = await executionOf(wanted.words, aws);
  const release = nameIn(execution);
  const seen = await aws.states.look(release);
  if (!seen) throw new Mistake(`there is no release ${release}: tidegate status says what is under way`);
  if (seen.status !== 'RUNNING') {
    const { outcome = seen.status } = await aws.records.of(execution);
    throw new Mistake(
      `${release} has ended ${outcome}${outcome === 'Deployed' ? ': tidegate rollback goes back from it' : ''}`,
    );
  }
  const request = await requestOf(release, aws);
  const { state = 'ResolveRelease' } = (await aws.executions.current(execution)) ?? {};
  if (goingBack.includes(state)) throw new Mistake(`${release} is being taken back already (${state})`);
  if (over.includes(state)) throw new Mistake(`${release} is over, and only told yet (${state})`);
  const stopped: StoppedRelease = {
    ...{ release, execution, request, state },
    becomes: before.includes(state) ? 'ends' : 'is taken back',
  };
  if (wanted.dryRun) return stopped;

  const { service, environment } = named(aws.config, request.service, request.environment);
  const target = targetOf(service, environment);
  const abort = {
    execution,
    by: wanted.by.slice(0, 300),
    reason: wanted.reason.slice(0, 500),
    at: aws.now(),
  };
  const answers = await aws.slots.abort(target, abort);
  try {
    await answerSlot(aws, answers);
    await wake({ state, release, target, by: abort.by, reason: abort.reason }, aws);
    return stopped;
  } catch (error) {
    // The word is left: whoever waits looks again by itself.
    return { ...stopped, later: (error as Error).message };
  }
}

async function wake(
  {
    state,
    release,
    target,
    by,
    reason,
  }: { state: string; release: string; target: Target; by: string; reason: string },
  aws: AbortAws,
): Promise<void> {
  if (state === 'AwaitDeployment' || state === 'RequestContinuation') await wakeDeployment(aws, target);
  if (state !== 'RequestApproval') return;
  // What counts: somebody may have been quicker.
  const ended = await aws.approvals.end(release, { decision: 'rejected', by, reason: stoppedBy(reason) });
  const { answer, execution, taskToken } = ended;
  if (answer && taskToken) await answerTask(aws, requestApproval, { execution, taskToken }, answer);
}

async function executionOf([first = '', environment]: readonly string[], aws: AbortAws): Promise<string> {
  if (environment === undefined) return first.startsWith('arn:') ? first : aws.states.arnOf(first);
  named(aws.config, first, environment);
  const open = await aws.openReleases.of([{ service: first, environment }]);
  const running = await aws.states.running();
  const names = open.map(([name]) => name).filter((name) => running.has(name));
  const [only] = names;
  if (!only) throw new Mistake(`no release is under way in ${first}/${environment}`);
  if (names.length > 1) throw new Mistake(`several are under way there, name one: ${names.join(', ')}`);
  return aws.states.arnOf(only);
}

/** Of a release that runs: it is open, and will be recorded at its end. */
async function requestOf(release: string, aws: AbortAws): Promise<ReleaseRequest> {
  const places = Object.entries(aws.config.services).flatMap(([service, { environments }]) =>
    environments.map(({ name }) => ({ service, environment: name })),
  );
  const [, found] = (await aws.openReleases.of(places)).find(([name]) => name === release) ?? [];
  const request = releaseRequestSchema.safeParse(found).data;
  if (!request) throw new Mistake(`${release} is no release of a service in this configuration`);
  return request;
}
