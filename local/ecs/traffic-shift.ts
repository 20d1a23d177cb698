/** BLUE_GREEN, LINEAR and CANARY: brings the new revision up beside the old one, moves the traffic, and takes it back. */

import type { LifecycleHooks, Weights } from './lifecycle-hooks.ts';
import { applyWeights } from './listener-rules.ts';
import type { Revision, Rollout, ServiceDeploymentRecord, ServiceRecord, Shift, Stage } from './model.ts';
import type { ServiceDeployments } from './service-deployments.ts';
import { type Step, stepsOf } from './stages.ts';
import type { World } from './world.ts';

export interface TrafficShifts {
  /** From here to the end; once. */
  begin(service: ServiceRecord, deployment: ServiceDeploymentRecord): void;
  /** Back to what served before; `rollout` is of that. Once. */
  takeBack(service: ServiceRecord, deployment: ServiceDeploymentRecord, rollout: Rollout): void;
  /** The scheduler has looked at the service: `isSettled` where a revision's tasks are as they should be. */
  looked(service: ServiceRecord, isSettled: (revision: Revision) => boolean): void;
}

interface Parts {
  hooks: LifecycleHooks;
  wake(service: ServiceRecord): void;
  deployments: () => ServiceDeployments;
}

type Shifting = ServiceDeploymentRecord & { shift: Shift };

/** ECS lets no stage take longer. */
const longestStageMs = 24 * 3_600_000;

export function trafficShifts(world: World, { hooks, wake, deployments }: Parts): TrafficShifts {
  const { clock, pace, listenerRules } = world;
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => void clock.after(milliseconds, resolve));

  /** Who waits until the tasks of a revision are as they should be. */
  const waiting = new Set<{ revision: Revision; settled: () => void }>();

  const goesOn = (service: ServiceRecord, { status, rollout }: ServiceDeploymentRecord) =>
    status === 'IN_PROGRESS' && service.rollouts[0] === rollout;

  function enter(deployment: Shifting, stage: Stage) {
    deployment.shift.stage = stage;
    deployment.shift.hooks = [];
    deployment.updatedAt = new Date(clock.now());
  }

  /** False where it took too long. */
  async function tasksOf(revision: Revision, service: ServiceRecord): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const entry = { revision, settled: () => resolve(true) };
    waiting.add(entry);
    const cancel = clock.after(longestStageMs, () => resolve(false));
    wake(service);
    const inTime = await promise;
    cancel();
    waiting.delete(entry);
    return inTime;
  }

  async function forward(service: ServiceRecord, deployment: Shifting) {
    const { configuration, sources } = deployment;
    for (const step of stepsOf(configuration, sources.length)) {
      enter(deployment, step.stage);
      const late = await work(service, deployment, step);
      if (!goesOn(service, deployment)) return;
      const why = late ?? (await runHooks(service, deployment, step.stage));
      if (!goesOn(service, deployment)) return;
      if (why) return deployments().failShift(service, deployment, why);
      await pause(step.minutes ? step.minutes * 60_000 : pace.schedulingSeconds * 1000);
      if (!goesOn(service, deployment)) return;
    }
    deployments().complete(service, deployment.rollout);
    wake(service);
  }

  /** Answers why to roll back. */
  async function work(
    service: ServiceRecord,
    deployment: Shifting,
    { stage, test, production }: Step,
  ): Promise<string | undefined> {
    const { shift, target, rollout } = deployment;
    if (test !== undefined) shift.testWeight = test;
    if (production !== undefined) shift.productionWeight = production;
    if (test !== undefined || production !== undefined) applyWeights(listenerRules, target, shift);
    if (stage === 'RECONCILE_SERVICE') {
      for (const source of deployment.sources)
        if (source !== shift.blue && !(await tasksOf(source, service))) return tooLong(stage);
    }
    if (stage === 'SCALE_UP') {
      shift.wanted.add(target);
      if (!(await tasksOf(target, service))) return tooLong(stage);
    }
    if (stage === 'CLEAN_UP' && shift.blue) {
      // From here on the old tasks are no way back: what comes next goes back to this one.
      service.completed = rollout;
      shift.wanted.delete(shift.blue);
      if (!(await tasksOf(shift.blue, service))) return tooLong(stage);
    }
    return undefined;
  }

  const runHooks = (service: ServiceRecord, deployment: Shifting, stage: Stage) =>
    hooks.run({ service, deployment, stage, weights: weightsAt(stage, deployment) });

  async function back(service: ServiceRecord, deployment: Shifting, rollout: Rollout) {
    const { shift, target } = deployment;
    const { blue } = shift;
    const ours = () => deployment.status === 'ROLLBACK_IN_PROGRESS' && service.rollouts[0] === rollout;
    const failed = (why: string) => deployments().failRollback(service, deployment, rollout, why);
    if (blue && !shift.wanted.has(blue)) {
      // It was being cleaned up: its tasks have to come back before it can serve again.
      shift.wanted.add(blue);
      const again = await tasksOf(blue, service);
      if (ours() && !again) return failed(tooLong('SCALE_UP'));
    }
    for (const [stage, weight] of [
      ['PRODUCTION_TRAFFIC_SHIFT', 'productionWeight'],
      ['TEST_TRAFFIC_SHIFT', 'testWeight'],
    ] as const) {
      if (!ours()) return;
      if (shift[weight] === 0) continue;
      enter(deployment, stage);
      shift[weight] = 0;
      applyWeights(listenerRules, target, shift);
      const why = await runHooks(service, deployment, stage);
      if (!ours()) return;
      if (why) return failed(why);
    }
    enter(deployment, 'CLEAN_UP');
    shift.wanted.delete(target);
    const gone = await tasksOf(target, service);
    if (!ours()) return;
    if (!gone) return failed(tooLong('CLEAN_UP'));
    deployments().complete(service, rollout);
    wake(service);
  }

  return {
    begin: (service, deployment) => void forward(service, deployment as Shifting),
    takeBack: (service, deployment, rollout) => void back(service, deployment as Shifting, rollout),
    looked(service, isSettled) {
      for (const { revision, settled } of waiting)
        if (service.revisions.includes(revision) && isSettled(revision)) settled();
    },
  };
}

const tooLong = (stage: Stage) =>
  `Service deployment rolled back because the stage ${stage} took longer than 24 hours.`;

/** Only the stages that shift traffic tell how. */
function weightsAt(stage: Stage, { target, sources, shift }: Shifting): Weights {
  const { blue, testWeight, productionWeight } = shift;
  const of = (weight: number) => ({
    [target.arn]: weight,
    ...Object.fromEntries(sources.map((source) => [source.arn, source === blue ? 100 - weight : 0])),
  });
  const all = stage === 'RECONCILE_SERVICE';
  return {
    test: all || stage === 'TEST_TRAFFIC_SHIFT' ? of(testWeight) : {},
    production: all || stage === 'PRODUCTION_TRAFFIC_SHIFT' ? of(productionWeight) : {},
  };
}
