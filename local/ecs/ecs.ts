/** Amazon ECS in memory: the model behind the API, with real tasks behind the model. */

import type { CreateServiceRequest, Service } from '@aws-sdk/client-ecs';
import type { Place } from '../../core/place.ts';
import type { AwsService } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import type { Publish } from '../cloudwatch/metric-store.ts';
import type { TaskEngine } from '../engine/engine.ts';
import type { ImageSource } from '../engine/image-source.ts';
import type { Emit } from '../event.ts';
import type { ListenerRule, TargetGroup } from '../load-balancer/target-group.ts';
import { ecsEvents } from './events.ts';
import { lifecycleHooks } from './lifecycle-hooks.ts';
import { ids } from './names.ts';
import { elsewhere } from './not-run.ts';
import { clusterOperations } from './operations/clusters.ts';
import { serviceDeploymentOperations } from './operations/service-deployments.ts';
import { type Parts as ServiceParts, serviceOperations, showService } from './operations/services.ts';
import { taskDefinitionOperations } from './operations/task-definitions.ts';
import { taskOperations } from './operations/tasks.ts';
import { awsPace, type Pace } from './pace.ts';
import { type Capacity, placement } from './placement.ts';
import { type RollingUpdate, rollingUpdate } from './rolling.ts';
import { type ServiceDeployments, serviceDeployments, terminal } from './service-deployments.ts';
import { store as newStore } from './store.ts';
import { taskDefinitions } from './task-definitions.ts';
import { timers } from './timers.ts';
import { type TrafficShifts, trafficShifts } from './traffic-shift.ts';
import { awsPublication, type Publication, utilization } from './utilization.ts';
import type { World } from './world.ts';

export interface EcsOptions {
  /** Of its ARNs. */
  place: Place;
  clock: Clock;
  emit: Emit;
  engine: TaskEngine;
  images: ImageSource;
  targetGroups: (arn: string) => TargetGroup | undefined;
  /** Of load balancers whose traffic can be shifted. */
  listenerRules?: (arn: string) => ListenerRule | undefined;
  /** Lambda: the payload of a function, also of one that threw. Rejects where there is none; without it, there are no functions. */
  invoke?: (functionArn: string, payload: unknown) => Promise<unknown>;
  /** What containers with the `awslogs` driver write: group, stream, line. */
  logs?: (group: string, stream: string, line: string) => void;
  /** The value behind a container's `secrets[].valueFrom`. Without it, a task that has secrets fails to start. */
  secrets?: (valueFrom: string) => string | undefined;
  /** Which of these CloudWatch alarms are in ALARM now: what DescribeAlarms says. Without it, none ever is. */
  alarmsFiring?: (names: readonly string[]) => string[];
  /** CloudWatch: what tasks of services use. Without it, nobody is told. */
  publish?: Publish | undefined;
  /** As AWS publishes where nothing else is said. */
  publication?: Publication | undefined;
  /** From 0 to below 1, as `Math.random`. */
  random: () => number;
  /** As slow as AWS where nothing else is said. */
  pace?: Partial<Pace>;
}

export interface Ecs {
  readonly service: AwsService;
  /** Answers its ARN. */
  createCluster(name: string): string;
  /** CreateService. One that AWS would run by another controller, as a DAEMON or on instances is shown, but not run. */
  createService(request: CreateServiceRequest): Service;
  /** Where a container port of a running task is reached on 127.0.0.1. */
  portOf(taskArn: string, containerPort: number): number | undefined;
  /** ARNs of the roles that a task definition gives to its tasks; none where there is no such definition. */
  rolesOf(taskDefinition: string): string[];
  /**
   * As Application Auto Scaling does it. Answers whether it did: while a deployment is in progress, it only scales out.
   * Throws ServiceNotFoundException.
   */
  scale(service: { cluster: string; service: string; desiredCount: number }): boolean;
  /** Takes the Spot capacity of a running task back, as AWS does it: nothing is drained. */
  interruptSpot(taskArn: string): void;
  /** From now on no more tasks are placed than this; `undefined` is the endless capacity that there is at first. */
  setCapacity(capacity: Capacity | undefined): void;
  /** Ends every container; from now on nothing is started or told. Resolves when the last one has ended. May be repeated. */
  stopAll(): Promise<void>;
}

