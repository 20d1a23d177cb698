/** A target group without a network: each target's health follows its script, on the given clock. */

import type { Clock } from '../../local/clock.ts';
import type { TargetGroup, TargetHealth } from '../../local/load-balancer/target-group.ts';

export interface TargetScript {
  becomes: 'healthy' | 'unhealthy';
  afterSeconds: number;
}

export interface ModelledTargetGroup extends TargetGroup {
  /** Changes a target's health now. */
  set(targetId: string, health: TargetHealth): void;
  readonly targets: ReadonlyMap<string, TargetHealth>;
}

export const targetGroupArn =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/0123456789abcdef';

/** `script` is asked once a target, with its place in the order of registrations (from 0). */
export function modelledTargetGroup(
  clock: Clock,
  drainSeconds: number,
  script: (place: number) => TargetScript = () => ({ becomes: 'healthy', afterSeconds: 10 }),
  arn: string = targetGroupArn,
): ModelledTargetGroup {
  const targets = new Map<string, TargetHealth>();
  const listeners: ((targetId: string, health: TargetHealth) => void)[] = [];
  let registrations = 0;
  function set(targetId: string, health: TargetHealth) {
    if (!targets.has(targetId)) return;
    targets.set(targetId, health);
    for (const listener of listeners) listener(targetId, health);
  }
  return {
    arn,
    dimension: arn.slice(arn.indexOf('targetgroup/')),
    targets,
    set,
    register({ id }) {
      const { becomes, afterSeconds } = script(registrations++);
      targets.set(id, 'initial');
      clock.after(afterSeconds * 1000, () => {
        if (targets.get(id) === 'initial') set(id, becomes);
      });
    },
    deregister(targetId, drained) {
      set(targetId, 'draining');
      clock.after(drainSeconds * 1000, () => {
        targets.delete(targetId);
        drained();
      });
    },
    health: (targetId) => targets.get(targetId),
    onHealth: (listener) => listeners.push(listener),
  };
}
