/** Can this version do its work here? Asked by smoke tests after a deployment, not by what restarts tasks. */
import type { Log } from './log.ts';

export type Checks = Readonly<Record<string, () => Promise<unknown>>>;

export interface Readiness {
  ready: boolean;
  /** Reasons have addresses in them: they are for the log. */
  checks: Record<string, 'ok' | 'failed'>;
}

export async function readiness(checks: Checks, log: Log): Promise<Readiness> {
  const entries = await Promise.all(
    Object.entries(checks).map(async ([name, check]): Promise<[string, 'ok' | 'failed']> => {
      try {
        await check();
        return [name, 'ok'];
      } catch (error) {
        log.warn('not ready', { check: name, reason: String(error) });
        return [name, 'failed'];
      }
    }),
  );
  return { ready: entries.every(([, said]) => said === 'ok'), checks: Object.fromEntries(entries) };
}
