/** RegisterTaskDefinition, DescribeTaskDefinition, ListTaskDefinitions, DeregisterTaskDefinition. */

import type {
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  ListTaskDefinitionsRequest,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs';
import type { Place } from '../../../core/place.ts';
import type { Operation } from '../../aws-service.ts';
import type { Clock } from '../../clock.ts';
import { copyOf } from '../../copy.ts';
import { clientException } from '../errors.ts';
import { page } from '../page.ts';
import { registered } from '../task-definition.ts';
import type { TaskDefinitions } from '../task-definitions.ts';

export function taskDefinitionOperations(
  clock: Clock,
  place: Place,
  definitions: TaskDefinitions,
): Record<string, Operation> {
  const now = () => new Date(clock.now());
  return {
    RegisterTaskDefinition(input: RegisterTaskDefinitionRequest) {
      const request = copyOf(input);
      const { tags = [] } = request;
      const definition = registered(request, place, definitions.nextRevision(request.family ?? ''), now());
      definitions.add({ definition, tags });
      return { taskDefinition: copyOf(definition), ...(tags.length > 0 && { tags }) };
    },

    DescribeTaskDefinition({ taskDefinition = '', include = [] }: DescribeTaskDefinitionRequest) {
      const found = definitions.find(taskDefinition);
      if (!found) throw clientException('Unable to describe task definition.');
      return {
        taskDefinition: copyOf(found.definition),
        ...(include.includes('TAGS') && { tags: copyOf(found.tags) }),
      };
    },

    ListTaskDefinitions(input: ListTaskDefinitionsRequest & { maxResults?: number; nextToken?: string }) {
      const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input;
      const arns = definitions
        .all()
        // Despite its name, the whole family must match. Source: API reference, ListTaskDefinitions.
        .filter(({ definition }) => familyPrefix === undefined || definition.family === familyPrefix)
        .filter(({ definition }) => definition.status === status)
        .map(({ definition }) => definition.taskDefinitionArn);
      const { items, ...rest } = page(sort === 'DESC' ? arns.toReversed() : arns, input);
      return { taskDefinitionArns: items, ...rest };
    },

    DeregisterTaskDefinition({ taskDefinition = '' }: DeregisterTaskDefinitionRequest) {
      const found = taskDefinition.includes(':') ? definitions.find(taskDefinition) : undefined;
      if (!found) throw clientException('The specified task definition does not exist.');
      if (found.definition.status === 'INACTIVE')
        throw clientException('The task definition is already INACTIVE.');
      found.definition.status = 'INACTIVE';
      found.definition.deregisteredAt = now();
      return { taskDefinition: copyOf(found.definition) };
    },
  };
}
