/** How many events an execution's history may get: Step Functions ends an execution that has 25,000. */

import { looksAtEnd, slowestLook } from './pause-hook.ts';

/** What a configuration lets a release wait for, in seconds; 0 where it does not. */
export interface Waits {
  approval: number;
  /** While ECS pauses, so many times at most. */
  pauses: { seconds: number; most: number };
  releaseTask: number;
  deployment: number;
  smoke: number;
}

/** How often the state machine looks again while it waits, in seconds. */
export const rounds = {
  RequestApproval: 900,
  AcquireSlot: 300,
  WaitForReleaseTask: 10,
  AwaitDeployment: 60,
  WaitForSmokeTests: 5,
  AwaitRollback: 60,
  WaitForWayBack: 5,
} as const;

/** Half of what Step Functions allows: the rest is for attempts that fail. */
export const mostEvents = 12_500;

/** What every way through the state machine writes at most, loops and further attempts left out. */
const once = 150;
/** A Wait is entered and left, a Task also scheduled, started and answered, a Choice entered and left. */
const aRound = 9;
/** Entered, scheduled, started, submitted, timed out, left. */
const aTimeout = 6;
/** Of the judge, however long the window is, and for crashing tasks between its looks. */
const looks = 11 + 21;
/** At a service that never has as many tasks as it wants, however long a deployment may take: they get rarer. */
export const confirmations = 130;

/**
 * Of the longest release: it waits for another that takes as long as itself, goes round every loop to its end, and is then
 * taken back, which may take as long as the deployment.
 */
export function longestHistory({ approval, pauses, releaseTask, deployment, smoke }: Waits): number {
  const slot = pauses.seconds + releaseTask + deployment + smoke + deployment;
  const times = (seconds: number, state: keyof typeof rounds) => Math.ceil(seconds / rounds[state]);
  return (
    once +
    aTimeout * times(approval, 'RequestApproval') +
    aTimeout * times(slot, 'AcquireSlot') +
    aRound * times(releaseTask, 'WaitForReleaseTask') +
    aTimeout * times(deployment, 'AwaitDeployment') +
    aTimeout * (Math.ceil(pauses.seconds / slowestLook) + looksAtEnd * pauses.most) +
    aRound * times(smoke, 'WaitForSmokeTests') +
    aRound * looks +
    aRound * confirmations +
    aTimeout * times(deployment, 'AwaitRollback') +
    aRound * times(smoke, 'WaitForWayBack')
  );
}
