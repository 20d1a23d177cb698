/** How long things take that ECS does between two states of a task. AWS publishes no figures for most of them. */
export interface Pace {
  /** PROVISIONING: a network interface is attached. */
  provisioningSeconds: number;
  /** PENDING: the image is pulled and the containers are created. */
  pullingSeconds: number;
  /** What it takes to give up on an image: seven retries, each after twice the time of the one before. */
  failingPullSeconds: number;
  /** DEPROVISIONING: from the end of the last container to STOPPED. */
  deprovisioningSeconds: number;
  /** From a reason to look at a service to the scheduler's decision, and from one service deployment status to the next. */
  schedulingSeconds: number;
  /** A task that nothing checks counts as healthy this long after RUNNING. */
  healthyAfterSeconds: number;
  /** Pause after a task that did not reach RUNNING; doubles with each round that fails, up to 27 minutes. */
  restartDelaySeconds: number;
  /** Between two looks at the alarms of a deployment. */
  alarmPollSeconds: number;
  /** How long a deployment with alarms is watched when it is otherwise done. AWS computes it from the alarms: less than 5 minutes. */
  alarmBakeSeconds: number;
}

/**
 * As slow as AWS. Provisioning, pull and deprovisioning are those of recorded task events; the 40 seconds are documented;
 * the restart delay makes three failed pulls at desired count 1 take about ten minutes, as users report. The pace of
 * alarms is a guess.
 */
export const awsPace: Pace = {
  provisioningSeconds: 10,
  pullingSeconds: 9,
  failingPullSeconds: 127,
  deprovisioningSeconds: 20,
  schedulingSeconds: 2,
  healthyAfterSeconds: 40,
  restartDelaySeconds: 60,
  alarmPollSeconds: 15,
  alarmBakeSeconds: 240,
};

/** ECS's service throttle: nothing is started again before this many seconds have passed. */
export function restartDelay(failedRounds: number, pace: Pace): number {
  return Math.min(27 * 60, pace.restartDelaySeconds * 2 ** (failedRounds - 1));
}
