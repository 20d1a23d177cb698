/** Executions: started, followed, stopped, and listed with what became of them. */
import {
  definitionOf,
  type Execution,
  type HistoryEvent,
  type Invoke,
  startExecution,
  TokenError,
  tell,
  uuid,
} from '../asl/index.ts';
import { AwsError } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { checkArn, checkJson, checkName } from './limits.ts';
import type { StateMachine } from './machines.ts';
import { type PageRequest, page } from './page.ts';

const untruncated = { included: true };

/** The `detail` of EventBridge's *Step Functions Execution Status Change*. */
export interface StatusChange {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: string;
  /** Milliseconds since the epoch. */
  startDate: number;
  stopDate: number | null;
  input: string;
  output: string | null;
  inputDetails: { included: boolean };
  outputDetails: { included: boolean } | null;
  /** Only of a failure that names them. */
  error?: string;
  cause?: string;
}

export interface ExecutionsOptions {
  clock: Clock;
  invoke: Invoke;
  random: () => number;
  prefix: string;
  /** How long an execution has to wait for its next state transition. */
  transitionDelayMs?: (() => number) | undefined;
  /** Each event of each execution, as it is written. */
  onHistory?: ((executionArn: string, event: HistoryEvent) => void) | undefined;
  /** Once at the start, once at the end. */
  onStatusChange?: ((detail: StatusChange) => void) | undefined;
}

interface Started {
  machine: StateMachine;
  input: string;
  execution: Execution;
}

export interface StartRequest {
  name?: string;
  input?: string;
}

/** AWS keeps the name of an execution that is over for this long. */
const nameKept = 90 * 86_400_000;

export function executions(options: ExecutionsOptions) {
  const { clock, invoke, random, prefix, transitionDelayMs, onHistory, onStatusChange } = options;
  const started = new Map<string, Started>();
  const tokens = new Map<string, Execution>();

  function find(arn: unknown): Started {
    const found = started.get(checkArn(arn));
    if (!found) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return found;
  }

  /** The execution that goes by this name already, if the request may have meant it. */
  function earlier(arn: string, input: string): Started | undefined {
    const found = started.get(arn);
    if (!found) return undefined;
    const { execution } = found;
    if (execution.status === 'RUNNING' && found.input === input) return found;
    if (execution.stopTime !== undefined && clock.now() - execution.stopTime > nameKept) return undefined;
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  }

  function begin(machine: StateMachine, name: string, arn: string, input: string): Started {
    let issued = 0;
    const execution: Execution = startExecution({
      definition: definitionOf(machine.definition),
      input: JSON.parse(input),
      ...{ clock, invoke, random, name, arn },
      ...(transitionDelayMs && { transitionDelayMs }),
      stateMachineArn: machine.stateMachineArn,
      roleArn: machine.roleArn,
      newToken() {
        const token = Buffer.from(`${arn} ${++issued} ${random()}`).toString('base64');
        tokens.set(token, execution);
        return token;
      },
    });
    const one = { machine, input, execution };
    started.delete(arn); // a reused name goes to the end of the list
    started.set(arn, one);
    void execution.done.then(() => statusChanged(one));
    statusChanged(one);
    execution.onEvent((event) => onHistory?.(arn, event));
    return one;
  }

  const statusChanged = (one: Started) => tell((change) => onStatusChange?.(change), statusChange(one));

  /** Says AWS's word for a token that is no use. */
  function withToken(token: unknown, use: (execution: Execution) => void) {
    const execution = tokens.get(String(token));
    if (!execution) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
    try {
      use(execution);
    } catch (error) {
      if (error instanceof TokenError) throw new AwsError(error.name, error.message);
      throw error;
    }
    return {};
  }

  return {
    find,

    /** The same name and input while it runs answers the execution that is there: starting may be repeated. */
    start(machine: StateMachine, { name = uuid(random), input = '{}' }: StartRequest) {
      checkName(name);
      checkJson(input, 'InvalidExecutionInput');
      const arn = `${prefix}:execution:${machine.name}:${name}`;
      const { execution } = earlier(arn, input) ?? begin(machine, name, arn, input);
      return { executionArn: arn, startDate: new Date(execution.startTime) };
    },

    stop(arn: unknown, reason: { error?: string; cause?: string }) {
      const { execution } = find(arn);
      execution.stop(reason);
      return { stopDate: new Date(execution.stopTime ?? clock.now()) };
    },

    describe(arn: unknown) {
      const one = find(arn);
      const { execution } = one;
      return {
        ...summary(one),
        input: one.input,
        inputDetails: untruncated,
        ...(execution.output === undefined
          ? {}
          : { output: JSON.stringify(execution.output), outputDetails: untruncated }),
        ...reasonOf(execution),
        ...redriveOf(execution.status),
      };
    },

    /** Newest first. */
    list(machine: StateMachine, request: PageRequest & { statusFilter?: string }) {
      const all = [...started.values()]
        .filter((one) => one.machine === machine)
        .filter(({ execution }) => [undefined, execution.status].includes(request.statusFilter as undefined))
        .reverse();
      const { shown, ...rest } = page(all, request, 1000);
      return { executions: shown.map(summary), ...rest };
    },

    history(arn: unknown, request: PageRequest & { reverseOrder?: boolean; includeExecutionData?: boolean }) {
      const { history } = find(arn).execution;
      const ordered = request.reverseOrder ? history.toReversed() : history;
      const { shown, ...rest } = page(ordered, request, 1000);
      const events = request.includeExecutionData === false ? shown.map(withoutData) : shown;
      return { events, ...rest };
    },

    succeedTask: ({ taskToken, output }: { taskToken: string; output: string }) =>
      withToken(taskToken, (execution) =>
        execution.sendTaskSuccess(taskToken, checkJson(output, 'InvalidOutput')),
      ),
    failTask: ({ taskToken, ...reason }: { taskToken: string; error?: string; cause?: string }) =>
      withToken(taskToken, (execution) => execution.sendTaskFailure(taskToken, reason)),
    beatTask: ({ taskToken }: { taskToken: string }) =>
      withToken(taskToken, (execution) => execution.sendTaskHeartbeat(taskToken)),
  };
}

