/** What a Task writes into the history. A function named by its ARN as Resource has events of its own. */
import type { TaskState } from '../definition.ts';
import type { StateError } from '../errors.ts';
import { asInput, asOutput } from '../history.ts';
import { type Json, known } from '../json.ts';
import type { Resource } from '../lambda.ts';
import type { Visit } from '../visit.ts';

export interface TaskEvents {
  /** The name of the resource in texts. */
  resource: string;
  scheduled(given: Json, timeoutInSeconds?: number, heartbeatInSeconds?: number): void;
  started(): void;
  /** Only of a task that waits for its token. */
  submitted(result: Json): void;
  succeeded(result: Json): void;
  failed(error: StateError): void;
  timedOut(error: StateError): void;
}

export function taskEvents(visit: Visit<TaskState>, { integration, waitsForToken }: Resource): TaskEvents {
  return integration === 'lambda' ? functionEvents(visit) : integrationEvents(visit, waitsForToken);
}

function functionEvents(visit: Visit<TaskState>): TaskEvents {
  const resource = visit.state.Resource;
  return {
    resource,
    scheduled: (given, timeoutInSeconds) =>
      void visit.record('LambdaFunctionScheduled', known({ resource, ...asInput(given), timeoutInSeconds })),
    started: () => void visit.record('LambdaFunctionStarted'),
    submitted: () => {},
    succeeded: (result) => void visit.record('LambdaFunctionSucceeded', asOutput(result)),
    failed: (error) => void visit.record('LambdaFunctionFailed', error.details),
    timedOut: (error) => void visit.record('LambdaFunctionTimedOut', error.details),
  };
}

function integrationEvents(visit: Visit<TaskState>, waitsForToken: boolean): TaskEvents {
  const which = { resourceType: 'lambda', resource: waitsForToken ? 'invoke.waitForTaskToken' : 'invoke' };
  const record = (type: string, details: object = {}) => void visit.record(type, { ...which, ...details });
  return {
    resource: which.resourceType,
    scheduled(given, timeoutInSeconds, heartbeatInSeconds) {
      const limits = known({ timeoutInSeconds, heartbeatInSeconds });
      record('TaskScheduled', { region: regionOf(visit), parameters: JSON.stringify(given), ...limits });
    },
    started: () => record('TaskStarted'),
    submitted: (result) => record('TaskSubmitted', asOutput(result)),
    succeeded: (result) => record('TaskSucceeded', asOutput(result)),
    failed: (error) => record('TaskFailed', error.details),
    timedOut: (error) => record('TaskTimedOut', error.details),
  };
}

/** The region in the ARN of the execution. */
function regionOf(visit: Visit): string {
  const { Execution } = visit.context() as { Execution?: { Id?: string } };
  return Execution?.Id?.split(':')[3] ?? '';
}