export function ecs(options: EcsOptions): Ecs {
  const clock = timers(options.clock);
  let open = true;
  const emit: Emit = (event) => {
    if (open) options.emit(event);
  };
  const { place } = options;
  const store = newStore(clock, place);
  const world: World = {
    place,
    clock,
    pace: { ...awsPace, ...options.pace },
    ids: ids(options.random),
    events: ecsEvents(clock, emit),
    engine: options.engine,
    images: options.images,
    targetGroups: options.targetGroups,
    listenerRules: options.listenerRules ?? (() => undefined),
    invoke:
      options.invoke ?? ((functionArn) => Promise.reject(new Error(`Function not found: ${functionArn}`))),
    secrets: options.secrets ?? (() => undefined),
    placement: placement(store),
    alarmsFiring: options.alarmsFiring ?? (() => []),
    logs: options.logs ?? (() => {}),
  };
  const definitions = taskDefinitions();
  if (options.publish) utilization(store, clock, options.publish, options.publication ?? awsPublication);
  const hooks = lifecycleHooks(world);
  const shifts: TrafficShifts = trafficShifts(world, {
    hooks,
    wake: (service) => rolling.wake(service),
    deployments: () => deployments,
  });
  const rolling: RollingUpdate = rollingUpdate(world, store, () => deployments, shifts);
  const deployments: ServiceDeployments = serviceDeployments(world, store, rolling.wake, shifts);

  const serviceParts: ServiceParts = {
    now: () => clock.now(),
    store,
    definitions,
    deployments,
    wake: rolling.wake,
    targetGroups: options.targetGroups,
    listenerRules: world.listenerRules,
  };
  const operations: AwsService['operations'] = {
    ...taskDefinitionOperations(clock, place, definitions),
    ...clusterOperations(store),
    ...serviceOperations(serviceParts),
    ...taskOperations(world, store, definitions),
    ...serviceDeploymentOperations(store, deployments, hooks),
  };

  return {
    service: { target: 'AmazonEC2ContainerServiceV20141113', operations },
    createCluster(name) {
      operations.CreateCluster?.({ clusterName: name });
      return store.cluster(name).arn;
    },
    createService(request) {
      const kind = elsewhere(request);
      if (kind) return showService(serviceParts, request, kind);
      const answer = operations.CreateService?.(request) as { service: Service };
      return answer.service;
    },
    rolesOf(taskDefinition) {
      const { taskRoleArn, executionRoleArn } = definitions.find(taskDefinition)?.definition ?? {};
      return [taskRoleArn, executionRoleArn].filter((role) => role !== undefined);
    },
    portOf: (taskArn, containerPort) => store.tasks.get(taskArn)?.record.ports.get(containerPort),
    scale({ cluster, service: name, desiredCount }) {
      const service = store.service(name, cluster);
      const deploying = service.serviceDeployments.some(({ status }) => !terminal.includes(status));
      if (service.elsewhere || (deploying && desiredCount < service.desiredCount)) return false;
      service.desiredCount = desiredCount;
      world.events.service(service, 'SERVICE_DESIRED_COUNT_UPDATED');
      rolling.wake(service);
      return true;
    },
    interruptSpot(taskArn) {
      store.tasks.get(taskArn)?.stop('SpotInterruption', 'Your Spot Task was interrupted.');
    },
    setCapacity: world.placement.set,
    async stopAll() {
      open = false;
      clock.close();
      await Promise.all(store.tasks.values().map((task) => task.end()));
    },
  };
}
