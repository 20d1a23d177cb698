/** One release for each way in which a release ends: played in the local world, and measured. */
import { eventHandlers } from '../../functions/events/table.ts';
import { steps } from '../../functions/steps/table.ts';
import type { HistoryEvent } from '../../local/asl/index.ts';
import type { PushedVariant } from '../../local/images/push-variant.ts';
import { type VariantName, variants } from '../../local/images/variants.ts';
import { isTransition } from '../../test/support/history.ts';
import { type Release, rehearsal } from '../../test/support/rehearsal.ts';
import type { RehearsalOptions } from '../../test/support/rehearsed-world.ts';
import { type Assumptions, meter, type Used } from './meter.ts';

export interface Played extends Used {
  /** How it ended, in words. */
  name: string;
  outcome: string;
  /** From the start of the execution to its end. */
  seconds: number;
  /** Of them, until somebody decided. */
  approvalSeconds: number;
  transitions: number;
  /** Different states that were entered, and how many of them call a function. */
  states: { all: number; tasks: number };
  /** Of the history without its payloads, as a log of level ALL without execution data holds it. */
  historyBytes: number;
}

type World = Awaited<ReturnType<typeof rehearsal>>;

interface Way {
  name: string;
  outcome: string;
  options?: RehearsalOptions;
  /** Until the release that is meant has ended. `push` also scans, as CI would. */
  play(world: World, push: (variant: VariantName, tag: string) => Promise<PushedVariant>): Promise<Release>;
  /** Another release that it takes: what functions did for that one is left out. */
  less?: string;
}

const pushed =
  (variant: VariantName): Way['play'] =>
  async (world, push) => {
    await push(variant, 'v1.0.0');
    await world.ended();
    return newest(world);
  };

const ways: Way[] = [
  { name: 'Deployed', outcome: 'Deployed', play: pushed('good') },
  {
    name: 'Deployed, approved after ten minutes',
    outcome: 'Deployed',
    options: { environment: { approval: { timeout: '1h' } } },
    async play(world, push) {
      await push('good', 'v1.0.0');
      await world.clock.advance(600_000);
      await world.click('approve');
      await world.ended();
      return newest(world);
    },
  },
  {
    name: 'NothingToDo: another tag of what runs',
    outcome: 'NothingToDo',
    less: 'Deployed',
    async play(world, push) {
      const image = await push('good', 'v1.0.0');
      await world.ended();
      await world.retag(image, 'v1.0.1');
      await world.clock.advance(2000);
      await world.ended();
      return newest(world);
    },
  },
  { name: 'Rejected by the scan', outcome: 'Rejected', play: pushed('vulnerable') },
  {
    name: 'Superseded during the rollout',
    outcome: 'Superseded',
    less: 'Deployed',
    async play(world, push) {
      await push('good', 'v1.0.0');
      await world.clock.advance(30_000);
      await push('good', 'v1.1.0');
      await world.ended();
      const [, older] = await world.releases();
      if (!older) throw new Error('one of two pushes started nothing');
      return older;
    },
  },
  {
    name: 'RolledBack: tasks crash',
    outcome: 'RolledBack',
    play: pushed('crash'),
  },
  {
    name: 'RolledBack by smoke tests',
    outcome: 'RolledBack',
    // Its report is there at once.
    async play(world) {
      await world.pushImage('v1.0.0', { config: { Entrypoint: ['node'], Env: ['ERROR_RATE=1'] } });
      return newest(world);
    },
  },
  { name: 'RolledBack by metrics', outcome: 'RolledBack', play: pushed('errors') },
  {
    name: 'NeedsHuman: the way back fails too',
    outcome: 'NeedsHuman',
    async play(world, push) {
      await push('errors', 'v1.0.0');
      await world.clock.until(() => world.count('UpdateService') > 0, 600_000);
      await world.deleteImage(world.first);
      await world.ended();
      return newest(world);
    },
  },
];

/** All of them, or those named. Throws where one ends otherwise than it should. */
export async function playOutcomes(
  assumptions: Assumptions,
  /** From a push to its scan report. */
  reportSeconds: number,
  names: string[] = ways.map(({ name }) => name),
): Promise<Played[]> {
  const played: Played[] = [];
  for (const way of ways.filter(({ name }) => names.includes(name))) {
    const one = await play(way, assumptions, reportSeconds);
    const other = played.find(({ name }) => name === way.less);
    played.push(other ? without(one, other) : one);
  }
  return played;
}

async function play(
  { name, outcome, options, play }: Way,
  assumptions: Assumptions,
  reportSeconds: number,
): Promise<Played> {
  const { options: measuring, begin, read } = meter(assumptions, worksForReleases);
  const world = await rehearsal({ slack: true, ...options, ...measuring });
  begin(world);

  const release = await play(world, async (variant, tag) => {
    const image = await world.pushOnly(variant, tag, 'none');
    await world.clock.advance(reportSeconds * 1000);
    await world.attachReport(image, variants[variant].findings);
    return image;
  });

  if (release.outcome !== outcome) throw new Error(`${name} ended ${release.outcome}: ${release.reason}`);
  return { name, outcome, ...read(), ...historyOf(release) };
}

/** The schedule runs whether there are releases or not. */
const worksForReleases = (name: string) =>
  name !== 'reconcile-pushes' && (Object.hasOwn(steps, name) || Object.hasOwn(eventHandlers, name));

function historyOf({ history, seconds }: Release) {
  const entered = history.filter(({ type }) => type.endsWith('StateEntered'));
  const nameOf = ({ stateEnteredEventDetails: details }: HistoryEvent) => details?.name;
  const tasks = entered.filter(({ type }) => type === 'TaskStateEntered');
  return {
    seconds,
    approvalSeconds: secondsIn('RequestApproval', history),
    transitions: history.filter(isTransition).length,
    states: { all: new Set(entered.map(nameOf)).size, tasks: new Set(tasks.map(nameOf)).size },
    historyBytes: Buffer.byteLength(JSON.stringify(history.map(withoutPayloads))),
  };
}

const payloads = new Set(['input', 'output', 'parameters', 'assignedVariables']);
const withoutPayloads = (event: HistoryEvent) =>
  JSON.parse(JSON.stringify(event, (key, value) => (payloads.has(key) ? undefined : value)));

function secondsIn(state: string, history: HistoryEvent[]): number {
  const times = (what: 'stateEnteredEventDetails' | 'stateExitedEventDetails') =>
    history.filter((event) => event[what]?.name === state).map(({ timestamp }) => timestamp.getTime() / 1000);
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return sum(times('stateExitedEventDetails')) - sum(times('stateEnteredEventDetails'));
}

async function newest(world: World): Promise<Release> {
  const [release] = await world.releases();
  if (!release) throw new Error('the push started nothing');
  return release;
}

/** What functions did, less what they did for another release. The history is the release's own. */
function without(both: Played, other: Played): Played {
  const less = (counts: Record<string, number>, others: Record<string, number>) =>
    Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count - (others[name] ?? 0)]));
  return {
    ...both,
    invocations: less(both.invocations, other.invocations),
    calls: less(both.calls, other.calls),
    gigabyteSeconds: both.gigabyteSeconds - other.gigabyteSeconds,
    metrics: both.metrics - other.metrics,
    customEvents: both.customEvents - other.customEvents,
    writeUnits: both.writeUnits - other.writeUnits,
    readUnits: both.readUnits - other.readUnits,
  };
}
