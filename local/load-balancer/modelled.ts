/** A load balancer for virtual time: its clients, their requests and the answers are modelled; nothing is sent. */
import type { Behaviour } from '../engine/behaviour.ts';
import { answerOf } from '../engine/modelled.ts';
import { poisson } from '../engine/random.ts';
import { assemble, type LoadBalancerSettings } from './settings.ts';
import { type Seen, tally } from './tally.ts';
import type { TargetGroup } from './target-group.ts';

export interface ModelledLoadBalancer {
  arn: string;
  /** The value of CloudWatch's `LoadBalancer` dimension. */
  dimension: string;
  targetGroup: TargetGroup;
  /** What the modelled clients saw, since the start or of the last seconds. */
  seen(lastSeconds?: number): Seen;
  /** No more requests and health checks. What was measured is still published. */
  close(): void;
}

interface ModelledSettings extends LoadBalancerSettings {
  /** 0 (inclusive) to 1 (exclusive), as `Math.random`. */
  random: () => number;
  /** What listens on a port; a connection to anything else is refused. */
  at: (port: number) => Behaviour | undefined;
  /** On average: arrivals are independent. A function for traffic that changes. */
  requestsPerSecond: number | (() => number);
  /** The requests of a step are modelled at its start. Longer is cheaper and sees a change later. */
  stepSeconds?: number;
}

export function modelledLoadBalancer(settings: ModelledSettings): ModelledLoadBalancer {
  const { clock, random, at, requestsPerSecond, stepSeconds = 1 } = settings;
  const { arn, dimension, targetGroup, metrics, close } = assemble(settings, async (port, { path }) => {
    const behaviour = at(port);
    return behaviour && answerOf(behaviour, path, random).status;
  });
  const clients = tally(clock);
  const rate = () => (typeof requestsPerSecond === 'number' ? requestsPerSecond : requestsPerSecond());

  function request() {
    const target = targetGroup.choose();
    const behaviour = target && at(target.port);
    if (!target) metrics.refused();
    else if (!behaviour) metrics.failed();
    if (!behaviour) return clients.add(true, 1);
    const { status, latencyMs } = answerOf(behaviour, '/', random);
    metrics.answered(status, latencyMs / 1000);
    clients.add(status >= 500, latencyMs);
  }

  let cancelStep = () => {};
  const step = () => {
    cancelStep = clock.after(stepSeconds * 1000, () => {
      for (let left = poisson(random, rate() * stepSeconds); left > 0; left--) request();
      step();
    });
  };
  step();

  return {
    arn,
    dimension,
    targetGroup,
    seen: clients.seen,
    close() {
      cancelStep();
      close();
    },
  };
}
