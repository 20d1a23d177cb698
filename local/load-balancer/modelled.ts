/** A load balancer for virtual time: its clients, their requests and the answers are modelled; nothing is sent. */
import type { Behaviour } from '../engine/behaviour.ts';
import { answerOf } from '../engine/modelled.ts';
import { poisson } from '../engine/random.ts';
import { modelledAnswers } from './modelled-answers.ts';
import { assemble, type LoadBalancerSettings } from './settings.ts';
import type { TargetGroup } from './target-group.ts';

export interface ModelledLoadBalancer {
  arn: string;
  /** The value of CloudWatch's `LoadBalancer` dimension. */
  dimension: string;
  targetGroup: TargetGroup;
  /** No more requests and health checks. What was measured is still published. */
  close(): void;
}

interface ModelledSettings extends LoadBalancerSettings {
  /** 0 (inclusive) to 1 (exclusive), as `Math.random`. */
  random: () => number;
  /** What listens on a port; a connection to anything else is refused. */
  at: (port: number) => Behaviour | undefined;
  /** Called with what is to be called after each change of `at`. Without it `at` is asked anew in every step. */
  onChange?: (changed: () => void) => void;
  /** On average: arrivals are independent. */
  requestsPerSecond: number;
  /** Longer is cheaper and sees a change later; without meaning where `onChange` tells of changes. */
  stepSeconds?: number;
}

export function modelledLoadBalancer(settings: ModelledSettings): ModelledLoadBalancer {
  const { clock, random, at, onChange, requestsPerSecond, stepSeconds = 1 } = settings;
  const { arn, dimension, targetGroup, metrics, close } = assemble(settings, async (port, { path }) => {
    const behaviour = at(port);
    return behaviour && answerOf(behaviour, path, random).status;
  });
  const answers = modelledAnswers(random);
  const whoIsBehind = () => targetGroup.candidates().map(({ port }) => at(port));

  /** Requests are modelled after the fact: all those since the last change at once, with what was there then. */
  let behind = whoIsBehind();
  let since = clock.now();
  let turn = 0;

  function catchUp() {
    const now = clock.now();
    while (since < now) {
      const end = Math.min(now, metrics.endOf(since));
      request(poisson(random, (requestsPerSecond * (end - since)) / 1000), since);
      since = end;
    }
    behind = whoIsBehind();
  }

  function request(requests: number, time: number) {
    if (requests === 0) return;
    const period = metrics.periodOf(time);
    if (behind.length === 0) return period.refused(requests);
    const first = turn % behind.length;
    const shares = behind.map((behaviour, index) => {
      // Round robin: what is left over goes to those whose turn it is.
      const place = (index - first + behind.length) % behind.length;
      return { behaviour, requests: Math.ceil((requests - place) / behind.length) };
    });
    answers(shares, period);
    turn = first + requests;
  }

  targetGroup.onCandidates(catchUp);
  onChange?.(catchUp);
  let cancelStep = () => {};
  const step = () => {
    const now = clock.now();
    const end = metrics.endOf(now) - now;
    cancelStep = clock.after(onChange ? end : Math.min(end, stepSeconds * 1000), () => {
      catchUp();
      step();
    });
  };
  step();

  return {
    arn,
    dimension,
    targetGroup,
    close() {
      cancelStep();
      close();
    },
  };
}
