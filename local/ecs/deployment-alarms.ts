/** The CloudWatch alarms of a service deployment: polled while it is in progress, and once more while it bakes. */

import type { ServiceDeploymentAlarms } from '@aws-sdk/client-ecs';
import type { Rollout, ServiceDeploymentRecord, ServiceRecord } from './model.ts';
import type { World } from './world.ts';

export interface AlarmWatch {
  /** False where one of them was in ALARM when the deployment began: then none is watched, as AWS documents it. */
  monitored: boolean;
  triggered: string[];
  /** Epoch milliseconds; set when nothing is left to do but to wait for an alarm. */
  bakesUntil?: number;
}

export interface DeploymentAlarms {
  /** Whether one has fired. The first look begins the watch; what changes afterwards wakes the service. */
  fired(service: ServiceRecord, rollout: Rollout): boolean;
  /** Whether a deployment that is otherwise done has waited long enough. Wakes the service at the end of that time. */
  baked(service: ServiceRecord, rollout: Rollout): boolean;
}

export function deploymentAlarms(
  { clock, pace, alarmsFiring }: World,
  wake: (service: ServiceRecord) => void,
): DeploymentAlarms {
  // A rollback is not watched: the alarm that led to it is in ALARM when it begins.
  const isWatched = ({ rollout, status, configuration }: ServiceDeploymentRecord, of: Rollout) =>
    configuration.alarms?.enable === true && rollout === of && status === 'IN_PROGRESS';

  function pollLater(service: ServiceRecord, deployment: ServiceDeploymentRecord, watch: AlarmWatch) {
    clock.after(pace.alarmPollSeconds * 1000, () => {
      if (!isWatched(deployment, deployment.rollout)) return;
      watch.triggered = alarmsFiring(namesOf(deployment));
      if (watch.triggered.length > 0) wake(service);
      else pollLater(service, deployment, watch);
    });
  }

  function begin(service: ServiceRecord, deployment: ServiceDeploymentRecord) {
    const watch: AlarmWatch = { monitored: alarmsFiring(namesOf(deployment)).length === 0, triggered: [] };
    deployment.alarms = watch;
    if (watch.monitored) pollLater(service, deployment, watch);
  }

  return {
    fired(service, rollout) {
      const deployment = rollout.serviceDeployment;
      if (!isWatched(deployment, rollout)) return false;
      if (!deployment.alarms) begin(service, deployment);
      return (deployment.alarms?.triggered.length ?? 0) > 0;
    },
    baked(service, rollout) {
      const { alarms } = rollout.serviceDeployment;
      if (!alarms?.monitored || !isWatched(rollout.serviceDeployment, rollout)) return true;
      if (alarms.bakesUntil === undefined) {
        alarms.bakesUntil = clock.now() + pace.alarmBakeSeconds * 1000;
        clock.after(pace.alarmBakeSeconds * 1000, () => wake(service));
      }
      return clock.now() >= alarms.bakesUntil;
    },
  };
}

const namesOf = ({ configuration }: ServiceDeploymentRecord) => configuration.alarms?.alarmNames ?? [];

export function alarmsView(deployment: ServiceDeploymentRecord): ServiceDeploymentAlarms {
  const { alarms, configuration, finishedAt } = deployment;
  const alarmNames = configuration.alarms?.enable ? namesOf(deployment) : [];
  const triggeredAlarmNames = alarms?.triggered ?? [];
  const status = () => {
    if (!configuration.alarms?.enable || alarms?.monitored === false) return 'DISABLED';
    if (triggeredAlarmNames.length > 0) return 'TRIGGERED';
    return finishedAt ? 'MONITORING_COMPLETE' : 'MONITORING';
  };
  return { status: status(), alarmNames, triggeredAlarmNames };
}
