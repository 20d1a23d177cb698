/** ListServiceDeployments, DescribeServiceDeployments, DescribeServiceRevisions, Stop- and ContinueServiceDeployment. */

import type {
  ContinueServiceDeploymentRequest,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  StopServiceDeploymentRequest,
} from '@aws-sdk/client-ecs';
import type { Operation } from '../../aws-service.ts';
import { conflict, invalidParameter, serviceDeploymentNotFound } from '../errors.ts';
import type { LifecycleHooks } from '../lifecycle-hooks.ts';
import { page } from '../page.ts';
import { briefView, deploymentView, revisionView } from '../service-deployment-view.ts';
import { type ServiceDeployments, terminal } from '../service-deployments.ts';
import type { Store } from '../store.ts';

/** Times come as epoch seconds from the wire, and as `Date` from a caller in the same process. */
interface ListRequest {
  service?: string;
  cluster?: string;
  status?: string[];
  createdAt?: { before?: number | Date; after?: number | Date };
  maxResults?: number;
  nextToken?: string;
}

export function serviceDeploymentOperations(
  store: Store,
  deployments: ServiceDeployments,
  hooks: Pick<LifecycleHooks, 'answer'>,
): Record<string, Operation> {
  const all = () =>
    store.services
      .values()
      .flatMap((service) => service.serviceDeployments.map((deployment) => ({ service, deployment })));
  const find = (arn: string) => all().find(({ deployment }) => deployment.arn === arn);
  const findRevision = (arn: string) =>
    store.services
      .values()
      .flatMap((service) => service.revisions.map((revision) => ({ service, revision })))
      .find(({ revision }) => revision.arn === arn);

  return {
    ListServiceDeployments(input: ListRequest) {
      const service = store.service(input.service ?? '', input.cluster);
      const { before, after } = input.createdAt ?? {};
      const found = service.serviceDeployments
        .filter(({ status }) => !input.status?.length || input.status.includes(status))
        .filter(({ createdAt }) => before === undefined || createdAt.getTime() < milliseconds(before))
        .filter(({ createdAt }) => after === undefined || createdAt.getTime() > milliseconds(after));
      // Fewer a page than other lists give unless asked.
      const { items, ...rest } = page(found, { maxResults: 20, ...input });
      return { serviceDeployments: items.map((deployment) => briefView(service, deployment)), ...rest };
    },

    DescribeServiceDeployments({ serviceDeploymentArns = [] }: DescribeServiceDeploymentsRequest) {
      checkArns(serviceDeploymentArns, 'serviceDeploymentArns');
      const asked = serviceDeploymentArns.map((arn) => ({ arn, found: find(arn) }));
      return {
        serviceDeployments: asked.flatMap(({ found }) =>
          found ? [deploymentView(store, found.service, found.deployment)] : [],
        ),
        failures: missing(asked),
      };
    },

    DescribeServiceRevisions({ serviceRevisionArns = [] }: DescribeServiceRevisionsRequest) {
      checkArns(serviceRevisionArns, 'serviceRevisionArns');
      const asked = serviceRevisionArns.map((arn) => ({ arn, found: findRevision(arn) }));
      return {
        serviceRevisions: asked.flatMap(({ found }) =>
          found ? [revisionView(found.service, found.revision)] : [],
        ),
        failures: missing(asked),
      };
    },

    StopServiceDeployment({
      serviceDeploymentArn = '',
      stopType = 'ROLLBACK',
    }: StopServiceDeploymentRequest) {
      if (stopType !== 'ROLLBACK') throw invalidParameter('The only valid stopType is ROLLBACK.');
      const found = find(serviceDeploymentArn);
      if (!found) throw serviceDeploymentNotFound();
      deployments.requestRollback(found.service, found.deployment);
      return { serviceDeploymentArn };
    },

    ContinueServiceDeployment({
      serviceDeploymentArn = '',
      hookId = '',
      action = 'CONTINUE',
    }: ContinueServiceDeploymentRequest) {
      const found = find(serviceDeploymentArn);
      if (!found) throw serviceDeploymentNotFound();
      if (terminal.includes(found.deployment.status))
        throw conflict(
          'Continuing a service deployment is not allowed for service deployment in terminal states.',
        );
      if (action !== 'CONTINUE' && action !== 'ROLLBACK')
        throw invalidParameter('Invalid action. Valid values are: CONTINUE, ROLLBACK');
      hooks.answer(found.deployment, hookId, action);
      return { serviceDeploymentArn };
    },
  };
}

const milliseconds = (time: number | Date) => (typeof time === 'number' ? time * 1000 : time.getTime());

const missing = (asked: { arn: string; found: unknown }[]) =>
  asked.filter(({ found }) => !found).map(({ arn }) => ({ arn, reason: 'MISSING' }));

function checkArns(arns: string[], name: string) {
  if (arns.length === 0 || arns.length > 20) throw invalidParameter(`${name} must have 1 to 20 ARNs.`);
}
