/** A load balancer for virtual time: its clients, their requests and the answers are modelled; nothing is sent. */
import type { Behaviour } from '../engine/behaviour.ts';
import { type Answer, answerOf } from '../engine/modelled.ts';
import { binomial, poisson } from '../engine/random.ts';
import type { ElbPeriod } from './elb-period.ts';
import type { Member } from './listener.ts';
import { modelledAnswers } from './modelled-answers.ts';
import { assemble, type Balancing, type LoadBalancerSettings } from './settings.ts';

export interface ModelledLoadBalancer extends Balancing {
  /** A request of somebody else's, which is counted as the users' are. `undefined` where no target listens. */
  ask(listener: 'production' | 'test', path: string): Answer | undefined;
  /** Where users' requests go now: each target group that gets some, with what listens behind it. */
  behind(): readonly { weight: number; behaviours: readonly (Behaviour | undefined)[] }[];
  /** No more requests and health checks. What was measured is still published. */
  close(): void;
}

/** What users got of one version, or of nobody, in a time in which nothing changed behind the listener. */
export interface Served {
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  /** Undefined where no task answered: a 502 or 503 of the load balancer itself. */
  version: string | undefined;
  /** Its commit, and the ARN of the target group that it was in. */
  revision?: string | undefined;
  targetGroup?: string;
  requests: number;
  /** Those of them that ended in a 5xx. */
  errors: number;
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
  /** Told what the users' requests came to; those of `ask` are not among them. */
  onServed?: ((served: Served) => void) | undefined;
  /** Longer is cheaper and sees a change later; without meaning where `onChange` tells of changes. */
  stepSeconds?: number;
}

type Span = Pick<Served, 'from' | 'to'>;

export function modelledLoadBalancer(settings: ModelledSettings): ModelledLoadBalancer {
  const { clock, random, at, onChange, onServed, requestsPerSecond, stepSeconds = 1 } = settings;
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
      request(poisson(random, (requestsPerSecond * (end - since)) / 1000), { from: since, to: end });
      since = end;
    }
    behind = whoIsBehind();
  }

  /** Each target group gets its share, the last of them what is left. */
  function request(requests: number, time: Span) {
    if (requests === 0) return;
    if (behind.length === 0) return refuse(metrics.periodOf(time.from), requests, time);
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
    { metrics: of, targets }: Member,
    behaviours: (Behaviour | undefined)[],
    requests: number,
    time: Span,
  ) {
    if (requests === 0) return;
    const period = of.periodOf(time.from);
    if (behaviours.length === 0) return refuse(period, requests, time);
    const first = turn % behaviours.length;
    const shares = behaviours.map((behaviour, index) => {
      // Round robin: what is left over goes to those whose turn it is.
      const place = (index - first + behaviours.length) % behaviours.length;
      return { behaviour, requests: Math.ceil((requests - place) / behaviours.length) };
    });
    const failures = answers(shares, period);
    turn = first + requests;
    if (!onServed) return;
    for (const [place, { behaviour, requests: own }] of shares.entries()) {
      const errors = failures[place] ?? 0;
      if (own > 0)
        onServed({
          ...{ ...time, version: behaviour?.version, revision: behaviour?.revision },
          ...{ targetGroup: targets.arn, requests: own, errors },
        });
    }
  }

  function refuse(period: ElbPeriod, requests: number, time: Span) {
    period.refused(requests);
    onServed?.({ ...time, version: undefined, requests, errors: requests });
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
    behind: whoIsBehind,
    close() {
      cancelStep();
      close();
    },
  };
}
