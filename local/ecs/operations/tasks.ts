/** RunTask, StopTask, ListTasks, DescribeTasks. */

import { isDeepStrictEqual } from 'node:util';
import type {
  DescribeTasksRequest,
  ListTasksRequest,
  RunTaskRequest,
  StopTaskRequest,
} from '@aws-sdk/client-ecs';
import type { Operation } from '../../aws-service.ts';
import { copyOf } from '../../copy.ts';
import { nextProvider } from '../capacity-providers.ts';
import { conflict, invalidParameter } from '../errors.ts';
import type { Cluster, TaskRecord } from '../model.ts';
import { ecsArn, lastPart } from '../names.ts';
import { pageOfArns } from '../page.ts';
import { checkFargate } from '../service-request.ts';
import type { Store } from '../store.ts';
import type { TaskDefinitions } from '../task-definitions.ts';
import { type LiveTask, launch } from '../task-runner.ts';
import type { World } from '../world.ts';

export function taskOperations(
  world: World,
  store: Store,
  definitions: TaskDefinitions,
): Record<string, Operation> {
  const tokens = new Map<string, { request: RunTaskRequest; taskArns: string[] }>();

  const taskOf = (name: string, cluster: Cluster) => {
    const arn = name.startsWith('arn:') ? name : ecsArn(store.place, `task/${cluster.name}/${name}`);
    const found = store.tasks.get(arn);
    return found?.record.cluster.name === cluster.name ? found : undefined;
  };
  const viewOf = ({ view }: TaskRecord, include: string[] = []) => {
    const { tags, ...rest } = copyOf(view);
    return { ...rest, tags: include.includes('TAGS') ? (tags ?? []) : [] };
  };

  return {
    /** With a `clientToken`, a repeated call answers the tasks of the first one. */
    RunTask(input: RunTaskRequest) {
      const request = copyOf(input);
      const cluster = store.cluster(request.cluster);
      const before = request.clientToken === undefined ? undefined : tokens.get(request.clientToken);
      if (before && !isDeepStrictEqual(before.request, request)) {
        throw conflict('The client token was used before with other parameters.', before.taskArns);
      }
      if (before) {
        const tasks = before.taskArns.flatMap((arn) => store.tasks.get(arn) ?? []);
        return { tasks: tasks.map(({ record }) => viewOf(record, ['TAGS'])), failures: [] };
      }

      const { count = 1, overrides = {}, startedBy } = request;
      if (count < 1 || count > 10) throw invalidParameter('Count must be between 1 and 10.');
      if ((startedBy?.length ?? 0) > 128) throw invalidParameter('startedBy must be at most 128 characters.');
      const definition = definitions.active(request.taskDefinition ?? '');
      checkFargate(definition, request);
      for (const { name } of overrides.containerOverrides ?? []) {
        if (!definition.containerDefinitions.some((container) => container.name === name)) {
          throw invalidParameter(
            `Override for container named ${name} is not a container in the TaskDefinition.`,
          );
        }
      }

      const placed = world.placement.room(count);
      const tasks: LiveTask[] = [];
      while (tasks.length < placed) {
        const providers = tasks.map(({ record }) => record.view.capacityProviderName);
        const task = launch(world, {
          cluster,
          definition,
          group: request.group ?? `family:${definition.family}`,
          startedBy,
          overrides,
          loadBalancers: [],
          images: new Map(),
          capacityProviderName: nextProvider(request.capacityProviderStrategy, providers),
          platformVersion: request.platformVersion,
          networkConfiguration: request.networkConfiguration,
          enableExecuteCommand: request.enableExecuteCommand ?? false,
          tags: request.tags ?? [],
          changed(task, status) {
            if (status === 'STOPPED') store.forgetLater(task);
          },
        });
        tasks.push(task);
      }
      for (const task of tasks) store.tasks.set(task.record.view.taskArn, task);
      // What started nothing may be tried again.
      if (request.clientToken && placed > 0) {
        tokens.set(request.clientToken, {
          request,
          taskArns: tasks.map(({ record }) => record.view.taskArn),
        });
      }
      const failures = Array.from({ length: count - placed }, () => ({ reason: world.placement.message }));
      return { tasks: tasks.map(({ record }) => viewOf(record, ['TAGS'])), failures };
    },

    StopTask({ cluster, task = '', reason }: StopTaskRequest) {
      const found = taskOf(task, store.cluster(cluster));
      if (!found) throw invalidParameter('The referenced task was not found.');
      found.stop('UserInitiated', reason ?? 'Task stopped by user');
      return { task: viewOf(found.record) };
    },

    ListTasks(input: ListTasksRequest) {
      const { desiredStatus, family, launchType, serviceName, startedBy } = input;
      const cluster = store.cluster(input.cluster);
      if (startedBy !== undefined && (desiredStatus ?? family ?? launchType ?? serviceName) !== undefined) {
        throw invalidParameter('startedBy must be the only filter.');
      }
      const service = serviceName === undefined ? undefined : store.service(serviceName, input.cluster);
      const found = [...store.tasks.values()]
        .map(({ record }) => record)
        .filter(({ view }) => view.clusterArn === cluster.arn)
        .filter(({ view }) => view.desiredStatus === (desiredStatus ?? 'RUNNING'))
        .filter(({ view }) => startedBy === undefined || view.startedBy === startedBy)
        .filter(({ view }) => launchType === undefined || view.launchType === launchType)
        .filter(({ definition }) => family === undefined || definition.family === family)
        .filter(({ rollout }) => !service || (rollout && service.revisions.includes(rollout.revision)))
        .map(({ view }) => view.taskArn);
      // AWS promises no order. By ARN, and so never by age: nobody may take the first for the newest.
      const { items, ...rest } = pageOfArns(found, pageAsked(input));
      return { taskArns: items, ...rest };
    },

    DescribeTasks({ cluster, tasks = [], include = [] }: DescribeTasksRequest) {
      if (tasks.length === 0) throw invalidParameter('Tasks cannot be empty.');
      if (tasks.length > 100) throw invalidParameter('Tasks must be at most 100.');
      const where = store.cluster(cluster);
      const asked = tasks.map((name) => ({ name, found: taskOf(name, where) }));
      return {
        tasks: asked.flatMap(({ found }) => (found ? [viewOf(found.record, include)] : [])),
        failures: asked
          .filter(({ found }) => !found)
          .map(({ name }) => ({
            arn: ecsArn(store.place, `task/${where.name}/${lastPart(name)}`),
            reason: 'MISSING',
          })),
      };
    },
  };
}

const pageAsked = ({ maxResults, nextToken }: ListTasksRequest) => ({
  ...(maxResults !== undefined && { maxResults }),
  ...(nextToken !== undefined && { nextToken }),
});
