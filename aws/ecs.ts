/** ECS, as Tidegate uses it. Reads may be repeated; each effect says what repeating it does. */
import {
  type ConflictException,
  type DeploymentConfiguration,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  type ListServiceDeploymentsCommandInput,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type Service,
  type ServiceDeployment,
  type ServiceDeploymentBrief,
  type ServiceDeploymentStatus,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { ReleaseRejected, Transient } from '../core/errors.ts';
import type { Registered } from '../core/judge/target-groups.ts';
import { waitingIn } from '../core/pause-hook.ts';
import type { SeenService } from '../core/rollback.ts';
import type { DeploymentDetails, SeenDeployment } from '../core/rollout.ts';
import {
  sameDefinition,
  type Tag,
  type TaskDefinition,
  taskDefinitionSchema,
  withImage,
} from '../core/task-definition.ts';
import { calling, isAwsError } from './calling.ts';
import type { ClientMaker } from './client-maker.ts';
import type { EcsService } from './ecs-service.ts';
import type { Means } from './means.ts';
import { perPlace } from './per-place.ts';

export type { Service, Task };

/** Of the place where an environment is. */
export const ecs = (means: Means) => perPlace(means, ecsOf);

const unended = [
  ...(['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED'] as const),
  ...(['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'] as const),
];

interface SeenRevision {
  taskDefinition: string;
  /** Empty, too, while ECS has not resolved them. */
  registered: Registered[];
}

function detailsOf(
  found: ServiceDeployment,
): Pick<SeenDeployment, 'breaker'> & { details: DeploymentDetails } {
  const { deploymentCircuitBreaker, targetServiceRevision: target, sourceServiceRevisions = [] } = found;
  const { failureCount, threshold, status } = deploymentCircuitBreaker ?? {};
  const counts = failureCount !== undefined && threshold !== undefined && status !== 'DISABLED';
  return {
    breaker: counts ? { failureCount, threshold } : undefined,
    details: {
      stage: found.lifecycleStage,
      productionWeight: target?.requestedProductionTrafficWeight ?? 0,
      triggeredAlarms: found.alarms?.triggeredAlarmNames ?? [],
      pauses: waitingIn(found),
      source: sourceServiceRevisions[0]?.arn,
      target: target?.arn,
    },
  };
}

function ecsOf(makeClient: ClientMaker) {
  const client = makeClient(ECSClient, {});
  /** Never retries by itself: UpdateService has no client token. */
  const once = makeClient(ECSClient, { maxAttempts: 1 });
  async function service({ cluster, service: name }: EcsService): Promise<Service> {
    const command = new DescribeServicesCommand({ cluster, services: [name] });
    const { services = [], failures = [] } = await calling('DescribeServices', () => client.send(command));
    const [found] = services;
    if (!found)
      throw new ReleaseRejected(`ECS service ${cluster}/${name}: ${failures[0]?.reason ?? 'MISSING'}`);
    return found;
  }

  /** By ARN, `family:revision`, or a family for its latest revision. */
  async function taskDefinition(
    name: string,
  ): Promise<{ arn: string; definition: TaskDefinition; tags: Tag[] }> {
    const command = new DescribeTaskDefinitionCommand({ taskDefinition: name, include: ['TAGS'] });
    const { taskDefinition: found, tags = [] } = await calling('DescribeTaskDefinition', () =>
      client.send(command),
    );
    return {
      arn: String(found?.taskDefinitionArn),
      definition: taskDefinitionSchema.parse(found),
      // Those of CloudFormation, which nobody else may set.
      tags: tags.flatMap(({ key = '', value = '' }) => (key.startsWith('aws:') ? [] : [{ key, value }])),
    };
  }

  async function tasks(
    cluster: string,
    query: { serviceName?: string; startedBy?: string; desiredStatus?: 'RUNNING' | 'STOPPED' },
  ): Promise<Task[]> {
    const found: Task[] = [];
    let nextToken: string | undefined;
    do {
      const list = new ListTasksCommand({ cluster, ...query, ...(nextToken && { nextToken }) });
      const listed = await calling('ListTasks', () => client.send(list));
      // A page has at most as many as DescribeTasks takes: 100.
      const arns = listed.taskArns ?? [];
      const describe = new DescribeTasksCommand({ cluster, tasks: arns });
      if (arns.length > 0)
        found.push(...((await calling('DescribeTasks', () => client.send(describe))).tasks ?? []));
      nextToken = listed.nextToken;
    } while (nextToken);
    return found;
  }

  /** Service revisions never change: each is asked for once. */
  const revisions = new Map<string, SeenRevision>();
  const maxRevisions = 1000;
  const revisionsACall = 20;

  async function learn(serviceRevisionArns: string[]): Promise<void> {
    if (revisions.size > maxRevisions) revisions.clear();
    const unknown = [...new Set(serviceRevisionArns)].filter((arn) => !revisions.has(arn));
    for (let from = 0; from < unknown.length; from += revisionsACall)
      await learnSome(unknown.slice(from, from + revisionsACall));
  }

  async function learnSome(serviceRevisionArns: string[]): Promise<void> {
    const command = new DescribeServiceRevisionsCommand({ serviceRevisionArns });
    const { serviceRevisions = [] } = await calling('DescribeServiceRevisions', () => client.send(command));
    for (const { serviceRevisionArn, taskDefinition, resolvedConfiguration } of serviceRevisions) {
      const { loadBalancers = [] } = resolvedConfiguration ?? {};
      const registered = loadBalancers.flatMap(
        ({ targetGroupArn: targetGroup, productionListenerRule: listenerRule }) =>
          targetGroup ? [{ targetGroup, listenerRule }] : [],
      );
      if (serviceRevisionArn && taskDefinition)
        revisions.set(serviceRevisionArn, { taskDefinition, registered });
    }
  }

  /** ECS may answer fewer than there are, or none, and say that there are more. */
  async function listDeployments(
    query: ListServiceDeploymentsCommandInput,
    { one = false } = {},
  ): Promise<ServiceDeploymentBrief[]> {
    const found: ServiceDeploymentBrief[] = [];
    let nextToken: string | undefined;
    do {
      const list = new ListServiceDeploymentsCommand({
        ...query,
        maxResults: one ? 1 : 100,
        ...(nextToken && { nextToken }),
      });
      const page = await calling('ListServiceDeployments', () => client.send(list));
      found.push(...(page.serviceDeployments ?? []));
      nextToken = page.nextToken;
    } while (nextToken && !(one && found.length > 0));
    return found;
  }

  const describeDeployments = async (serviceDeploymentArns: string[]): Promise<ServiceDeployment[]> => {
    const command = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns });
    const { serviceDeployments = [] } = await calling('DescribeServiceDeployments', () =>
      client.send(command),
    );
    return serviceDeployments;
  };

  return {
    service,

    /** Ten at most, by name, of one cluster. Those that are not there are left out. */
    async services(cluster: string, names: string[]): Promise<Map<string, Service>> {
      const command = new DescribeServicesCommand({ cluster, services: names });
      const { services = [] } = await calling('DescribeServices', () => client.send(command));
      return new Map(services.map((found) => [String(found.serviceName), found]));
    },

    taskDefinition,
    tasks,

    /** The running service as far as a rollback asks. */
    async seenService(name: EcsService): Promise<SeenService> {
      const { deployments = [], desiredCount = 0 } = await service(name);
      const primary = deployments.find(({ status }) => status === 'PRIMARY');
      return {
        taskDefinitionArn: String(primary?.taskDefinition),
        createdAt: primary?.createdAt?.getTime(),
        rolloutState: primary?.rolloutState,
        runningCount: primary?.runningCount ?? 0,
        desiredCount,
      };
    },

    /** The service deployment that has not ended, of which ECS allows one at a time. */
    async underWay({
      cluster,
      service: name,
    }: EcsService): Promise<{ arn: string; status: string } | undefined> {
      const [found] = await listDeployments({ cluster, service: name, status: [...unended] }, { one: true });
      return found && { arn: String(found.serviceDeploymentArn), status: String(found.status) };
    },

    /** Whether a deployment of the service was brought to a good end, in the 90 days that ECS remembers. */
    async everSuccessful({ cluster, service: name }: EcsService): Promise<boolean> {
      const status = ['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL'] as ServiceDeploymentStatus[];
      return (await listDeployments({ cluster, service: name, status }, { one: true })).length > 0;
    },

    /** The service's deployments since a time (ms), with what each deploys, but not what its circuit breaker counted. */
    async deploymentsSince(
      { cluster, service: name }: EcsService,
      sinceMs: number,
    ): Promise<SeenDeployment[]> {
      const serviceDeployments = await listDeployments({
        cluster,
        service: name,
        createdAt: { after: new Date(sinceMs) },
      });
      await learn(
        serviceDeployments.flatMap(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? []),
      );
      return serviceDeployments.map((deployment) => ({
        arn: String(deployment.serviceDeploymentArn),
        status: String(deployment.status),
        statusReason: deployment.statusReason,
        taskDefinitionArn: revisions.get(deployment.targetServiceRevisionArn ?? '')?.taskDefinition,
        createdAt: deployment.createdAt?.getTime() ?? 0,
        finishedAt: deployment.finishedAt?.getTime(),
        breaker: undefined,
      }));
    },

    /** The same deployments, with what their circuit breakers have counted by now, and how far ECS has come. */
    async withDetails(deployments: SeenDeployment[]): Promise<SeenDeployment[]> {
      const arns = deployments.map(({ arn }) => arn).slice(0, 20);
      if (arns.length === 0) return deployments;
      const described = await describeDeployments(arns);
      return deployments.map((deployment) => {
        const found = described.find(({ serviceDeploymentArn: arn }) => arn === deployment.arn);
        return found ? { ...deployment, ...detailsOf(found) } : deployment;
      });
    },

    /** How a service deployment is doing, and what it deploys; undefined where there is none. */
    async deployment(
      arn: string,
    ): Promise<{ status: string; taskDefinitionArn: string | undefined } | undefined> {
      const [found] = await describeDeployments([arn]);
      if (!found) return undefined;
      const { arn: revision = '' } = found.targetServiceRevision ?? {};
      await learn([revision]);
      return {
        status: String(found.status),
        taskDefinitionArn: revisions.get(revision)?.taskDefinition,
      };
    },

    /** The target groups that a service revision's tasks are in; none without a load balancer. */
    async registered(serviceRevisionArn: string): Promise<Registered[]> {
      if (revisions.get(serviceRevisionArn)?.registered.length === 0) revisions.delete(serviceRevisionArn);
      await learn([serviceRevisionArn]);
      return revisions.get(serviceRevisionArn)?.registered ?? [];
    },

    /**
     * Registers a running revision with another image. Where the family's latest revision has just this content, that
     * one is answered, so a repeated call registers nothing.
     */
    async registerWithImage(runningArn: string, container: string, image: string): Promise<string> {
      const running = await taskDefinition(runningArn);
      const wanted = withImage(running.definition, container, image);
      const latest = await taskDefinition(running.definition.family);
      if (sameDefinition(latest.definition, wanted)) return latest.arn;

      const input = { ...wanted, ...(running.tags.length > 0 && { tags: running.tags }) };
      const command = new RegisterTaskDefinitionCommand(input as RegisterTaskDefinitionCommandInput);
      const { taskDefinition: registered } = await calling('RegisterTaskDefinition', () =>
        once.send(command),
      );
      return String(registered?.taskDefinitionArn);
    },

    /** Deploys a revision. NOT to be repeated without looking first: each call may start a deployment. */
    async deploy({ cluster, service: name }: EcsService, taskDefinitionArn: string): Promise<void> {
      const command = new UpdateServiceCommand({ cluster, service: name, taskDefinition: taskDefinitionArn });
      await calling('UpdateService', () => once.send(command));
    },

    /** Changes how a service is deployed, and nothing else: it starts no deployment. May be repeated. */
    async configure(
      { cluster, service: name }: EcsService,
      deploymentConfiguration: DeploymentConfiguration,
    ): Promise<void> {
      const command = new UpdateServiceCommand({ cluster, service: name, deploymentConfiguration });
      await calling('UpdateService', () => once.send(command));
    },

    /** Asks ECS to take a deployment back. Repeating it does nothing: answers false where there is nothing to stop. */
    async takeBack(serviceDeploymentArn: string): Promise<boolean> {
      const command = new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' });
      try {
        await calling('StopServiceDeployment', () => client.send(command));
        return true;
      } catch (error) {
        if (isAwsError(error, 'ConflictException') || isAwsError(error, 'ServiceDeploymentNotFoundException'))
          return false;
        throw error;
      }
    },

    /**
     * Runs one task like the service's own, with another command. The token makes repeating it harmless, also where the
     * service or the command has been changed meanwhile. Answers why ECS started none, unless that may pass.
     */
    async runOnce(
      { cluster, service: name }: EcsService,
      {
        taskDefinitionArn,
        container,
        command,
        clientToken,
      }: { taskDefinitionArn: string; container: string; command: string[]; clientToken: string },
      mayPass: (failures: string[]) => boolean,
    ): Promise<{ taskArn: string } | { failures: string[] }> {
      const { launchType, capacityProviderStrategy, networkConfiguration, platformVersion } = await service({
        cluster,
        service: name,
      });
      const run = new RunTaskCommand({
        cluster,
        taskDefinition: taskDefinitionArn,
        clientToken,
        startedBy: clientToken.slice(0, 36),
        overrides: { containerOverrides: [{ name: container, command }] },
        ...(launchType && { launchType }),
        ...(capacityProviderStrategy?.length && { capacityProviderStrategy }),
        ...(networkConfiguration && { networkConfiguration }),
        ...(platformVersion && { platformVersion }),
      });
      try {
        const { tasks: started = [], failures = [] } = await calling('RunTask', () => client.send(run));
        const taskArn = started[0]?.taskArn;
        if (taskArn) return { taskArn };
        const reasons = failures.map(({ reason = 'MISSING', detail }) =>
          detail ? `${reason} (${detail})` : reason,
        );
        if (mayPass(reasons)) throw new Transient(`RunTask: ${reasons.join(', ') || 'no task was started'}`);
        return { failures: reasons };
      } catch (error) {
        // The first call with this token was another one, and its task is the one.
        const [taskArn] = isAwsError(error, 'ConflictException')
          ? ((error as ConflictException).resourceIds ?? [])
          : [];
        if (taskArn) return { taskArn };
        throw error;
      }
    },

    /** Repeating it changes nothing. A task that ECS has forgotten needs no stop. */
    async stopTask(cluster: string, task: string, reason: string): Promise<void> {
      try {
        await calling('StopTask', () => client.send(new StopTaskCommand({ cluster, task, reason })));
      } catch (error) {
        if (!isAwsError(error, 'InvalidParameterException')) throw error;
      }
    },

    /** One task; undefined once ECS has forgotten it (an hour after it stopped). */
    async task(cluster: string, taskArn: string): Promise<Task | undefined> {
      const command = new DescribeTasksCommand({ cluster, tasks: [taskArn] });
      return (await calling('DescribeTasks', () => client.send(command))).tasks?.[0];
    },
  };
}
