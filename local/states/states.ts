/** The Step Functions API over the interpreter in `local/asl/`. Everything is kept in memory. */
import type { HistoryEvent, Invoke } from '../asl/index.ts';
import { type AwsService, account as localAccount, region as localRegion } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { executions, type StatusChange } from './executions.ts';
import { checkReason } from './limits.ts';
import { settings, stateMachines, validate } from './machines.ts';
import { runTestState } from './test-state.ts';

export type { StatusChange } from './executions.ts';

export interface StatesOptions {
  clock: Clock;
  /** Runs the functions of Task states. Whoever runs them tells the clock, where virtual time is to stand still meanwhile. */
  invoke: Invoke;
  /** How long an execution has to wait for its next state transition, in ms: AWS limits those of an account. */
  transitionDelayMs?: () => number;
  /** Each event of each execution, as it is written. */
  onHistory?: (executionArn: string, event: HistoryEvent) => void;
  /** The `detail` of *Step Functions Execution Status Change*: once at the start, once at the end. */
  onStatusChange?: (detail: StatusChange) => void;
  /** For jitter, names, tokens. `Math.random` unless given. */
  random?: () => number;
  account?: string;
  region?: string;
}

export function statesService(options: StatesOptions): { service: AwsService } {
  const { clock, invoke, random = Math.random, account = localAccount, region = localRegion } = options;
  const prefix = `arn:aws:states:${region}:${account}`;

  const machines = stateMachines(prefix, () => clock.now());
  const all = executions({
    ...{ clock, invoke, random, prefix },
    transitionDelayMs: options.transitionDelayMs,
    onHistory: options.onHistory,
    onStatusChange: options.onStatusChange,
  });

  const service: AwsService = {
    target: 'AWSStepFunctions',
    operations: {
      CreateStateMachine: (request) => machines.create(request),
      DeleteStateMachine: ({ stateMachineArn }) => machines.delete(stateMachineArn),
      DescribeStateMachine: ({ stateMachineArn }) => machines.describe(stateMachineArn),
      ListStateMachines: (request) => machines.list(request),
      ValidateStateMachineDefinition: (request) => validate(request),
      TestState: (request) => runTestState(request, { clock, invoke, random, prefix, account }),
      ListTagsForResource: () => ({ tags: [] }),

      StartExecution: ({ stateMachineArn, ...request }) => all.start(machines.find(stateMachineArn), request),
      StopExecution: ({ executionArn, ...reason }) => all.stop(executionArn, checkReason(reason)),
      DescribeExecution: ({ executionArn }) => all.describe(executionArn),
      DescribeStateMachineForExecution({ executionArn }) {
        const { stateMachineArn, name, definition, roleArn, creationDate } = all.find(executionArn).machine;
        return { stateMachineArn, name, definition, roleArn, updateDate: creationDate, ...settings };
      },
      ListExecutions: ({ stateMachineArn, ...request }) => all.list(machines.find(stateMachineArn), request),
      GetExecutionHistory: ({ executionArn, ...request }) => all.history(executionArn, request),

      SendTaskSuccess: (request) => all.succeedTask(request),
      SendTaskFailure: ({ taskToken, ...reason }) => all.failTask({ taskToken, ...checkReason(reason) }),
      SendTaskHeartbeat: (request) => all.beatTask(request),
    },
  };
  return { service };
}
