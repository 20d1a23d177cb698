/** What a release costs, and what the same release would cost where something waits for it in another way. */
import type { Played } from './outcomes.ts';
import { cost, prices } from './prices.ts';

/** In dollars. */
export interface Bill {
  stepFunctions: number;
  lambda: number;
  cloudwatch: number;
  eventBridge: number;
  all: number;
}

type Billed = Pick<Played, 'transitions' | 'invocations' | 'gigabyteSeconds' | 'metrics' | 'customEvents'>;

export function billOf({ transitions, invocations, gigabyteSeconds, metrics, customEvents }: Billed): Bill {
  const bill = {
    stepFunctions: cost(prices.transition, transitions),
    lambda:
      cost(prices.invocation, sum(Object.values(invocations))) + cost(prices.gigabyteSecond, gigabyteSeconds),
    cloudwatch: cost(prices.metric, metrics),
    eventBridge: cost(prices.customEvent, customEvents),
  };
  return { ...bill, all: sum(Object.values(bill)) };
}

export const pollSeconds = 15;
/** Wait, look, decide. */
const transitionsAPoll = 3;

/**
 * The same states once each, and a look every 15 s for as long as the release takes. People are asked by a callback there,
 * too. A look takes a function as long as an invocation of ours does on average.
 */
export function polling(played: Played): Billed & { polls: number } {
  const { states, invocations, gigabyteSeconds } = played;
  const polls = Math.floor(activeSeconds(played) / pollSeconds);
  const own = sum(Object.values(invocations));
  return {
    ...played,
    polls,
    transitions: states.all + transitionsAPoll * polls,
    invocations: { steps: states.tasks, polls },
    gigabyteSeconds: (gigabyteSeconds / own) * (states.tasks + polls),
  };
}

/** An action of CodePipeline that lasts as long as the release: not what it starts in CodeBuild or Lambda. */
export const codePipeline = (played: Played): number =>
  cost(prices.codePipelineMinute, activeSeconds(played) / 60);

/** A job that starts the release and waits for its end. GitHub rounds up to whole minutes; this does not. */
export const githubRunner = (played: Played): number => cost(prices.githubMinute, activeSeconds(played) / 60);

/** Nobody charges for the time in which a person thinks. */
export const activeSeconds = ({ seconds, approvalSeconds }: Pick<Played, 'seconds' | 'approvalSeconds'>) =>
  seconds - approvalSeconds;

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
