/** The one wrapper around every function that an event wakes. */
import middy from '@middy/core';
import type { Aws } from '../aws/open.ts';
import { openRuntime, type Runtime } from './runtime.ts';

export interface EventHandler<Answer = unknown> {
  /** In kebab-case, as its file. */
  name: string;
  /** May be called twice with the same event. Throws where nothing can be done with it: it comes again, then to the dead letters. `leftMs` is until Lambda stops it. */
  run(event: unknown, aws: Aws, leftMs: () => number): Promise<Answer>;
}

/** As a Lambda handler. `open` is called once, on the first call. What was done, and why, is one log line. */
export function onEvent({ name, run }: EventHandler, open: () => Promise<Runtime> = openRuntime) {
  let opened: Promise<Runtime> | undefined;
  return middy<unknown, unknown>().handler(async (event, context) => {
    opened ??= open();
    const { aws, logger } = await opened;
    try {
      const answer = await run(event, aws, () => context.getRemainingTimeInMillis());
      logger.info(name, { answer });
      return answer;
    } catch (error) {
      logger.warn(`${name}: ${(error as Error).message}`, { error: error as Error });
      throw error;
    }
  });
}
