/** The whole story of one release, while it runs and afterwards. Changes nothing. */
import { approvals } from '../../aws/approvals.ts';
import { executions } from '../../aws/executions.ts';
import type { Surroundings } from '../../aws/means.ts';
import { type Opened, openAws } from '../../aws/open.ts';
import { openReleases } from '../../aws/open-releases.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { type Abort, abortOf } from '../../core/abort.ts';
import { named } from '../../core/named.ts';
import type { Outcome, ReleaseRequest } from '../../core/release.ts';
import { releaseRequestSchema, targetOf } from '../../core/release.ts';
import { called, type Slot, waitingIn } from '../../core/slot.ts';
import { eachRelease, nameIn } from '../../functions/status/find-releases.ts';
import { openApproval } from '../../functions/status/look.ts';
import { Mistake } from '../mistake.ts';

export interface ShownState {
  state: string;
  /** When it was first entered, and when it was left, ms since the epoch. */
  at: number;
  until?: number;
  /** What came of it, a sentence. */
  said?: string;
}

export interface ShownRelease {
  /** Name and ARN of its execution. */
  release: string;
  execution: string;
  request?: ReleaseRequest;
  outcome: Outcome | 'Running' | (string & {});
  reason: string;
  startedAt: number | undefined;
  endedAt?: number;
  states: ShownState[];
  /** Somebody has asked for it to be stopped. */
  stopping?: Abort;
  /** While it waits for the slot: for whom, as that is called, or for the pause. */
  behind?: string;
  /** Who is asked has until then. */
  approval?: { id: string; expiresAt: number };
  /** What each state last answered, by its name. */
  steps: Record<string, unknown>;
  /** To the execution. */
  link?: string;
}

const uses = { approvals, executions, openReleases, records, slots, states };
export type ShowAws = Opened<typeof uses>;
export const openFor = (surroundings: Surroundings): ShowAws => openAws(surroundings, uses);

/** The ARN of the execution that is meant: by its name or ARN, or the last one of an environment. Throws a `Mistake`. */
export async function executionOf(words: readonly string[], aws: ShowAws): Promise<string> {
  const [first = '', environment] = words;
  const service = aws.config.services[first];
  if (environment === undefined && service)
    throw new Mistake(
      `of which environment of ${first}? tidegate show ${first} ${service.environments.at(-1)?.name}`,
    );
  if (environment === undefined) return first.startsWith('arn:') ? first : aws.states.arnOf(first);
  named(aws.config, first, environment);
  let found: string | undefined;
  await eachRelease([{ service: first, environment }], aws, ({ execution }) => {
    found = execution.arn;
    return false;
  });
  if (!found) throw new Mistake(`no release was started in ${first}/${environment} in the last 90 days`);
  return found;
}

/** Throws a `Mistake` where nothing is known of it. */
export async function lookAt(execution: string, aws: ShowAws): Promise<ShownRelease> {
  const release = nameIn(execution);
  const [seen, record] = await Promise.all([aws.states.look(release), aws.records.of(execution)]);
  if (!seen && Object.keys(record.steps).length === 0)
    throw new Mistake(`there is no release ${release}: tidegate releases lists what there is`);
  const runs = seen?.status === 'RUNNING';
  const story = seen ? await aws.executions.story(execution) : [];
  const request = record.request ?? (await openRequest(release, aws));
  const slot = runs && request ? await slotOf(request, aws) : {};
  const stopping = abortOf(slot, execution);
  const line = waitingIn(slot);
  const position = line.findIndex((one) => one.execution === execution);
  const before = position > 0 ? line[position - 1] : slot.holder;
  const behind = position < 0 ? undefined : before ? called(before) : 'the pause';
  const current = story.at(-1);
  const approval = runs ? await openApproval(release, current?.state, aws) : undefined;
  const endedAt = record.endedAt ?? seen?.stoppedAt;
  return {
    ...{ release, execution },
    ...(request && { request }),
    outcome: record.outcome ?? (runs ? 'Running' : (seen?.status ?? 'unknown')),
    reason: record.reason ?? seen?.cause ?? '',
    startedAt: story[0]?.at,
    ...(endedAt !== undefined && { endedAt }),
    states: story.map(({ state, at }, index) => {
      const until = story[index + 1]?.at ?? seen?.stoppedAt;
      const last = !story.slice(index + 1).some((later) => later.state === state);
      const said = last ? saidBy(record.steps[state]) : undefined;
      return { state, at, ...(until !== undefined && { until }), ...(said && { said }) };
    }),
    ...(stopping && { stopping }),
    ...(behind && { behind }),
    ...(approval && { approval }),
    steps: record.steps,
    ...(aws.consoleUrl && { link: aws.consoleUrl + execution }),
  };
}

async function openRequest(release: string, aws: ShowAws): Promise<ReleaseRequest | undefined> {
  const places = Object.entries(aws.config.services).flatMap(([service, { environments }]) =>
    environments.map(({ name }) => ({ service, environment: name })),
  );
  const [, request] = (await aws.openReleases.of(places)).find(([name]) => name === release) ?? [];
  return releaseRequestSchema.safeParse(request).data;
}

async function slotOf({ service, environment }: ReleaseRequest, aws: ShowAws): Promise<Slot> {
  const found = aws.config.services[service];
  const at = found?.environments.find(({ name }) => name === environment);
  return found && at ? aws.slots.look(targetOf(found, at)) : {};
}

/** What a state answered, in a sentence. */
export function saidBy(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const fields = answer as Record<string, unknown>;
  const text = (name: string) => (typeof fields[name] === 'string' ? (fields[name] as string) : undefined);
  const word = text('status') ?? text('decision') ?? text('method') ?? text('outcome');
  const sentence =
    text('headline') ?? text('sentence') ?? text('summary') ?? text('reason') ?? text('taskDefinitionArn');
  const by = text('by');
  return [word, by && `by ${by}`, sentence && nameInArn(sentence)].filter(Boolean).join(': ') || undefined;
}

const nameInArn = (text: string) =>
  /^arn:[^\s]+$/.test(text) ? text.slice(text.lastIndexOf('/') + 1) : text;
