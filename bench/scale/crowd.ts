/** Many services, all pushed within one minute: the real state machine, functions and SDK on virtual time, behind AWS's limits. */
import { defineConfig } from '../../core/config.ts';
import type { HistoryEvent } from '../../local/asl/index.ts';
import { pushVariant } from '../../local/images/push-variant.ts';
import { pause } from '../../local/lambda/pause.ts';
import type { Limits } from '../../local/limits/aws-limits.ts';
import { isTransition, payloadsOf } from '../../test/support/history.ts';
import { address, type VirtualWorld, virtualWorld } from '../../test/support/virtual-world.ts';
import { isRefusal, retrying } from './sdk-attempts.ts';

export interface CrowdOptions {
  services: number;
  seed: number;
  limits?: Limits;
  /** How often the SDK tries a call that a limit refuses. */
  attempts: number;
  /** Told once a minute of virtual time. */
  log?: (line: string) => void;
}

export interface MadeCall {
  /** Seconds after the first push. */
  at: number;
  service: string;
  operation: string;
  refused: boolean;
}

/** What was seen of one execution. */
export interface SeenRelease {
  name: string;
  startedAt: number;
  /** Undefined where it never ended. */
  endedAt?: number;
  /** `Deployed`, `RolledBack`, …; as Step Functions ended it where it ended otherwise. */
  outcome?: string;
  events: number;
  /** States entered, and further attempts at one: AWS limits and bills both. */
  transitions: number;
  /** Of the largest input, output, payload or variable in its history, in bytes. */
  largestPayload: number;
}

export interface Crowd {
  calls: MadeCall[];
  /** When each state transition happened, in seconds after the first push. */
  transitions: number[];
  releases: SeenRelease[];
  /** How many events were given up, by function. */
  deadLetters: Record<string, number>;
  /** Functions that ran at the same time, at most. */
  concurrency: number;
}

const windowMs = 60_000;
const limitMs = 6 * 3_600_000;

export async function crowd({
  services,
  seed,
  limits,
  attempts,
  log = () => {},
}: CrowdOptions): Promise<Crowd> {
  const names = namesOf(services);
  const calls: MadeCall[] = [];
  const transitions: number[] = [];
  const releases = new Map<string, SeenRelease>();
  let start = 0;
  let running = 0;
  let concurrency = 0;

  let installed: VirtualWorld | undefined;
  const world = await virtualWorld({
    config: configOf(names),
    seed,
    ...{ requestsPerSecond: 0, desiredCount: 1, historySeconds: 600 },
    // `retrying` does it.
    maxAttempts: 1,
    ...(limits && { limits }),
    async around(call, next) {
      if (!installed) return next();
      const { clock, random } = installed;
      return retrying(installed, attempts)(call, async () => {
        await pause(clock, 10 + 30 * random());
        const { service, operation } = call;
        const made: MadeCall = { at: (clock.now() - start) / 1000, service, operation, refused: false };
        calls.push(made);
        return next().catch((error) => {
          made.refused = isRefusal(error);
          throw error;
        });
      });
    },
    async aroundFunction(_name, run) {
      running += 1;
      concurrency = Math.max(concurrency, running);
      return run().finally(() => {
        running -= 1;
      });
    },
    onHistory(arn, event) {
      const at = (event.timestamp.getTime() - start) / 1000;
      const release = releases.get(arn) ?? unseen(arn, at);
      releases.set(arn, release);
      const before = release.transitions;
      see(release, at, event);
      if (release.transitions > before) transitions.push(at);
    },
  });
  const { clock, fetch } = world;
  installed = world;
  start = clock.now();

  const pushes: Promise<unknown>[] = [];
  names.forEach((service, index) => {
    clock.after((index * windowMs) / services, () => {
      const what = { service, variant: 'good', tag: 'v1.0.0', log: () => {} } as const;
      pushes.push(pushVariant({ ...what, address, clock, fetch }));
    });
  });
  const open = () => services - [...releases.values()].filter(({ endedAt }) => endedAt !== undefined).length;
  for (let minute = 1; open() > 0 && clock.now() - start < limitMs; minute += 1) {
    await clock.advance(60_000);
    log(`minute ${minute}: ${open()} of ${services} are open, ${calls.length} calls`);
  }
  await Promise.all(pushes);
  // What the ends set off, and what is still being retried by Lambda.
  await clock.advance(300_000);

  const deadLetters: Record<string, number> = {};
  for (const { function: name } of world.deadLetters) deadLetters[name] = (deadLetters[name] ?? 0) + 1;
  return { calls, transitions, releases: [...releases.values()], deadLetters, concurrency };
}

export const namesOf = (services: number) =>
  Array.from({ length: services }, (_, index) => `service-${String(index).padStart(4, '0')}`);

/** Smoke tests, but no analysis: nobody uses these services. */
export const configOf = (names: string[]) =>
  defineConfig({
    services: Object.fromEntries(
      names.map((name) => [
        name,
        {
          repository: name,
          container: 'app',
          environments: [
            {
              ...{ name: 'production', cluster: 'main', service: name },
              smoke: { endpoints: [{ url: `http://${name}.test/healthz` }] },
            },
          ],
        },
      ]),
    ),
  });

const unseen = (arn: string, startedAt: number): SeenRelease => ({
  ...{ name: arn.slice(arn.lastIndexOf(':') + 1), startedAt },
  ...{ events: 0, transitions: 0, largestPayload: 0 },
});

function see(release: SeenRelease, at: number, event: HistoryEvent) {
  const { type } = event;
  release.events += 1;
  if (isTransition(event)) release.transitions += 1;
  release.largestPayload = Math.max(release.largestPayload, ...payloadsOf(event).map(({ bytes }) => bytes));

  if (!/^Execution(Succeeded|Failed|TimedOut|Aborted)$/.test(type)) return;
  release.endedAt = at;
  const { output } = event.executionSucceededEventDetails ?? {};
  const { error } = event.executionFailedEventDetails ?? {};
  release.outcome = output ? JSON.parse(String(output)).outcome : String(error ?? type);
}
