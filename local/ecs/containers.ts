/** What the engine is told of a task: its containers with their overrides, secrets and exact images. Pure. */

import type { ContainerDependency, HealthCheck, TaskOverride } from '@aws-sdk/client-ecs';
import type { ContainerToStart } from '../engine/engine.ts';
import type { PinnedImage } from './images.ts';
import type { RegisteredContainer, RegisteredTaskDefinition } from './task-definition.ts';

/** Throws ECS's `ResourceInitializationError: …` when a secret is not there. */
export function containersToStart(
  { containerDefinitions }: RegisteredTaskDefinition,
  overrides: TaskOverride,
  images: ReadonlyMap<string, PinnedImage>,
  secrets: (valueFrom: string) => string | undefined,
): ContainerToStart[] {
  return containerDefinitions.map((container) => {
    const override = overrides.containerOverrides?.find(({ name }) => name === container.name);
    const command = override?.command ?? container.command;
    return {
      name: container.name,
      image: images.get(container.name)?.image ?? container.image,
      ...(container.entryPoint?.length && { entryPoint: container.entryPoint }),
      ...(command?.length && { command }),
      environment: {
        ...named(container.environment),
        ...secretsOf(container, secrets),
        ...named(override?.environment),
      },
      containerPorts: (container.portMappings ?? []).flatMap(({ containerPort }) => containerPort ?? []),
      stopTimeoutSeconds: container.stopTimeout ?? 30,
      ...(container.dependsOn?.length && { dependsOn: container.dependsOn.map(dependency) }),
      ...(container.startTimeout && { startTimeoutSeconds: container.startTimeout }),
      ...(container.healthCheck && { healthCheck: healthCheckOf(container.healthCheck) }),
    };
  });
}

const dependency = ({ containerName = '', condition = 'START' }: ContainerDependency) => ({
  containerName,
  condition,
});

/** Defaults: API reference, HealthCheck. */
const healthCheckOf = ({ command = [], interval, timeout, retries, startPeriod }: HealthCheck) => ({
  command,
  intervalSeconds: interval ?? 30,
  timeoutSeconds: timeout ?? 5,
  retries: retries ?? 3,
  startPeriodSeconds: startPeriod ?? 0,
});

const named = (pairs: { name?: string | undefined; value?: string | undefined }[] = []) =>
  Object.fromEntries(pairs.map(({ name = '', value = '' }) => [name, value]));

function secretsOf(container: RegisteredContainer, secrets: (valueFrom: string) => string | undefined) {
  return Object.fromEntries(
    (container.secrets ?? []).map(({ name = '', valueFrom = '' }) => {
      const value = secrets(valueFrom);
      if (value !== undefined) return [name, value];
      throw new Error(
        'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ' +
          `unable to retrieve secret from asm: service call has been retried 1 time(s): ${valueFrom}`,
      );
    }),
  );
}
