/** Makes a plan's faults happen: between Tidegate and AWS, and around Tidegate's own functions. */
import { AwsError } from '../../local/aws-service.ts';
import type { Clock } from '../../local/clock.ts';
import type { Around } from '../../local/door/answering.ts';
import { ConnectionLost } from '../../local/door/route.ts';
import { pause } from '../../local/lambda/pause.ts';
import type { AroundFunction } from '../../local/lambda/runtime.ts';
import type { FunctionFault, FunctionFaultKind } from './function-faults.ts';
import type { CallFault, CallFaultKind, Plan } from './plan.ts';

/** Longer than any function may run. */
const forever = 1e9;

export interface Faults {
  aroundCall: Around;
  aroundFunction: AroundFunction;
  /** From now on nothing fails any more. */
  end(): void;
}

/** `tell` hears of every fault that happened. The clock is asked for when it is needed: the world brings it. */
export function faultsOf(plan: Plan, clock: () => Clock, tell: (what: string) => void): Faults {
  let over = false;
  const next = <Fault extends { from: number; times: number }>(
    faults: readonly Fault[],
    nameOf: (fault: Fault) => string,
  ) => {
    const byName = Map.groupBy(faults, nameOf);
    const counts = new Map<string, number>();
    return (name: string): Fault | undefined => {
      const ofName = byName.get(name);
      if (!ofName) return undefined;
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      if (over) return undefined;
      return ofName.find(({ from, times }) => count >= from && count < from + times);
    };
  };
  const ofCall = next<CallFault>(plan.callFaults, ({ operation, by }) => `${operation} ${by ?? ''}`);
  const ofFunction = next<FunctionFault>(
    [...plan.functionFaults, ...(plan.shifts?.faults ?? [])],
    (fault) => fault.function,
  );

  const calls: Record<CallFaultKind, (run: () => Promise<unknown>) => Promise<unknown>> = {
    throttled: async () => {
      throw new AwsError('ThrottlingException', 'Rate exceeded', 400);
    },
    failed: async () => {
      throw new AwsError('InternalServerError', 'It was not possible to process your request', 500);
    },
    refused: async () => {
      throw new AwsError('AccessDeniedException', 'not authorized to perform this action', 400);
    },
    slow: async (run) => {
      await pause(clock(), 4000);
      return run();
    },
    'never answered': async () => pause(clock(), forever),
    'done but not answered': async (run) => {
      await run();
      throw new ConnectionLost();
    },
  };
  const exited = () =>
    Object.assign(new Error('Runtime exited with error: signal: killed'), { name: 'Runtime.ExitError' });
  const invocations: Record<FunctionFaultKind, (run: () => Promise<unknown>) => Promise<unknown>> = {
    'crashes before it works': async () => {
      throw exited();
    },
    'crashes after it worked': async (run) => {
      await run();
      throw exited();
    },
    'runs out of time after it worked': async (run) => {
      await run();
      return pause(clock(), forever);
    },
    'starts cold': async (run) => {
      await pause(clock(), 3000);
      return run();
    },
  };

  return {
    aroundCall({ operation, by: own }, run) {
      // Each is asked, since each counts.
      const [fault] = [`* ${own}`, `${operation} ${own}`, `${operation} `].flatMap(
        (name) => ofCall(name) ?? [],
      );
      if (!fault) return run();
      tell(`${operation} of ${own} ${fault.kind}`);
      return calls[fault.kind](run);
    },
    aroundFunction(name, run) {
      const fault = ofFunction(name);
      if (!fault) return run();
      tell(`${name} ${fault.kind}`);
      return invocations[fault.kind](run);
    },
    end() {
      over = true;
    },
  };
}
