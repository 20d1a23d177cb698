/** Where clusters, services and tasks are found, by all the names that AWS accepts for them. */

import type { Place } from '../../core/place.ts';
import type { Clock } from '../clock.ts';
import { clusterNotFound, serviceNotFound } from './errors.ts';
import type { Cluster, ServiceRecord, TaskRecord } from './model.ts';
import { lastPart } from './names.ts';
import type { LiveTask } from './task-runner.ts';

export interface Store {
  place: Place;
  clusters: Map<string, Cluster>;
  /** By ARN. */
  services: Map<string, ServiceRecord>;
  /** By ARN, oldest first. */
  tasks: Map<string, LiveTask>;
  /** Throws ClusterNotFoundException. The cluster is `default` where none is named. */
  cluster(nameOrArn?: string): Cluster;
  /** Throws ClusterNotFoundException or ServiceNotFoundException. */
  service(nameOrArn: string, cluster?: string): ServiceRecord;
  findService(nameOrArn: string, cluster: Cluster): ServiceRecord | undefined;
  /** Those of the service whose containers exist or may still come to be, oldest first. */
  presentTasks(service: ServiceRecord): TaskRecord[];
  /** Drops a task that has stopped in an hour: AWS shows it at least that long. */
  forgetLater(task: TaskRecord): void;
}

const stoppedTasksKeptMs = 3_600_000;

export function store(clock: Clock, place: Place): Store {
  const clusters: Store['clusters'] = new Map();
  const services: Store['services'] = new Map();
  const tasks: Store['tasks'] = new Map();

  function cluster(nameOrArn = 'default') {
    const found = clusters.get(lastPart(nameOrArn));
    if (!found || (nameOrArn.startsWith('arn:') && found.arn !== nameOrArn)) throw clusterNotFound();
    return found;
  }
  function findService(nameOrArn: string, { name }: Cluster) {
    return services
      .values()
      .find((one) => one.cluster.name === name && [one.name, one.arn].includes(nameOrArn));
  }
  return {
    place,
    clusters,
    services,
    tasks,
    cluster,
    findService,
    service(nameOrArn, clusterName) {
      const found = findService(nameOrArn, cluster(clusterName));
      if (!found) throw serviceNotFound();
      return found;
    },
    presentTasks(service) {
      return [...tasks.values()]
        .map(({ record }) => record)
        .filter(({ rollout }) => rollout && service.revisions.includes(rollout.revision))
        .filter(({ view }) => view.lastStatus !== 'DEPROVISIONING' && view.lastStatus !== 'STOPPED');
    },
    forgetLater({ view }) {
      clock.after(stoppedTasksKeptMs, () => tasks.delete(view.taskArn));
    },
  };
}
