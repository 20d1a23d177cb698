/** Where clusters, services and tasks are found, by all the names that AWS accepts for them. */

import { clusterNotFound, serviceNotFound } from './errors.ts';
import type { Cluster, ServiceRecord, TaskRecord } from './model.ts';
import { lastPart } from './names.ts';
import type { LiveTask } from './task-runner.ts';

export interface Store {
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
  /** Drops stopped tasks an hour after they stopped: AWS shows them at least that long. */
  forgetOldTasks(now: number): void;
}

export function store(): Store {
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
    forgetOldTasks(now) {
      for (const [arn, { record }] of tasks) {
        const { stoppedAt } = record.view;
        if (stoppedAt && stoppedAt.getTime() + 3_600_000 < now) tasks.delete(arn);
      }
    },
  };
}
