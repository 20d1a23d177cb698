/** Plays the plan of a seed and looks whether everything held; shrinks a plan where it did not. */
import * as fc from 'fast-check';
import { broken } from './invariants/index.ts';
import { wider } from './limits.ts';
import { type Plan, plans } from './plan.ts';
import { play } from './play.ts';
import { fewerShifts } from './shifts.ts';
import type { Story } from './story.ts';

export interface Checked {
  seed: number;
  /** Releases that were played. */
  releases: number;
  /** What broke, in sentences; empty where everything held. */
  sentences: string[];
}

/** The plan of a seed: the same each time. */
export function planOf(seed: number): Plan {
  const [plan] = fc.sample(plans, { seed, numRuns: 1 });
  if (!plan) throw new Error('fast-check made no plan');
  return plan;
}

export async function check(seed: number): Promise<Checked> {
  const story = await play(planOf(seed));
  return { seed, releases: story.executions.length, sentences: broken(story) };
}

export interface Shrunk {
  story: Story;
  sentences: string[];
  /** How many smaller plans were tried. */
  tried: number;
}

/** The smallest plan that still breaks one of the invariants that the seed's own plan breaks. Stops after `limitMs` of real time. */
export async function shrink(seed: number, limitMs: number): Promise<Shrunk> {
  let tried = 0;
  let smallest = planOf(seed);
  const before = names(broken(await play(smallest)));
  const end = Date.now() + limitMs;
  const breaks = async (plan: Plan) => {
    tried += 1;
    return names(broken(await play(plan))).some((name) => before.includes(name));
  };
  for (let found = true; found && Date.now() < end; ) {
    found = false;
    for (const smaller of smallerThan(smallest)) {
      if (Date.now() >= end) break;
      if (!(await breaks(smaller))) continue;
      smallest = smaller;
      found = true;
      break;
    }
  }
  const story = await play(smallest);
  return { story, sentences: broken(story), tried };
}

const names = (sentences: string[]) => sentences.map((sentence) => sentence.split(':')[0]);

const calm = { loss: 0, duplicates: 0, disorder: 0 };

/** Plans with one thing less: first whole kinds of trouble, then single ones, then what is left of the world. */
function* smallerThan(plan: Plan): Generator<Plan> {
  const lists = ['callFaults', 'functionFaults', 'operator', 'pushes', 'services'] as const;
  const least = (list: (typeof lists)[number]) => (list === 'pushes' || list === 'services' ? 1 : 0);
  for (const list of lists) {
    if (plan[list].length > least(list)) yield { ...plan, [list]: plan[list].slice(0, least(list)) };
  }
  for (const source of ['aws.ecr', 'aws.ecs', 'aws.states'] as const) {
    const events = plan.events[source];
    if (events.loss + events.duplicates + events.disorder > 0)
      yield { ...plan, events: { ...plan.events, [source]: calm } };
  }
  for (const list of lists) {
    if (plan[list].length <= least(list)) continue;
    for (const index of plan[list].keys()) {
      if (plan[list].length > least(list))
        yield { ...plan, [list]: (plan[list] as unknown[]).toSpliced(index, 1) };
    }
  }
  const { incidents = [] } = plan;
  if (incidents.length > 0) yield { ...plan, incidents: [] };
  if (incidents.length > 1) for (const one of incidents) yield { ...plan, incidents: [one] };
  const { stops = [] } = plan;
  if (stops.length > 0) yield { ...plan, stops: undefined };
  if (stops.length > 1) for (const one of stops) yield { ...plan, stops: [one] };
  for (const shifts of fewerShifts(plan.shifts)) yield { ...plan, shifts };
  if (plan.deciders) {
    yield { ...plan, deciders: undefined };
    for (const index of plan.deciders.deciders.keys())
      yield { ...plan, deciders: { ...plan.deciders, deciders: plan.deciders.deciders.toSpliced(index, 1) } };
  }
  if (plan.queue) yield { ...plan, queue: undefined };
  if (plan.alongside) yield { ...plan, alongside: undefined };
  for (const limits of wider(plan.limits)) yield { ...plan, limits };
  if (plan.ecsLagSeconds > 0) yield { ...plan, ecsLagSeconds: 0 };
  if (plan.skewSeconds !== 0) yield { ...plan, skewSeconds: 0 };
  if (plan.slackDownSeconds > 0) yield { ...plan, slackDownSeconds: 0 };
  if (plan.desiredCount > 1) yield { ...plan, desiredCount: 1 };
  for (const [index, service] of plan.services.entries()) {
    const replaced = (environments: typeof service.environments) => ({
      ...plan,
      services: plan.services.with(index, { environments }),
    });
    if (service.environments.length > 1) {
      yield replaced(service.environments.slice(0, 1));
      yield replaced(service.environments.slice(1));
    }
    for (const [position, environment] of service.environments.entries()) {
      for (const feature of ['approval', 'releaseTask', 'smoke', 'analysis'] as const) {
        if (environment[feature])
          yield replaced(service.environments.with(position, { ...environment, [feature]: false }));
      }
    }
  }
  for (const faults of ['callFaults', 'functionFaults'] as const) {
    for (const [index, fault] of plan[faults].entries()) {
      if (fault.times > 1)
        yield {
          ...plan,
          [faults]: (plan[faults] as unknown[]).with(index, { ...fault, times: fault.times - 1 }),
        };
    }
  }
}
