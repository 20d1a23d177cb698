/** What RegisterTaskDefinition refuses in `dependsOn`. The rules are AWS's, the words are not. */

import { clientException } from './errors.ts';
import type { RegisteredContainer } from './task-definition.ts';

export function checkDependencies(containers: RegisteredContainer[]) {
  const named = new Map(containers.map((container) => [container.name, container]));
  for (const { name, dependsOn = [] } of containers) {
    for (const { containerName = '', condition } of dependsOn) {
      const awaited = named.get(containerName);
      const invalid = (why: string) =>
        clientException(`Invalid 'dependsOn' setting for container '${name}': ${why}`);
      if (!awaited) throw invalid(`container '${containerName}' does not exist.`);
      if ((condition === 'COMPLETE' || condition === 'SUCCESS') && awaited.essential) {
        throw invalid(
          `the condition ${condition} cannot be set on the essential container '${containerName}'.`,
        );
      }
      if (condition === 'HEALTHY' && !awaited.healthCheck) {
        throw invalid(`container '${containerName}' has no health check.`);
      }
    }
  }
  // Whatever can be started in some order is taken away; a cycle is what is left.
  let left = containers;
  for (;;) {
    const waiting = left.filter(({ dependsOn = [] }) =>
      dependsOn.some(({ containerName }) => left.some(({ name }) => name === containerName)),
    );
    if (waiting.length === 0) return;
    if (waiting.length === left.length) throw clientException('Container dependencies must not be circular.');
    left = waiting;
  }
}
