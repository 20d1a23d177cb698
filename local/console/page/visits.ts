/** The history of an execution, read as visits to states: what each was given, how often it was tried, what came of it. */
import type { WireEvent } from '../wire.ts';

export interface Attempt {
  startedAt: number;
  /** Absent while it is under way. */
  endedAt?: number;
  /** Handed over: it waits for somebody to answer its task token. */
  submittedAt?: number;
  /** JSON text: what the task was called with. */
  parameters?: string;
  /** JSON text. */
  output?: string;
  error?: string;
  cause?: string;
}

/** `waiting` is for something outside; `retrying` is between two attempts. */
export type Status = 'running' | 'waiting' | 'retrying' | 'succeeded' | 'caught' | 'failed' | 'stopped';

export interface Visit {
  state: string;
  /** Of the state: `Task`, `Choice`, … */
  type: string;
  enteredAt: number;
  exitedAt?: number;
  /** JSON text. */
  input?: string;
  output?: string;
  assigned?: Record<string, string>;
  attempts: Attempt[];
  /** Of the visit itself, where no attempt had it. */
  error?: string;
  cause?: string;
  status: Status;
  /** The state that was left for this one. */
  cameFrom?: string;
}

export interface Reading {
  visits: Visit[];
  /** The state that each event belongs to, by the id of the event. */
  stateOf: ReadonlyMap<number, string>;
  /** `from to`, for every way taken. */
  taken: ReadonlySet<string>;
  /** Of the whole execution; absent while it runs. */
  ended?: { type: string; at: number; error?: string; cause?: string };
}

/** Reads any number of the first events of a history, in order. */
export function readVisits(events: readonly WireEvent[]): Reading {
  const byEvent = new Map<number, Visit>();
  const visits: Visit[] = [];
  const taken = new Set<string>();
  let ended: Reading['ended'];

  for (const event of events) {
    const at = Date.parse(event.timestamp);
    const previous = byEvent.get(event.previousEventId);
    const details = detailsOf(event);
    const entered = /^(\w+)StateEntered$/.exec(event.type);
    if (entered) {
      const visit: Visit = {
        state: String(details.name),
        type: entered[1] ?? '',
        enteredAt: at,
        ...given('input', details.input),
        attempts: [],
        status: entered[1] === 'Wait' ? 'waiting' : 'running',
        ...given('cameFrom', previous?.state),
      };
      if (previous) taken.add(`${previous.state} ${visit.state}`);
      visits.push(visit);
      byEvent.set(event.id, visit);
      continue;
    }
    if (/^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(event.type)) {
      ended = { type: event.type, at, ...given('error', details.error), ...given('cause', details.cause) };
      for (const visit of visits) finish(visit, ended);
      continue;
    }
    if (!previous) continue;
    byEvent.set(event.id, previous);
    read(previous, event.type, details, at);
  }
  const stateOf = new Map([...byEvent].map(([id, { state }]) => [id, state]));
  return { visits, stateOf, taken, ...(ended && { ended }) };
}

function read(visit: Visit, type: string, details: Record<string, unknown>, at: number) {
  const attempt = visit.attempts.at(-1);
  if (/StateExited$/.test(type)) {
    visit.exitedAt = at;
    Object.assign(visit, given('output', details.output));
    if (details.assignedVariables) visit.assigned = details.assignedVariables as Record<string, string>;
    visit.status = attempt?.error !== undefined ? 'caught' : 'succeeded';
    return;
  }
  if (/^(Task|LambdaFunction)Scheduled$/.test(type)) {
    visit.attempts.push({ startedAt: at, ...given('parameters', details.parameters ?? details.input) });
    visit.status = 'running';
    return;
  }
  if (type === 'EvaluationFailed') Object.assign(visit, { error: details.error, cause: details.cause });
  if (!attempt) return;
  if (type === 'TaskSubmitted') {
    attempt.submittedAt = at;
    visit.status = 'waiting';
  }
  if (/Succeeded$/.test(type)) {
    Object.assign(attempt, { endedAt: at, ...given('output', details.output) });
    visit.status = 'running';
  }
  if (/(Failed|TimedOut)$/.test(type) && type !== 'EvaluationFailed') {
    const error = String(details.error ?? 'an error without a name');
    Object.assign(attempt, { endedAt: at, error, ...given('cause', details.cause) });
    visit.status = 'retrying';
  }
}

/** It was handed over, and nobody answered within the state's own time: AwaitDeployment looks once a minute so. */
export function waitedItsTime({ status, attempts }: Visit): boolean {
  const attempt = attempts.at(-1);
  return status === 'caught' && attempt?.submittedAt !== undefined && attempt.error === 'States.Timeout';
}

/** The end of an execution is the end of what was still open in it. */
function finish(visit: Visit, { type, at, error, cause }: NonNullable<Reading['ended']>) {
  if (visit.exitedAt !== undefined) return;
  visit.exitedAt = at;
  const failed = type === 'ExecutionFailed';
  visit.status = failed ? 'failed' : 'stopped';
  if (failed) Object.assign(visit, given('error', error), given('cause', cause));
}

const given = <Key extends string>(key: Key, value: unknown): { [key in Key]?: string } =>
  (value === undefined || value === null ? {} : { [key]: String(value) }) as { [key in Key]?: string };

export function detailsOf(event: WireEvent): Record<string, unknown> {
  const key = Object.keys(event).find((name) => name.endsWith('EventDetails'));
  return key ? ((event as unknown as Record<string, Record<string, unknown>>)[key] ?? {}) : {};
}
