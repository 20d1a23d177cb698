/** The one wrapper around every function that an event wakes. */
import middy from '@middy/core';
import type { Openers } from '../aws/means.ts';
import type { Opened } from '../aws/open.ts';
import { openRuntime, type Runtime } from './runtime.ts';

export interface EventHandler<Answer = unknown, Uses extends Openers = Openers> {
  /** In kebab-case, as its file. */
  name: string;
  /** What opens the gateways that `run` gets: these, and no other, are in the function's bundle. */
  uses: Uses;
  /** May be called twice with the same event. Throws where nothing can be done with it: it comes again, then to the dead letters. `leftMs` is until Lambda stops it. */
  run(event: unknown, aws: Opened<Uses>, leftMs: () => number): Promise<Answer>;
  /** What the log is to keep of an answer; all of it unless given. */
  logged?(answer: Answer): unknown;
}

export function defineEventHandler<Answer, Uses extends Openers>(
  handler: EventHandler<Answer, Uses>,
): EventHandler<Answer, Uses> {
  return handler;
}

/** As a Lambda handler. `open` is called once, on the first call. What was done, and why, is one log line. */
export function onEvent(
  { name, uses, run, logged }: EventHandler,
  open: () => Promise<Runtime> = openRuntime,
) {
  const opening = async () => {
    const { openAws, logger } = await open();
    return { aws: openAws(uses), logger };
  };
  let opened: ReturnType<typeof opening> | undefined;
  return middy<unknown, unknown>().handler(async (event, context) => {
    opened ??= opening();
    const { aws, logger } = await opened;
    try {
      const answer = await run(event, aws, () => context.getRemainingTimeInMillis());
      logger.info(name, { answer: logged ? logged(answer) : answer });
      return answer;
    } catch (error) {
      logger.warn(`${name}: ${(error as Error).message}`, { error: error as Error });
      throw error;
    }
  });
}
