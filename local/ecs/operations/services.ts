/** CreateService, UpdateService, DescribeServices, ListServices. */

import { isDeepStrictEqual } from 'node:util';
import type {
  CreateServiceRequest,
  DescribeServicesRequest,
  ListServicesRequest,
  Service,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import type { Operation } from '../../aws-service.ts';
import { copyOf } from '../../copy.ts';
import { invalidParameter } from '../errors.ts';
import type { RevisionSettings, ServiceRecord } from '../model.ts';
import { ecsArn } from '../names.ts';
import { type Elsewhere, refuseElsewhere } from '../not-run.ts';
import { page } from '../page.ts';
import type { ServiceDeployments } from '../service-deployments.ts';
import { checkDesiredCount, checkRevision, checkServiceKind, type Possible } from '../service-request.ts';
import { serviceView } from '../service-view.ts';
import { checkAdvanced, type PossibleShift } from '../shift-request.ts';
import type { Store } from '../store.ts';
import { configurationWith, defaultDeploymentConfiguration } from '../strategy.ts';
import type { TaskDefinitions } from '../task-definitions.ts';

export interface Parts extends Possible, PossibleShift {
  now: () => number;
  store: Store;
  definitions: TaskDefinitions;
  deployments: ServiceDeployments;
  wake(service: ServiceRecord): void;
}

/** A service that AWS would run elsewhere: it is there to be looked at. */
export function showService(parts: Parts, input: CreateServiceRequest, kind: Elsewhere): Service {
  const request = copyOf(input);
  const service = newService(parts, request, {
    name: request.serviceName ?? '',
    definition: parts.definitions.active(request.taskDefinition ?? ''),
    desiredCount: request.desiredCount ?? 1,
    deploymentConfiguration: configurationWith(
      defaultDeploymentConfiguration,
      request.deploymentConfiguration,
    ),
  });
  service.elsewhere = kind;
  parts.store.services.set(service.arn, service);
  return serviceView(parts.store, service, ['TAGS']);
}

type Checked = Pick<ServiceRecord, 'name' | 'definition' | 'desiredCount' | 'deploymentConfiguration'>;

function newService({ store, now }: Parts, request: CreateServiceRequest, checked: Checked): ServiceRecord {
  const cluster = store.cluster(request.cluster);
  return {
    ...checked,
    arn: ecsArn(store.place, `service/${cluster.name}/${checked.name}`),
    cluster,
    createdAt: new Date(now()),
    healthCheckGracePeriodSeconds: request.healthCheckGracePeriodSeconds ?? 0,
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    settings: settingsIn(request),
    tags: request.tags ?? [],
    rollouts: [],
    serviceDeployments: [],
    revisions: [],
    events: [],
    steady: false,
    woken: false,
  };
}

export function serviceOperations(parts: Parts): Record<string, Operation> {
  const { store, definitions, deployments } = parts;
  return {
    CreateService(input: CreateServiceRequest) {
      const request = copyOf(input);
      const cluster = store.cluster(request.cluster);
      const { serviceName: name = '', desiredCount } = request;
      if (!/^[\w-]{1,255}$/.test(name)) throw invalidParameter('Service name is invalid.');
      checkServiceKind(request);
      if (desiredCount === undefined) throw invalidParameter('desiredCount should not be null.');
      checkDesiredCount(desiredCount);
      const deploymentConfiguration = configurationWith(
        defaultDeploymentConfiguration,
        request.deploymentConfiguration,
      );
      const definition = definitions.active(request.taskDefinition ?? '');
      const settings = settingsIn(request);
      checkRevision(definition, settings, parts);
      checkAdvanced(deploymentConfiguration, settings, parts);
      if (store.findService(name, cluster)) throw invalidParameter('Creation of service was not idempotent.');

      const service = newService(parts, request, { name, definition, desiredCount, deploymentConfiguration });
      store.services.set(service.arn, service);
      deployments.start(service);
      return { service: serviceView(store, service, ['TAGS']) };
    },

    /** Has no token: a repeated call with `forceNewDeployment` starts one more deployment. */
    UpdateService(input: UpdateServiceRequest) {
      const request = copyOf(input);
      const service = store.service(request.service ?? '', request.cluster);
      refuseElsewhere(service, request.taskDefinition !== undefined);
      checkDesiredCount(request.desiredCount);
      const deploymentConfiguration = configurationWith(
        service.deploymentConfiguration,
        request.deploymentConfiguration,
      );
      const { taskDefinition } = request;
      const definition =
        taskDefinition === undefined ? service.definition : definitions.active(taskDefinition);
      const settings = { ...service.settings, ...settingsIn(request) };
      // One takes the place of the other.
      if (request.capacityProviderStrategy?.length) delete settings.launchType;
      checkRevision(definition, settings, parts);
      checkAdvanced(deploymentConfiguration, settings, parts);

      const changed =
        definition !== service.definition ||
        !isDeepStrictEqual(startingDeployments(settings), startingDeployments(service.settings));
      service.definition = definition;
      service.settings = settings;
      service.deploymentConfiguration = deploymentConfiguration;
      service.desiredCount = request.desiredCount ?? service.desiredCount;
      service.healthCheckGracePeriodSeconds =
        request.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriodSeconds;
      service.enableExecuteCommand = request.enableExecuteCommand ?? service.enableExecuteCommand;
      if (changed || request.forceNewDeployment) deployments.start(service);
      else parts.wake(service);
      return { service: serviceView(store, service, ['TAGS']) };
    },

    DescribeServices({ cluster, services = [], include = [] }: DescribeServicesRequest) {
      if (services.length === 0) throw invalidParameter('Services cannot be empty.');
      if (services.length > 10) throw invalidParameter('Services must be at most 10.');
      const where = store.cluster(cluster);
      const asked = services.map((name) => ({ name, found: store.findService(name, where) }));
      return {
        services: asked.flatMap(({ found }) => (found ? [serviceView(store, found, include)] : [])),
        failures: asked
          .filter(({ found }) => !found)
          .map(({ name }) => ({
            arn: name.startsWith('arn:') ? name : ecsArn(store.place, `service/${where.name}/${name}`),
            reason: 'MISSING',
          })),
      };
    },

    ListServices(input: ListServicesRequest & { maxResults?: number; nextToken?: string }) {
      const { name } = store.cluster(input.cluster);
      const arns = [...store.services.values()]
        .filter(({ cluster }) => cluster.name === name)
        .map(({ arn }) => arn);
      const { items, ...rest } = page(arns, { maxResults: 10, ...input });
      return { serviceArns: items, ...rest };
    },
  };
}

const settingNames = [
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'networkConfiguration',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const satisfies (keyof RevisionSettings)[];

/** A change of where tasks are placed is for those that are started from now on, and no reason to replace what runs. */
function startingDeployments({ capacityProviderStrategy: _, launchType: __, ...settings }: RevisionSettings) {
  return settings;
}

function settingsIn(request: RevisionSettings): RevisionSettings {
  return Object.fromEntries(
    settingNames.filter((name) => request[name] !== undefined).map((name) => [name, request[name]]),
  );
}
