/** The target group behind both load balancers: who is registered, who is healthy, who is next, who still has requests. */
import type { Clock } from '../clock.ts';
import { type HealthCheck, healthJudge, type Probe } from './health-check.ts';
import { type ElbName, targetGroupName } from './names.ts';
import type { Target, TargetGroup, TargetHealth } from './target-group.ts';

export interface ChosenTarget {
  port: number;
  /** Counts a request as under way until the answer is called. `abort` is called when the target may not wait for it. */
  begin(abort: () => void): () => void;
}

export interface Targets extends TargetGroup {
  /** Round robin over the healthy ones, over all when none is healthy (AWS: fail open). `undefined` when there is none. */
  choose(): ChosenTarget | undefined;
  /** Those that `choose` takes its turns among. */
  candidates(): readonly Target[];
  /** Called after each change of the candidates. */
  onCandidates(listener: () => void): void;
  hosts(): Hosts;
  /** No more health checks. */
  close(): void;
}

/** A target that is still `initial` counts as registered only. */
export interface Hosts {
  registered: number;
  healthy: number;
  unhealthy: number;
}

interface TargetsOptions {
  clock: Clock;
  name: string;
  healthCheck: HealthCheck;
  deregistrationDelaySeconds: number;
  probe: Probe;
}

interface Entry {
  target: Target;
  health: TargetHealth;
  requests: Set<() => void>;
  /** Who waits for the deregistration delay. */
  drained: (() => void)[];
  cancelCheck: () => void;
}

export function targets(options: TargetsOptions): Targets {
  const { clock, healthCheck, probe } = options;
  const entries = new Map<string, Entry>();
  const listeners: ((targetId: string, health: TargetHealth) => void)[] = [];
  const { arn, dimension }: ElbName = targetGroupName(options.name);
  const onCandidates: (() => void)[] = [];
  let candidates: Entry[] = [];
  let turn = 0;

  function chooseAmong() {
    const healthy = withHealth('healthy');
    candidates = healthy.length > 0 ? healthy : withHealth('initial', 'unhealthy');
    for (const listener of onCandidates) listener();
  }

  function change(entry: Entry, health: TargetHealth) {
    if (entry.health === health) return;
    entry.health = health;
    chooseAmong();
    for (const listener of listeners) listener(entry.target.id, health);
  }

  /** The first check comes one interval after registration: AWS does not say when, and this is not kinder. */
  function checkRegularly(entry: Entry) {
    const judge = healthJudge(healthCheck);
    const next = () => {
      entry.cancelCheck = clock.after(healthCheck.intervalSeconds * 1000, () => {
        next();
        const asked = probe(entry.target.port, healthCheck).then((status) => {
          if (entry.health !== 'draining') change(entry, judge(status));
        });
        void clock.during(asked);
      });
    };
    next();
  }

  const withHealth = (...wanted: TargetHealth[]) =>
    entries
      .values()
      .filter(({ health }) => wanted.includes(health))
      .toArray();

  return {
    arn,
    dimension,
    register(target) {
      entries.get(target.id)?.cancelCheck();
      const entry: Entry = { target, health: 'initial', requests: new Set(), drained: [], cancelCheck() {} };
      entries.set(target.id, entry);
      chooseAmong();
      checkRegularly(entry);
    },
    deregister(targetId, drained) {
      const entry = entries.get(targetId);
      if (!entry) return drained();
      entry.drained.push(drained);
      if (entry.health === 'draining') return;
      entry.cancelCheck();
      change(entry, 'draining');
      // Also without requests: ECS goes by the target's state, which stays `draining` until the delay has passed.
      clock.after(options.deregistrationDelaySeconds * 1000, () => {
        if (entries.get(targetId) === entry) entries.delete(targetId);
        for (const abort of entry.requests) abort();
        for (const told of entry.drained) told();
      });
    },
    health: (targetId) => entries.get(targetId)?.health,
    onHealth: (listener) => void listeners.push(listener),
    choose() {
      turn = (turn + 1) % Math.max(1, candidates.length);
      const entry = candidates[turn];
      return (
        entry && {
          port: entry.target.port,
          begin(abort) {
            entry.requests.add(abort);
            return () => void entry.requests.delete(abort);
          },
        }
      );
    },
    candidates: () => candidates.map(({ target }) => target),
    onCandidates: (listener) => void onCandidates.push(listener),
    hosts: () => ({
      registered: entries.size,
      healthy: withHealth('healthy').length,
      unhealthy: withHealth('unhealthy').length,
    }),
    close() {
      for (const { cancelCheck } of entries.values()) cancelCheck();
    },
  };
}
