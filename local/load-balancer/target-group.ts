/** A target group as ECS uses it: tasks are registered, become healthy, and are drained. */
export interface TargetGroup {
  readonly arn: string;
  /** The value of CloudWatch's `TargetGroup` dimension: the ARN from `targetgroup/` on. */
  readonly dimension: string;
  /** Health starts as `initial` and is checked from now on. */
  register(target: Target): void;
  /**
   * No new requests from now on; `drained` is called when the deregistration delay has passed, as ECS waits for it: at
   * once for a target that is not registered. A call while it drains waits for the same end.
   */
  deregister(targetId: string, drained: () => void): void;
  /** `undefined` for a target that is not registered. */
  health(targetId: string): TargetHealth | undefined;
  /** Called after each change of a target's health. */
  onHealth(listener: (targetId: string, health: TargetHealth) => void): void;
}

export type TargetHealth = 'initial' | 'healthy' | 'unhealthy' | 'draining';

export interface Target {
  /** The task's ARN. */
  id: string;
  /** A port of 127.0.0.1. */
  port: number;
}

/** A rule of a listener, which forwards requests to target groups by weights. ECS changes them to shift traffic. */
export interface ListenerRule {
  readonly arn: string;
  /** By ARN of a target group. What is not in it gets nothing. */
  weights(): ReadonlyMap<string, number>;
  forward(weights: ReadonlyMap<string, number>): void;
}
