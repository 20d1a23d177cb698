/** Task: one call of a Lambda function, and where the task waits for its token, what is sent for it. */

import { uuid } from '../../lambda/uuid.ts';
import type { TaskState } from '../definition.ts';
import { StateError, TaskTimeout } from '../errors.ts';
import { bytesOf, type Json, maxPayloadBytes } from '../json.ts';
import {
  type Call,
  failureOf,
  functionOf,
  type Resource,
  requestOf,
  resourceOf,
  resultOf,
} from '../lambda.ts';
import type { WaitingTask } from '../tokens.ts';
import { tooLarge, type Visit } from '../visit.ts';
import { deadline, orAborted } from '../waiting.ts';
import { type TaskEvents, taskEvents } from './task-events.ts';

/** One attempt: the task's result. */
export async function task(visit: Visit<TaskState>): Promise<Json> {
  const resource = resourceOf(visit.state.Resource);
  if (!resource) throw visit.failure('States.Runtime', `${visit.state.Resource} is not implemented.`);
  const { tokens } = visit.line.engine;
  const waiting = resource.waitsForToken ? tokens.issue() : undefined;
  visit.token = waiting?.token;
  try {
    return await attempt(visit, resource, waiting);
  } finally {
    if (waiting) tokens.close(waiting.token);
  }
}

async function attempt(visit: Visit<TaskState>, resource: Resource, waiting?: WaitingTask): Promise<Json> {
  const { state, line } = visit;
  const given = await visit.given(state.Arguments);
  const timeoutSeconds = await visit.count('TimeoutSeconds', state.TimeoutSeconds, 1);
  const heartbeatSeconds = await visit.count('HeartbeatSeconds', state.HeartbeatSeconds, 1);

  const events = taskEvents(visit, resource);
  events.scheduled(given, timeoutSeconds, heartbeatSeconds);
  events.started();

  const limit = deadline(line.engine.clock, timeoutSeconds, waiting && heartbeatSeconds);
  const signal = AbortSignal.any([line.signal, limit.signal]);
  if (waiting) {
    waiting.onHeartbeat = limit.beat;
    waiting.onAnswer = limit.stop;
  }
  try {
    const call = () => callOf(visit, resource, given, signal, waiting);
    const result = await orAborted(
      waiting ? answered(call, waiting, visit, events, signal) : invoked(call, visit),
      signal,
    );
    if (bytesOf(result) > maxPayloadBytes) throw tooLarge(events.resource);
    events.succeeded(result);
    return result;
  } catch (error) {
    if (error instanceof TaskTimeout) events.timedOut(error);
    else if (error instanceof StateError) events.failed(error);
    throw error;
  } finally {
    limit.stop();
  }
}

function callOf(
  visit: Visit<TaskState>,
  resource: Resource,
  given: Json,
  timeoutSignal: AbortSignal,
  waiting?: WaitingTask,
): Call {
  const { integration } = resource;
  const request =
    integration === 'lambda' ? { ...functionOf(visit.state.Resource), payload: given } : requestOf(given);
  const call = { ...request, integration, timeoutSignal };
  return waiting ? { ...call, token: waiting.token } : call;
}

/** Calls the function and answers the task's result. */
async function invoked(call: () => Call, { line }: Visit<TaskState>): Promise<Json> {
  try {
    const made = call();
    return resultOf(made.integration, await line.engine.invoke(made), uuid(line.engine.random));
  } catch (error) {
    throw failureOf(error);
  }
}

/**
 * Calls the function, then waits for what is sent for the token. An answer that comes while the function
 * is still running counts, even if the function fails afterwards, but the task ends only after the function.
 */
async function answered(
  call: () => Call,
  waiting: WaitingTask,
  visit: Visit<TaskState>,
  events: TaskEvents,
  signal: AbortSignal,
) {
  try {
    const submitted = await invoked(call, visit);
    if (!signal.aborted) events.submitted(submitted);
  } catch (error) {
    if (!waiting.answered) throw error;
  }
  return waiting.answer;
}
