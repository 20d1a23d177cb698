/** A load balancer for virtual time: its clients, their requests and the answers are modelled; nothing is sent. */
import type { Behaviour } from '../engine/behaviour.ts';
import { type Answer, answerOf } from '../engine/modelled.ts';
import { binomial, poisson } from '../engine/random.ts';
import type { Member } from './listener.ts';
import { modelledAnswers } from './modelled-answers.ts';
import { assemble, type Balancing, type LoadBalancerSettings } from './settings.ts';

export interface ModelledLoadBalancer extends Balancing {
  /** A request of somebody else's, which is counted as the users' are. `undefined` where no target listens. */
  ask(listener: 'production' | 'test', path: string): Answer | undefined;
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
  const assembled = assemble(settings, async (port, { path }) => {
    const behaviour = at(port);
    return behaviour && answerOf(behaviour, path, random).status;
  });
  const { arn, dimension, targetGroup, shift, members, production, test, metrics, close } = assembled;
  const answers = modelledAnswers(random);
  const whoIsBehind = () =>
    production.members().map(({ member, weight }) => ({
      member,
      weight,
      behaviours: member.targets.candidates().map(({ port }) => at(port)),
    }));

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

  /** Each target group gets its share, the last of them what is left. */
  function request(requests: number, time: number) {
    if (requests === 0) return;
    if (behind.length === 0) return metrics.periodOf(time).refused(requests);
    let left = requests;
    let weights = behind.reduce((sum, { weight }) => sum + weight, 0);
    for (const { member, weight, behaviours } of behind) {
      const share = weight === weights ? left : binomial(random, left, weight / weights);
      requestOf(member, behaviours, share, time);
      left -= share;
      weights -= weight;
    }
  }

  function requestOf(
    { metrics: of }: Member,
    behaviours: (Behaviour | undefined)[],
    requests: number,
    time: number,
  ) {
    if (requests === 0) return;
    const period = of.periodOf(time);
    if (behaviours.length === 0) return period.refused(requests);
    const first = turn % behaviours.length;
    const shares = behaviours.map((behaviour, index) => {
      // Round robin: what is left over goes to those whose turn it is.
      const place = (index - first + behaviours.length) % behaviours.length;
      return { behaviour, requests: Math.ceil((requests - place) / behaviours.length) };
    });
    answers(shares, period);
    turn = first + requests;
  }

  for (const { targets } of members) targets.onCandidates(catchUp);
  production.onChange(catchUp);
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
    ...(shift && { shift }),
    ask(name, path) {
      const member = (name === 'test' ? test : production).next();
      const port = member?.targets.choose()?.port;
      const behaviour = port === undefined ? undefined : at(port);
      if (!behaviour) {
        if (port === undefined) (member?.metrics ?? metrics).refused();
        else member?.metrics.failed();
        return undefined;
      }
      const answer = answerOf(behaviour, path, random);
      member?.metrics.answered(answer.status, answer.latencyMs / 1000);
      return answer;
    },
    close() {
      cancelStep();
      close();
    },
  };
}
