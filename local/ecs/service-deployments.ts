/** From one status of a service deployment to the next: begun, completed, failed, rolled back, stopped, replaced. */

import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import { freshBreaker, threshold } from './circuit-breaker.ts';
import { revisionSummary } from './counts.ts';
import { conflict } from './errors.ts';
import { pin } from './images.ts';
import { applyWeights, forwardTo, resolved } from './listener-rules.ts';
import type { FailureCause, Revision, Rollout, ServiceDeploymentRecord, ServiceRecord } from './model.ts';
import { ecsArn } from './names.ts';
import { messages, tellService } from './service-events.ts';
import { shiftsTraffic } from './stages.ts';
import type { Store } from './store.ts';
import type { TrafficShifts } from './traffic-shift.ts';
import type { World } from './world.ts';

export interface ServiceDeployments {
  /** Starts one of what the service is set to now; whatever is under way is replaced. Not repeatable: each call is a new one. */
  start(service: ServiceRecord): ServiceDeploymentRecord;
  complete(service: ServiceRecord, rollout: Rollout): void;
  /** The circuit breaker tripped, or one of the deployment's alarms fired. */
  fail(service: ServiceRecord, rollout: Rollout, cause: FailureCause): void;
  /** A shift of traffic is to be taken back, for the reason that is told. */
  failShift(service: ServiceRecord, deployment: ServiceDeploymentRecord, why: string): void;
  /** Neither there nor back. */
  failRollback(service: ServiceRecord, deployment: ServiceDeploymentRecord, back: Rollout, why: string): void;
  /** StopServiceDeployment. Throws ConflictException for one that has ended or is rolled back already. */
  requestRollback(service: ServiceRecord, deployment: ServiceDeploymentRecord): void;
}

export const reasons = {
  inProgress: (deploymentId: string) => `ECS deployment ${deploymentId} in progress.`,
  completed: (deploymentId: string) => `ECS deployment ${deploymentId} completed.`,
  failed: {
    'circuit breaker': 'ECS deployment circuit breaker: tasks failed to start.',
    alarm: 'ECS deployment failed: alarm detected.',
  },
  rollingBack: (cause: FailureCause, deploymentId: string) =>
    `ECS deployment ${cause}: rolling back to deploymentId ${deploymentId}.`,
  because: {
    'circuit breaker': 'because the circuit breaker threshold was exceeded.',
    alarm: 'because one or more CloudWatch alarms were in the ALARM state.',
  },
  requestedRollback: 'Service deployment rolled back because of a user request.',
  noCandidate: 'No rollback candidate was found to run the rollback.',
  replaced: 'Service deployment stopped because a new service deployment was started.',
};

const rollsBackOn = (cause: FailureCause, { configuration }: ServiceDeploymentRecord) =>
  (cause === 'alarm' ? configuration.alarms : configuration.deploymentCircuitBreaker)?.rollback === true;

export const terminal: readonly ServiceDeploymentStatus[] = [
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
];

