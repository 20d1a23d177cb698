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
  /** When the smoke tests of an execution first passed. */
  testedAt: ReadonlyMap<string, number>;
  /** For what an invocation does, whatever becomes of its answer. */
  aroundWork: AroundFunction;
  /** For each invocation, so that what it calls is known to be its execution's. */
  aroundFunction: AroundFunction;
  /** An answer from before the last change reached whoever calls now. */
  lookedBehind(call: Call): void;
  /** For each call that reaches AWS, whether it is answered or not. */
  aroundCall(call: Call, next: () => Promise<unknown>): Promise<unknown>;
}

export interface WatchOptions {
  now: () => number;
  say: (what: string) => void;
  /** What a service is like, by the `UpdateService` that is about to change it. */
  before: (input: Record<string, unknown>) => Promise<LeftService | undefined>;
}

/** Which ECS service a call is about; nothing where its input does not say. */
function serviceIn(input: unknown): string {
  const { service, services } = input as { service?: string; services?: string[] };
  return service ?? services?.[0] ?? '';
}

export function watch({ now, say, before }: WatchOptions): Watch {
  const effects: Effect[] = [];
  const written: string[] = [];
  const testedAt = new Map<string, number>();
  const invocations = new AsyncLocalStorage<{
    execution: string | undefined;
    /** By the names of ECS services. */
    lookedAt: Map<string, number>;
  }>();

  return {
    effects,
    testedAt,
    async aroundWork(name, run, event) {
      const answer = await run();
      const { execution = '' } = event as { execution?: string };
      const passed = name === 'RunSmokeTests' && (answer as { status?: string }).status === 'pass';
      if (passed && !testedAt.has(execution)) testedAt.set(execution, now());
      return answer;
    },
    aroundFunction: (_name, run, event) => {
      const { execution } = event as { execution?: string };
      return invocations.run({ execution, lookedAt: new Map() }, run);
    },
    lookedBehind({ operation, input }) {
      const invocation = invocations.getStore();
      const service = serviceIn(input);
      const looks = operation === 'DescribeServices' || !invocation?.lookedAt.has(service);
      if (looks) invocation?.lookedAt.set(service, 0);
    },
    async aroundCall({ operation, input, by }, next) {
      const invocation = invocations.getStore();
      const over = operation === 'UpdateService' ? await before(input) : undefined;
      const answer = await next();
      if (operation === 'PutItem' || operation === 'UpdateItem') written.push(JSON.stringify(input));
      if (operation === 'DescribeServices') invocation?.lookedAt.set(serviceIn(input), now());
      if (!effectful.has(operation)) return answer;
      const { execution } = invocation ?? {};
      const lookedAt = invocation?.lookedAt.get(serviceIn(input));
      const prepared =
        written.some((text) => text.includes('"unproved"') && text.includes(`"${input.taskDefinition}"`)) &&
        written.some((text) => text.includes('"wayBack"') && text.includes(`release ${execution}"`));
      effects.push({ at: now(), operation, input, by, execution, over, lookedAt, prepared });
      say(`  ${operation} by ${by}`);
      return answer;
    },
  };
}
