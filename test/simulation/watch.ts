/** Watches every change that Tidegate makes in AWS: which execution made it, and what that had seen before. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call } from '../../local/door/answering.ts';
import type { AroundFunction } from '../../local/lambda/runtime.ts';
import type { Effect, LeftService } from './story.ts';

const effectful = new Set([
  'UpdateService',
  'StopServiceDeployment',
  'RegisterTaskDefinition',
  'RunTask',
  'StartExecution',
]);

export interface Watch {
  /** Newest last. */
  effects: Effect[];
  /** For each invocation, so that what it calls is known to be its execution's. */
  aroundFunction: AroundFunction;
  /** An answer from before the last change reached whoever calls now. */
  lookedBehind(): void;
  /** For each call that reaches AWS, whether it is answered or not. */
  aroundCall(call: Call, next: () => Promise<unknown>): Promise<unknown>;
}

export interface WatchOptions {
  now: () => number;
  say: (what: string) => void;
  /** What a service is like, by the `UpdateService` that is about to change it. */
  before: (input: Record<string, unknown>) => Promise<LeftService | undefined>;
}

export function watch({ now, say, before }: WatchOptions): Watch {
  const effects: Effect[] = [];
  const written: string[] = [];
  const invocations = new AsyncLocalStorage<{
    execution: string | undefined;
    lookedAt: number | undefined;
  }>();

  return {
    effects,
    aroundFunction: (_name, run, event) => {
      const { execution } = event as { execution?: string };
      return invocations.run({ execution, lookedAt: undefined }, run);
    },
    lookedBehind() {
      const invocation = invocations.getStore();
      if (invocation) invocation.lookedAt ??= 0;
    },
    async aroundCall({ operation, input, by }, next) {
      const invocation = invocations.getStore();
      const over = operation === 'UpdateService' ? await before(input) : undefined;
      const answer = await next();
      if (operation === 'PutItem' || operation === 'UpdateItem') written.push(JSON.stringify(input));
      if (operation === 'DescribeServices' && invocation) invocation.lookedAt = now();
      if (!effectful.has(operation)) return answer;
      const { execution, lookedAt } = invocation ?? {};
      const prepared =
        written.some((text) => text.includes('"unproved"') && text.includes(`"${input.taskDefinition}"`)) &&
        written.some((text) => text.includes('"wayBack"') && text.includes(`release ${execution}"`));
      effects.push({ at: now(), operation, input, by, execution, over, lookedAt, prepared });
      say(`  ${operation} by ${by}`);
      return answer;
    },
  };
}
