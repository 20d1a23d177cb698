/** Short ways to run a state machine on a virtual clock. */
import { type Call, type Execution, type ExecutionOptions, startExecution } from '../../local/asl/index.ts';
import { type VirtualClock, virtualClock } from '../../local/clock.ts';

export type States = Record<string, Record<string, unknown>>;

/** A machine that starts at the first of its states. */
export const machine = (states: States, more: object = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(states)[0],
  States: states,
  ...more,
});

/** A Task that calls `name`, and ends unless it is told otherwise. */
export const calling = (name: string, more: Record<string, unknown> = { End: true }) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...more,
});

export const waitingForToken = (name: string, more: Record<string, unknown> = { End: true }) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Arguments: { FunctionName: name, Payload: { token: '{% $states.context.Task.Token %}' } },
  ...more,
});

export interface Scene {
  clock: VirtualClock;
  execution: Execution;
  types: () => string[];
  /** Goes on until the execution is over. */
  over: () => Promise<Execution>;
}

type Functions = Record<string, (call: Call, clock: VirtualClock) => unknown>;

export function play(
  definition: unknown,
  functions: Functions = {},
  options: Partial<ExecutionOptions> = {},
): Scene {
  const clock = virtualClock();
  const execution = startExecution({
    ...{ definition, input: {}, clock },
    invoke: (call) => functions[call.functionName]?.(call, clock),
    ...options,
  });
  return {
    clock,
    execution,
    types: () => execution.history.map(({ type }) => type),
    async over() {
      await clock.until(() => execution.status !== 'RUNNING', 365 * 86_400_000);
      return execution;
    },
  };
}

/** What a function does that takes its time. */
export const taking = (seconds: number, answer?: unknown) => (_: Call, clock: VirtualClock) =>
  new Promise((resolve) => clock.after(seconds * 1000, () => resolve(answer)));
