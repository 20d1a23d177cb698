/** Plays a plan in a world on virtual time, until nothing is left to happen, and answers what happened. */
import type { Clock } from '../../local/clock.ts';
import { settle, type VirtualWorld, virtualWorld } from '../support/virtual-world.ts';
import { configOf, serviceOf } from './config.ts';
import { type Faults, faultsOf } from './faults.ts';
import { befall, prepare } from './incidents.ts';
import { lagging } from './lag.ts';
import { callTime, endOf, isRefusal, limitsOf } from './limits.ts';
import { operate } from './operate.ts';
import { approve, pushing } from './people.ts';
import type { Plan } from './plan.ts';
import { askFor } from './stops.ts';
import {
  executionsOf,
  type LeftServices,
  look,
  type PlayedPush,
  type Story,
  serviceNow,
  targetsOf,
} from './story.ts';
import { traffic } from './traffic.ts';
import { watch } from './watch.ts';

const day = 86_400_000;

export async function play(plan: Plan): Promise<Story> {
  const config = configOf(plan);
  const log: Story['log'] = [];
  let clock: Clock | undefined;
  const now = () => clock?.now() ?? 0;
  const say = (what: string) => log.push({ at: now(), what });
  const faults = faultsOf(plan, () => clock as Clock, say);
  const left = new Map<string, LeftServices>();
  let looking: VirtualWorld | undefined;
  let startedAt = Infinity;
  const watched = watch({
    now,
    say,
    before: async ({ cluster, service }) =>
      looking && serviceNow(looking, { cluster: String(cluster), service: String(service) }),
  });

  const lag = lagging(plan.ecsLagSeconds, now, () => looking?.random() ?? 0, watched.lookedBehind);
  const users = traffic();
  const { incidents = [], stops = [] } = plan;
  const actions = [
    ...plan.operator.map((action) => ({
      ...action,
      run: (virtual: VirtualWorld) => operate(virtual, action, plan, say),
    })),
    ...incidents.map((incident) => ({
      ...incident,
      run: (virtual: VirtualWorld) => befall(virtual, incident, say),
    })),
    ...stops.map((one) => ({ ...one, run: (virtual: VirtualWorld) => askFor(virtual, one, say) })),
  ];
  const awaited = actions.filter(({ upon }) => upon !== undefined);
  /** States that executions entered. */
  let steps = 0;
  const entered = (arn: string, state: string) => {
    const execution = arn.slice(arn.lastIndexOf(':') + 1);
    say(`  ${execution} → ${state}`);
    if (!looking) return;
    const virtual = looking;
    if (state === 'RecordOutcome') void look(virtual, arn).then((services) => left.set(arn, services));
    for (const action of awaited.filter(({ upon }) => upon === state)) {
      if (!execution.startsWith(`${serviceOf(config, action)}-`)) continue;
      awaited.splice(awaited.indexOf(action), 1);
      virtual.clock.after(action.atSeconds * 1000, () => void action.run(virtual));
    }
  };
  const virtual = await virtualWorld({
    config,
    seed: plan.seed,
    requestsPerSecond: 2,
    desiredCount: plan.desiredCount,
    historySeconds: 900,
    maxAttempts: 1,
    honesty: plan.events,
    slackIsDown: () => now() - startedAt < plan.slackDownSeconds * 1000,
    skewMs: () => plan.skewSeconds * 1000,
    aroundFunction: (name, run, event) =>
      watched.aroundFunction(
        name,
        () => faults.aroundFunction(name, () => watched.aroundWork(name, run, event), event),
        event,
      ),
    onHistory: (arn, event) => {
      const { stateEnteredEventDetails: entry } = event as { stateEnteredEventDetails?: { name: string } };
      if (!entry) return;
      steps += 1;
      entered(arn, entry.name);
    },
    onServed: (...served) => looking && users.onServed(...served),
    limits: limitsOf(plan.limits, () => (now() - startedAt) / 1000),
    around: (call, next) =>
      faults.aroundCall(call, async () => {
        if (looking) await callTime(plan.limits, looking.clock, looking.random);
        return lag(call, () => watched.aroundCall(call, next)).catch((error) => {
          if (isRefusal(error)) say(`  ${call.operation} by ${call.by} is refused by a limit`);
          throw error;
        });
      }),
  });
  clock = virtual.clock;
  await prepare(virtual, incidents);
  looking = virtual;
  startedAt = now();
  const pushes: PlayedPush[] = [];
  const plays = [
    ...plan.pushes.map((push) => ({
      atSeconds: push.atSeconds,
      run: async () => void pushes.push(await pushing(virtual, push, say)),
    })),
    ...actions
      .filter(({ upon }) => upon === undefined)
      .map(({ atSeconds, run }) => ({ atSeconds, run: () => run(virtual) })),
  ].sort((one, other) => one.atSeconds - other.atSeconds);
  let stuck: string | undefined;
  let answering = true;
  approve(virtual, plan, say, () => answering);
  try {
    for (const { atSeconds, run } of plays) {
      await virtual.clock.advance(Math.max(0, startedAt + atSeconds * 1000 - now()));
      await settle(virtual.clock, run());
    }
    await virtual.clock.advance(Math.max(0, startedAt + endOf(plan.limits) * 1000 - now()));
    await rest(virtual, faults, () => steps);
  } catch (error) {
    stuck = (error as Error).message;
  }
  answering = false;
  faults.end();
  return {
    ...{ effects: watched.effects, testedAt: watched.testedAt },
    ...{ plan, config, startedAt, pushes, left, served: users.served, log, stuck },
    executions: await executionsOf(virtual),
    targets: await targetsOf(virtual),
    first: virtual.first,
    messages: virtual.world.slack.messages().map((message) => JSON.stringify(message)),
    deadLetters: virtual.deadLetters.map(({ function: name, error }) => ({ function: name, error })),
  };
}

/** Until every execution has ended, nothing fails any more, and the schedule has looked without that anything came of it. */
async function rest({ clock, running }: VirtualWorld, faults: Faults, happened: () => number): Promise<void> {
  await clock.advance(60_000);
  await clock.until(() => running.size === 0, 9 * day);
  await clock.advance(16 * 60_000);
  faults.end();
  for (let before = -1; before !== happened(); ) {
    await clock.until(() => running.size === 0, 9 * day);
    before = happened();
    await clock.advance(16 * 60_000);
  }
}
