/** The rolling update: looks at a service, decides through `scheduler.ts`, and does it. */

import { nextProvider } from './capacity-providers.ts';
import { type BreakerSighting, observe, tripped } from './circuit-breaker.ts';
import { deploymentAlarms } from './deployment-alarms.ts';
import { isEarlySuccess } from './early-success.ts';
import type {
  FailureCause,
  Revision,
  Rollout,
  ServiceRecord,
  Shift,
  TaskRecord,
  TaskStatus,
} from './model.ts';
import { ecsArn } from './names.ts';
import { restartDelay } from './pace.ts';
import { type Decision, decide, type SeenTask, type Situation, settled } from './scheduler.ts';
import { type ServiceDeployments, terminal } from './service-deployments.ts';
import { messages, tellService } from './service-events.ts';
import type { Store } from './store.ts';
import { healthFailure, isHealthy } from './task-health.ts';
import { launch } from './task-runner.ts';
import type { TrafficShifts } from './traffic-shift.ts';
import type { World } from './world.ts';

export interface RollingUpdate {
  /** Looks at the service after the scheduling delay. Calls in between are one look. */
  wake(service: ServiceRecord): void;
}

/** `deployments` is asked for late because the two need each other. */
export function rollingUpdate(
  world: World,
  store: Store,
  deployments: () => ServiceDeployments,
  shifts: Pick<TrafficShifts, 'looked'>,
): RollingUpdate {
  const { clock, pace, events } = world;

  const alarms = deploymentAlarms(world, wake);
  const watched = new Set<string>();
  /** Cancels the look at the end of the next grace period. */
  const graceEnds = new Map<ServiceRecord, () => void>();

  function wake(service: ServiceRecord) {
    if (service.woken) return;
    service.woken = true;
    clock.after(pace.schedulingSeconds * 1000, () => {
      service.woken = false;
      look(service);
    });
  }

  function look(service: ServiceRecord) {
    const [primary] = service.rollouts;
    if (!primary?.begun) return;
    const tasks = store.presentTasks(service);
    for (const task of tasks) noteHealth(service, task);
    lookAfterGrace(service, tasks);
    const { shift, status } = primary.serviceDeployment;
    if (shift && !terminal.includes(status)) return keepSideBySide(service, shift);
    const cause = givesUp(service, primary);
    if (cause) {
      deployments().fail(service, primary, cause);
      wake(service);
      return;
    }
    const situation = situationOf(service, primary);
    const decision = decide(situation);
    stop(service, decision.stop);
    start(service, primary, decision.start);
    if (givesUp(service, primary)) wake(service);
    tellStall(service, primary, decision.stalled);
    dropEmptyRollouts(service);
    if (isJudged(primary) && isDone(primary, situation) && alarms.baked(service, primary))
      deployments().complete(service, primary);
    tellSteadiness(service, settled(situation) && primary.state === 'COMPLETED');
  }

  /** While traffic is shifted, each revision has its own tasks: as many as are desired, or none. There is no circuit breaker. */
  function keepSideBySide(service: ServiceRecord, { wanted }: Shift) {
    const situation = (revision: Revision): Situation => ({
      desiredCount: wanted.has(revision) ? service.desiredCount : 0,
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      failed: false,
      tasks: seenTasks(service, revision).filter(({ revision: kind }) => kind === 'current'),
    });
    for (const rollout of firstOfEach(service.rollouts)) {
      const decision = decide(situation(rollout.revision));
      stop(service, decision.stop);
      start(service, rollout, decision.start);
    }
    dropEmptyRollouts(service, wanted);
    service.steady = false;
    // An old revision is cleaned up once its tasks are gone, not when they are asked to stop.
    shifts.looked(service, (revision) =>
      wanted.has(revision)
        ? settled(situation(revision))
        : seenTasks(service, revision).every(({ revision: kind }) => kind === 'old'),
    );
  }

  /** Planned anew at each look, because UpdateService may have changed the grace period since. */
  function lookAfterGrace(service: ServiceRecord, tasks: TaskRecord[]) {
    graceEnds.get(service)?.();
    graceEnds.delete(service);
    const graceMs = service.healthCheckGracePeriodSeconds * 1000;
    const left = tasks
      .map(({ view }) => (view.startedAt?.getTime() ?? 0) + graceMs - clock.now())
      .filter((milliseconds) => milliseconds > 0);
    if (left.length > 0)
      graceEnds.set(
        service,
        clock.after(Math.min(...left), () => wake(service)),
      );
  }

  const sight = (service: ServiceRecord, rollout: Rollout, sighting: BreakerSighting) => {
    rollout.breaker = observe(
      rollout.breaker,
      sighting,
      service.deploymentConfiguration.deploymentCircuitBreaker,
    );
  };

  // Between a request to roll back and the rollback, it neither completes nor fails.
  const isJudged = ({ state, serviceDeployment }: Rollout) =>
    state === 'IN_PROGRESS' && serviceDeployment.status !== 'ROLLBACK_REQUESTED';

  /** A rollback is done when all of it is. */
  const isDone = ({ serviceDeployment }: Rollout, situation: Situation) =>
    settled(situation) ||
    (serviceDeployment.status === 'IN_PROGRESS' &&
      isEarlySuccess(serviceDeployment.configuration, situation));

  function givesUp(service: ServiceRecord, rollout: Rollout): FailureCause | undefined {
    if (!isJudged(rollout)) return undefined;
    if (alarms.fired(service, rollout)) return 'alarm';
    const { deploymentCircuitBreaker } = service.deploymentConfiguration;
    return tripped(rollout.breaker, deploymentCircuitBreaker, service.desiredCount)
      ? 'circuit breaker'
      : undefined;
  }

  function noteHealth(service: ServiceRecord, task: TaskRecord) {
    if (task.provedHealthy || !task.rollout || !isHealthy(world, task)) return;
    task.provedHealthy = true;
    sight(service, task.rollout, 'healthy');
  }

  function situationOf(service: ServiceRecord, rollout: Rollout): Situation {
    const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration;
    return {
      desiredCount: service.desiredCount,
      minimumHealthyPercent,
      maximumPercent,
      failed: rollout.state === 'FAILED',
      tasks: seenTasks(service, rollout.revision),
    };
  }

  const seenTasks = (service: ServiceRecord, revision: Revision): SeenTask[] =>
    store.presentTasks(service).map((task) => ({
      taskArn: task.view.taskArn,
      revision: task.rollout?.revision === revision ? 'current' : 'old',
      state: seenState(service, task),
    }));

  function seenState(service: ServiceRecord, task: TaskRecord): SeenTask['state'] {
    if (task.view.desiredStatus === 'STOPPED') return 'stopping';
    if (healthFailure(world, service, task)) return 'unhealthy';
    return isHealthy(world, task) ? 'healthy' : 'pending';
  }

  function stop(service: ServiceRecord, stops: Decision['stop']) {
    const primary = service.rollouts[0];
    for (const { taskArn, why } of stops) {
      const task = store.tasks.get(taskArn);
      if (!task) continue;
      const { rollout } = task.record;
      const failure = why === 'unhealthy' ? healthFailure(world, service, task.record) : undefined;
      if (failure && rollout) {
        sight(service, rollout, 'failed health check');
        tellService(world, service, messages.unhealthy(taskArn, failure));
      }
      task.stop(
        'ServiceSchedulerInitiated',
        failure ?? `Scaling activity initiated by (deployment ${primary?.deploymentId})`,
      );
    }
    const taskArns = stops.map(({ taskArn }) => taskArn);
    if (taskArns.length === 0) return;
    if (service.settings.loadBalancers?.length) tellService(world, service, messages.draining(taskArns));
    tellService(world, service, messages.stopped(taskArns));
  }

  function start(service: ServiceRecord, rollout: Rollout, count: number) {
    const pause = rollout.throttle.until - clock.now();
    if (count === 0) return;
    if (pause > 0) {
      clock.after(pause, () => wake(service));
      return;
    }
    const placed = world.placement.room(count);
    const taskArns = Array.from({ length: placed }, () => startOne(service, rollout));
    if (placed > 0) tellService(world, service, messages.started(taskArns));
    if (placed < count) cannotPlace(service, rollout, count - placed);
  }

  /** Counts as so many tasks that did not start, and is tried again when the pause after them is over. */
  function cannotPlace(service: ServiceRecord, rollout: Rollout, count: number) {
    const providers = service.settings.capacityProviderStrategy ?? [];
    tellService(world, service, messages.unplaced(world.placement.message));
    events.service(service, 'SERVICE_TASK_PLACEMENT_FAILURE', {
      ...(providers.length > 0 && {
        capacityProviderArns: providers.map(({ capacityProvider }) =>
          ecsArn(world.place, `capacity-provider/${capacityProvider}`),
        ),
      }),
      reason: world.placement.reason,
    });
    for (let unplaced = 0; unplaced < count; unplaced += 1) countFailedStart(service, rollout);
    wake(service);
  }

  function startOne(service: ServiceRecord, rollout: Rollout): string {
    const { definition, settings, loadBalancers, images } = rollout.revision;
    const task = launch(world, {
      cluster: service.cluster,
      definition,
      rollout,
      images,
      group: `service:${service.name}`,
      startedBy: rollout.deploymentId,
      overrides: {},
      loadBalancers,
      capacityProviderName: nextProvider(
        service.settings.capacityProviderStrategy,
        store.presentTasks(service).map(({ view }) => view.capacityProviderName),
      ),
      platformVersion: settings.platformVersion,
      networkConfiguration: settings.networkConfiguration,
      enableExecuteCommand: service.enableExecuteCommand,
      tags: [],
      changed: (changed, status) => onTask(service, changed, status),
    });
    for (const { targetGroupArn } of loadBalancers) watch(targetGroupArn);
    store.tasks.set(task.record.view.taskArn, task);
    return task.record.view.taskArn;
  }

  /** A change of a target's health is a reason to look at the service that its task belongs to. */
  function watch(targetGroupArn = '') {
    if (watched.has(targetGroupArn)) return;
    watched.add(targetGroupArn);
    world.targetGroups(targetGroupArn)?.onHealth((taskArn) => {
      const revision = store.tasks.get(taskArn)?.record.rollout?.revision;
      const service = store.services
        .values()
        .find(({ revisions }) => revision && revisions.includes(revision));
      if (service) wake(service);
    });
  }

  function onTask(service: ServiceRecord, task: TaskRecord, status: TaskStatus | undefined) {
    const { rollout } = task;
    if (rollout && status === 'RUNNING') {
      sight(service, rollout, 'running');
      rollout.failedTasks = 0;
      rollout.throttle = { rounds: 0, until: 0 };
      for (const { targetGroupArn = '' } of rollout.revision.loadBalancers) {
        tellService(world, service, messages.registered(targetGroupArn));
      }
      clock.after(pace.healthyAfterSeconds * 1000, () => wake(service));
    }
    if (rollout && status === 'DEPROVISIONING') onEnded(service, task, rollout);
    if (status === 'STOPPED') store.forgetLater(task);
    wake(service);
  }

  function onEnded(service: ServiceRecord, { view }: TaskRecord, rollout: Rollout) {
    const failed = view.stopCode === 'TaskFailedToStart' || view.stopCode === 'EssentialContainerExited';
    if (view.startedAt || !failed) return;
    if (countFailedStart(service, rollout) !== 3) return;
    tellService(world, service, messages.impaired);
    events.service(service, 'SERVICE_TASK_START_IMPAIRED');
  }

  /** Answers how many rounds have failed, if this is the first failure of one more. */
  function countFailedStart(service: ServiceRecord, rollout: Rollout): number | undefined {
    if (rollout.breaker.stage === 1) rollout.failedTasks += 1;
    sight(service, rollout, 'failed to start');
    if (clock.now() < rollout.throttle.until) return undefined;
    const rounds = rollout.throttle.rounds + 1;
    rollout.throttle = { rounds, until: clock.now() + restartDelay(rounds, pace) * 1000 };
    return rounds;
  }

  function tellStall(service: ServiceRecord, rollout: Rollout, stalled: boolean) {
    if (stalled && !rollout.stallTold) tellService(world, service, messages.stalled);
    rollout.stallTold = stalled;
  }

  /** Those of `kept` revisions stay, also while they have no task. */
  function dropEmptyRollouts(service: ServiceRecord, kept: ReadonlySet<Revision> = new Set()) {
    const tasks = store.presentTasks(service);
    const first = firstOfEach(service.rollouts);
    service.rollouts = service.rollouts.filter(
      (rollout, place) =>
        place === 0 ||
        (kept.has(rollout.revision) && first.includes(rollout)) ||
        tasks.some((task) => task.rollout === rollout),
    );
  }

  function tellSteadiness(service: ServiceRecord, steady: boolean) {
    if (steady && !service.steady) {
      tellService(world, service, messages.steady);
      events.service(service, 'SERVICE_STEADY_STATE');
    }
    service.steady = steady;
  }

  return { wake };
}

/** After a rollback a revision has two: the newer one has the tasks. */
const firstOfEach = (rollouts: readonly Rollout[]) =>
  rollouts.filter(({ revision }, place) => rollouts.findIndex((one) => one.revision === revision) === place);