function summary({ execution, machine }: Started) {
  const { arn: executionArn, name, status, startTime, stopTime } = execution;
  return {
    ...{ executionArn, stateMachineArn: machine.stateMachineArn, name, status },
    startDate: new Date(startTime),
    ...(stopTime === undefined ? {} : { stopDate: new Date(stopTime) }),
    redriveCount: 0,
  };
}

const reasonOf = ({ error, cause }: Execution) => ({
  ...(error === undefined ? {} : { error }),
  ...(cause === undefined ? {} : { cause }),
});

/** Whether AWS would offer to take it up again; redriving itself is not implemented. */
function redriveOf(status: string) {
  if (status !== 'RUNNING' && status !== 'SUCCEEDED') return { redriveStatus: 'REDRIVABLE' };
  return {
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: `Execution is ${status} and cannot be redriven`,
  };
}

function statusChange({ execution, machine, input }: Started): StatusChange {
  const { arn: executionArn, name, status, startTime, stopTime, output } = execution;
  return {
    ...{ executionArn, stateMachineArn: machine.stateMachineArn, name, status },
    startDate: startTime,
    stopDate: stopTime ?? null,
    input,
    output: output === undefined ? null : JSON.stringify(output),
    inputDetails: untruncated,
    outputDetails: output === undefined ? null : untruncated,
    ...reasonOf(execution),
  };
}

const dataFields = ['input', 'output', 'parameters', 'assignedVariables'];

function withoutData(event: HistoryEvent) {
  const entries = Object.entries(event).map(([key, details]) => {
    if (!key.endsWith('EventDetails')) return [key, details];
    return [
      key,
      Object.fromEntries(Object.entries(details).filter(([field]) => !dataFields.includes(field))),
    ];
  });
  return Object.fromEntries(entries);
}
