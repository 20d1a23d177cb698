/** The registered task definitions: families and their revisions. */

import type { Tag } from '@aws-sdk/client-ecs';
import { clientException } from './errors.ts';
import { lastPart } from './names.ts';
import type { RegisteredTaskDefinition } from './task-definition.ts';

export interface StoredTaskDefinition {
  definition: RegisteredTaskDefinition;
  tags: Tag[];
}

export interface TaskDefinitions {
  /** Oldest revision first, families in the order of their names. */
  all(): StoredTaskDefinition[];
  nextRevision(family: string): number;
  add(stored: StoredTaskDefinition): void;
  /** By family (the newest ACTIVE one), family:revision or ARN. */
  find(name: string): StoredTaskDefinition | undefined;
  /** What a service or task may be started with. Throws AWS's ClientException. */
  active(name: string): RegisteredTaskDefinition;
}

export function taskDefinitions(): TaskDefinitions {
  const families = new Map<string, StoredTaskDefinition[]>();

  function find(name: string) {
    const [family = '', revision] = lastPart(name).split(':');
    const revisions = families.get(family) ?? [];
    if (revision === undefined) return revisions.findLast(({ definition }) => definition.status === 'ACTIVE');
    const found = revisions[Number(revision) - 1];
    return name.startsWith('arn:') && found?.definition.taskDefinitionArn !== name ? undefined : found;
  }

  return {
    find,
    all: () => [...families.keys()].toSorted().flatMap((family) => families.get(family) ?? []),
    nextRevision: (family) => (families.get(family)?.length ?? 0) + 1,
    add(stored) {
      const { family } = stored.definition;
      families.set(family, [...(families.get(family) ?? []), stored]);
    },
    active(name) {
      const found = find(name);
      if (!found) throw clientException('TaskDefinition not found.');
      if (found.definition.status !== 'ACTIVE') throw clientException('TaskDefinition is inactive');
      return found.definition;
    },
  };
}
