/** The show's own time: as AWS does it, but in seconds instead of minutes. What is quicker is said on screen. */
import type { Pace } from '../ecs/pace.ts';
import type { LoadBalancerSettings } from '../load-balancer/settings.ts';

/** Load balancers on AWS publish every 60 s, and two minutes late. */
export const publication = { periodSeconds: 5, publicationDelaySeconds: 1 };

export const pace: Pace = {
  provisioningSeconds: 0.5,
  pullingSeconds: 0.5,
  failingPullSeconds: 5,
  deprovisioningSeconds: 0.5,
  schedulingSeconds: 0.2,
  healthyAfterSeconds: 2,
  restartDelaySeconds: 2,
  alarmPollSeconds: 1,
  alarmBakeSeconds: 10,
};

export const balancing: Pick<LoadBalancerSettings, 'healthCheck' | 'deregistrationDelaySeconds'> = {
  healthCheck: {
    path: '/healthz',
    intervalSeconds: 1,
    timeoutSeconds: 1,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
  },
  deregistrationDelaySeconds: 1,
};

/** AWS gives no figure for EventBridge; half a second is what people see. */
export const eventLatencyMs = 300;
export const logDeliverySeconds = 0.5;

/** Where the three pushes end, and everywhere else. */
export const requestsPerSecond = { shown: 60, others: 20 };
