/** A rule of a listener: to which of the target groups behind it the next request goes. */
import type { ElbMetrics } from './elb-metrics.ts';
import type { ListenerRule } from './target-group.ts';
import type { Targets } from './targets.ts';

/** A target group and what is measured of it. */
export interface Member {
  targets: Targets;
  metrics: ElbMetrics;
}

export interface Listener extends ListenerRule {
  /** Those that get requests, each with its share: not 0, and of any sum. */
  members(): readonly { member: Member; weight: number }[];
  /** Whose turn it is. `undefined` where nothing gets any. */
  next(): Member | undefined;
  /** Called after each change of the weights. */
  onChange(changed: () => void): void;
}

/** At first, the first of them gets everything. */
export function listener(arn: string, all: readonly Member[]): Listener {
  const listeners: (() => void)[] = [];
  const arnOf = ({ targets }: Member) => targets.arn;
  let weights: ReadonlyMap<string, number> = new Map(all.map((one, place) => [arnOf(one), place ? 0 : 100]));
  /** What each is behind its share; whoever is furthest behind is next. */
  let credits = new Map<Member, number>();

  const members = () =>
    all.flatMap((member) => {
      const weight = weights.get(arnOf(member)) ?? 0;
      return weight > 0 ? [{ member, weight }] : [];
    });

  return {
    arn,
    weights: () => weights,
    forward(asked) {
      weights = new Map(asked);
      credits = new Map();
      for (const changed of listeners) changed();
    },
    members,
    next() {
      const those = members();
      const sum = those.reduce((total, { weight }) => total + weight, 0);
      let chosen: Member | undefined;
      for (const { member, weight } of those) {
        const credit = (credits.get(member) ?? 0) + weight;
        credits.set(member, credit);
        if (!chosen || credit > (credits.get(chosen) ?? 0)) chosen = member;
      }
      if (chosen) credits.set(chosen, (credits.get(chosen) ?? 0) - sum);
      return chosen;
    },
    onChange: (changed) => void listeners.push(changed),
  };
}