/** `wake` asks the scheduler to look at the service. */
export function serviceDeployments(
  world: World,
  store: Store,
  wake: (service: ServiceRecord) => void,
  shifts: Pick<TrafficShifts, 'begin' | 'takeBack'>,
): ServiceDeployments {
  const { clock, ids, events, pace } = world;
  const now = () => new Date(clock.now());
  const soon = (run: () => void) => clock.after(pace.schedulingSeconds * 1000, run);

  function newRollout(revision: Revision, serviceDeployment: ServiceDeploymentRecord): Rollout {
    const deploymentId = `ecs-svc/${ids.long()}`;
    return {
      deploymentId,
      revision,
      serviceDeployment,
      state: 'IN_PROGRESS',
      reason: reasons.inProgress(deploymentId),
      createdAt: now(),
      updatedAt: now(),
      begun: false,
      breaker: freshBreaker,
      failedTasks: 0,
      throttle: { rounds: 0, until: 0 },
      stallTold: false,
    };
  }

  function move(deployment: ServiceDeploymentRecord, status: ServiceDeploymentStatus, reason?: string) {
    deployment.status = status;
    deployment.updatedAt = now();
    if (reason) deployment.statusReason = reason;
  }

  function end(
    service: ServiceRecord,
    deployment: ServiceDeploymentRecord,
    status: ServiceDeploymentStatus,
    reason?: string,
  ) {
    move(deployment, status, reason);
    deployment.finishedAt = now();
    if (status === 'STOPPED') deployment.stoppedAt = now();
    const tasks = store.presentTasks(service);
    deployment.lastCounts = {
      sources: deployment.sources.map((revision) => revisionSummary(service, revision, tasks)),
      target: revisionSummary(service, deployment.target, tasks),
      threshold: threshold(deployment.configuration.deploymentCircuitBreaker, service.desiredCount),
    };
  }

  function settle(rollout: Rollout, state: Rollout['state'], reason: string) {
    rollout.state = state;
    rollout.reason = reason;
    rollout.updatedAt = now();
  }

  function start(service: ServiceRecord) {
    const [replaced] = service.rollouts;
    if (replaced && !terminal.includes(replaced.serviceDeployment.status)) {
      end(service, replaced.serviceDeployment, 'STOPPED', reasons.replaced);
    }
    const shifting = shiftsTraffic(service.deploymentConfiguration);
    const blue = servingRevision(service);
    const revision: Revision = {
      arn: ecsArn(world.place, `service-revision/${service.cluster.name}/${service.name}/${ids.long()}`),
      createdAt: now(),
      definition: service.definition,
      settings: { ...service.settings },
      loadBalancers: resolved(service.settings, blue, shifting),
      images: new Map(),
    };
    const deployment: Omit<ServiceDeploymentRecord, 'rollout'> = {
      arn: ecsArn(world.place, `service-deployment/${service.cluster.name}/${service.name}/${ids.short()}`),
      status: 'PENDING',
      createdAt: now(),
      updatedAt: now(),
      sources: [...new Set(service.rollouts.map((rollout) => rollout.revision))],
      target: revision,
      configuration: service.deploymentConfiguration,
      ...(shifting && {
        shift: {
          testWeight: 0,
          productionWeight: 0,
          ...(blue && { blue }),
          wanted: new Set(blue ? [blue] : []),
          hooks: [],
        },
      }),
    };
    // The two hold each other; the next line makes it whole.
    const record = deployment as ServiceDeploymentRecord;
    record.rollout = newRollout(revision, record);
    service.revisions.push(revision);
    service.rollouts.unshift(record.rollout);
    service.serviceDeployments.unshift(record);
    soon(() => begin(service, record));
    return record;
  }

  function begin(service: ServiceRecord, deployment: ServiceDeploymentRecord) {
    // It may have been replaced, or asked to roll back, while it was PENDING: then it never begins.
    if (deployment.status !== 'PENDING') return;
    for (const container of deployment.target.definition.containerDefinitions) {
      // Each task asks anew what the tag stands for.
      if (container.versionConsistency === 'disabled') continue;
      try {
        deployment.target.images.set(container.name, pin(world.images, container));
      } catch {
        // The task that needs it will fail to start with the reason, which is what the circuit breaker counts.
      }
    }
    move(deployment, 'IN_PROGRESS');
    deployment.startedAt = now();
    deployment.rollout.begun = true;
    service.currentServiceDeployment = deployment;
    events.deployment(service, deployment.rollout);
    const { shift, target } = deployment;
    if (!shift) {
      // What a shift that was broken off has moved.
      forwardTo(world.listenerRules, target);
      wake(service);
      return;
    }
    if (shift.blue) applyWeights(world.listenerRules, target, shift);
    wake(service);
    shifts.begin(service, deployment);
  }

  function rollBack(service: ServiceRecord, deployment: ServiceDeploymentRecord, why: string, told?: string) {
    const candidate = deployment.shift ? shiftedFrom(service, deployment) : service.completed;
    if (!candidate) {
      const [primary] = service.rollouts;
      if (primary && primary.state === 'IN_PROGRESS') {
        settle(primary, 'FAILED', why);
        // Also one that was still PENDING: the scheduler goes on with what is there, and starts nothing more.
        primary.begun = true;
        events.deployment(service, primary);
      }
      end(service, deployment, 'ROLLBACK_FAILED', reasons.noCandidate);
      wake(service);
      return;
    }
    delete service.completed;
    const back = newRollout(candidate.revision, deployment);
    back.begun = true;
    if (told) back.reason = told;
    service.rollouts.unshift(back);
    service.definition = candidate.revision.definition;
    service.settings = { ...candidate.revision.settings };
    // Tasks of the revision that is wanted again are kept; they count for the new deployment from now on.
    for (const { record } of store.tasks.values()) {
      if (record.rollout?.revision === candidate.revision) record.rollout = back;
    }
    move(deployment, 'ROLLBACK_IN_PROGRESS', why);
    deployment.rollback = { reason: why, startedAt: now(), serviceRevisionArn: candidate.revision.arn };
    service.currentServiceDeployment = deployment;
    tellService(world, service, messages.rollingBack(candidate.deploymentId));
    events.deployment(service, back);
    wake(service);
    if (deployment.shift) shifts.takeBack(service, deployment, back);
  }

  return {
    start,
    complete(service, rollout) {
      settle(rollout, 'COMPLETED', reasons.completed(rollout.deploymentId));
      service.completed = rollout;
      const deployment = rollout.serviceDeployment;
      end(
        service,
        deployment,
        deployment.status === 'ROLLBACK_IN_PROGRESS' ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL',
      );
      tellService(world, service, messages.completed(rollout.deploymentId));
      events.deployment(service, rollout);
    },
    fail(service, rollout, cause) {
      const deployment = rollout.serviceDeployment;
      deployment.failedBy ??= cause;
      settle(rollout, 'FAILED', reasons.failed[cause]);
      tellService(world, service, messages.failed(rollout.deploymentId, cause));
      events.deployment(service, rollout);
      if (deployment.status === 'ROLLBACK_IN_PROGRESS') {
        end(service, deployment, 'ROLLBACK_FAILED', reasons.noCandidate);
      } else if (rollsBackOn(cause, deployment)) {
        const told = service.completed && reasons.rollingBack(cause, service.completed.deploymentId);
        rollBack(service, deployment, `Service deployment rolled back ${reasons.because[cause]}`, told);
      } else {
        end(service, deployment, 'STOPPED', `Service deployment stopped ${reasons.because[cause]}`);
      }
    },
    failShift(service, deployment, why) {
      const { rollout } = deployment;
      settle(rollout, 'FAILED', why);
      tellService(world, service, messages.failedBecause(rollout.deploymentId, why));
      events.deployment(service, rollout);
      rollBack(service, deployment, why);
    },
    failRollback(service, deployment, back, why) {
      settle(back, 'FAILED', why);
      tellService(world, service, messages.failedBecause(back.deploymentId, why));
      events.deployment(service, back);
      end(service, deployment, 'ROLLBACK_FAILED', why);
      wake(service);
    },
    requestRollback(service, deployment) {
      if (deployment.status !== 'PENDING' && deployment.status !== 'IN_PROGRESS') {
        throw conflict(`Service deployment can't be stopped because its status is ${deployment.status}.`);
      }
      move(deployment, 'ROLLBACK_REQUESTED', reasons.requestedRollback);
      soon(() => {
        if (deployment.status === 'ROLLBACK_REQUESTED')
          rollBack(service, deployment, reasons.requestedRollback);
      });
    },
  };
}

/** What users reach: what was completed last, or is gone back to; else what has been there longest. */
function servingRevision({ completed, rollouts }: ServiceRecord): Revision | undefined {
  if (completed) return completed.revision;
  const [newest] = rollouts;
  return newest?.serviceDeployment.rollback ? newest.revision : rollouts.at(-1)?.revision;
}

/** Where a shift goes back to, as if that had a deployment of its own: only its id is told. */
function shiftedFrom({ rollouts, completed }: ServiceRecord, { shift }: ServiceDeploymentRecord) {
  const known = [...rollouts, ...(completed ? [completed] : [])];
  const own = known.find(({ revision }) => revision === shift?.blue);
  return shift?.blue && { deploymentId: own?.deploymentId ?? '', revision: shift.blue };
}
