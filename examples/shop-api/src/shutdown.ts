/** The end of the process: what is under way is finished, nothing new is taken. */
import type { Server } from 'node:http';
import type { Log } from './log.ts';

export interface Ending {
  server: Server;
  /** Closed in this order, after the last request. */
  close: readonly (() => Promise<unknown> | unknown)[];
  seconds: number;
  log: Log;
}

/** Answers the exit code: 0 when every request was answered in time. */
export async function shutDown({ server, close, seconds, log }: Ending): Promise<0 | 1> {
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    log.error('requests under way were cut off', { seconds });
    server.closeAllConnections();
  }, seconds * 1000);
  await new Promise((closed) => server.close(closed));
  clearTimeout(deadline);
  for (const each of close) {
    try {
      await each();
    } catch (error) {
      log.warn('a connection did not close', { reason: String(error) });
    }
  }
  return late ? 1 : 0;
}
