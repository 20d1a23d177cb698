/** CreateCluster and DescribeClusters. */

import type { CreateClusterRequest, DescribeClustersRequest } from '@aws-sdk/client-ecs';
import type { Operation } from '../../aws-service.ts';
import { counts } from '../counts.ts';
import type { Cluster } from '../model.ts';
import { ecsArn, lastPart } from '../names.ts';
import type { Store } from '../store.ts';

export function clusterOperations(store: Store): Record<string, Operation> {
  const view = ({ name, arn, tags }: Cluster, include: string[]) => {
    const tasks = [...store.tasks.values()]
      .map(({ record }) => record)
      .filter(({ cluster }) => cluster.name === name);
    const { runningCount, pendingCount } = counts(tasks);
    return {
      clusterArn: arn,
      clusterName: name,
      status: 'ACTIVE',
      registeredContainerInstancesCount: 0,
      runningTasksCount: runningCount,
      pendingTasksCount: pendingCount,
      activeServicesCount: store.services
        .values()
        .filter(({ cluster }) => cluster.name === name)
        .toArray().length,
      statistics: [],
      tags: include.includes('TAGS') ? tags : [],
      settings: [{ name: 'containerInsights', value: 'disabled' }],
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    };
  };
  return {
    /** May be repeated: a cluster that exists is answered. */
    CreateCluster({ clusterName = 'default', tags = [] }: CreateClusterRequest) {
      const cluster = store.clusters.get(clusterName) ?? {
        name: clusterName,
        arn: ecsArn(store.place, `cluster/${clusterName}`),
        tags,
      };
      store.clusters.set(clusterName, cluster);
      return { cluster: view(cluster, ['TAGS']) };
    },

    DescribeClusters({ clusters = ['default'], include = [] }: DescribeClustersRequest) {
      const asked = clusters.map((name) => ({ name, found: store.clusters.get(lastPart(name)) }));
      return {
        clusters: asked.flatMap(({ found }) => (found ? [view(found, include)] : [])),
        failures: asked
          .filter(({ found }) => !found)
          .map(({ name }) => ({
            arn: name.startsWith('arn:') ? name : ecsArn(store.place, `cluster/${name}`),
            reason: 'MISSING',
          })),
      };
    },
  };
}
