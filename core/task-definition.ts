/** The next revision of a task definition: the running one with another image, and nothing else changed. */
import * as z from 'zod';

/**
 * A task definition as DescribeTaskDefinition answers it. Kept whole: a field that is not known here survives.
 * (An allow-list would lose what AWS adds next.)
 */
export const taskDefinitionSchema = z.looseObject({
  family: z.string(),
  containerDefinitions: z.array(z.looseObject({ name: z.string(), image: z.string() })).min(1),
});
export type TaskDefinition = z.infer<typeof taskDefinitionSchema>;

export interface Tag {
  key: string;
  value: string;
}

/** Only in answers; RegisterTaskDefinition refuses them (difference of the two shapes in ECS's service model). */
const outputOnly = [
  'compatibilities',
  'deleteRequestedAt',
  'deregisteredAt',
  'registeredAt',
  'registeredBy',
  'requiresAttributes',
  'revision',
  'status',
  'taskDefinitionArn',
] as const;

/** What to register so that `container` runs `image`. Throws an error that lists the containers when there is none of that name. */
export function withImage(running: TaskDefinition, container: string, image: string): TaskDefinition {
  const names = running.containerDefinitions.map(({ name }) => name);
  if (!names.includes(container)) {
    throw new Error(
      `task definition ${running.family} has no container ${container}, only ${names.join(', ')}`,
    );
  }
  const containerDefinitions = running.containerDefinitions.map((definition) =>
    definition.name === container ? { ...definition, image } : definition,
  );
  return { ...registrable(running), containerDefinitions };
}

/** The part of a described task definition that can be registered again. */
export function registrable(described: TaskDefinition): TaskDefinition {
  const kept = Object.entries(described).filter(
    ([field]) => !(outputOnly as readonly string[]).includes(field),
  );
  return Object.fromEntries(kept) as TaskDefinition;
}

const architectures: Record<string, string> = { X86_64: 'amd64', ARM64: 'arm64' };

/** What its tasks run on, as images name it: ECS's default is `amd64`. */
export function architectureOf({ runtimePlatform }: TaskDefinition): string {
  const { cpuArchitecture = 'X86_64' } = (runtimePlatform ?? {}) as { cpuArchitecture?: string };
  return architectures[cpuArchitecture] ?? cpuArchitecture;
}

/** Names, with their paths, of the roles that its tasks have. */
export function rolesOf({ taskRoleArn, executionRoleArn }: TaskDefinition): string[] {
  const names = [taskRoleArn, executionRoleArn].filter((arn) => typeof arn === 'string');
  return [...new Set(names.map((arn) => arn.replace(/^.*:role\//, '')))];
}

/** The image that `container` runs; undefined when there is no such container. */
export function imageOf(definition: TaskDefinition, container: string): string | undefined {
  return definition.containerDefinitions.find(({ name }) => name === container)?.image;
}

export const changeSchema = z.strictObject({ path: z.string(), before: z.string(), after: z.string() });
export type Change = z.infer<typeof changeSchema>;

/** Where two values differ, leaf by leaf; absent is written as an empty text. Containers are called by their names, as all that has one. */
export function changes(one: unknown, other: unknown, path = ''): Change[] {
  const [before, after] = named(one, other);
  if (isTree(before) && isTree(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) =>
      changes(
        (before as Record<string, unknown>)[key],
        (after as Record<string, unknown>)[key],
        path ? `${path}.${key}` : key,
      ),
    );
  }
  const [from, to] = [before, after].map((value) => (value === undefined ? '' : text(value)));
  return from === to ? [] : [{ path, before: from ?? '', after: to ?? '' }];
}

/** Both by their names, or neither. */
function named(one: unknown, other: unknown): [unknown, unknown] {
  if (!isTree(one) || !isTree(other)) return [one, other];
  const [before, after] = [byName(one), byName(other)];
  return before !== one && after !== other ? [before, after] : [one, other];
}

/** A list whose items all have a name of their own, as an object by these names. */
export function byName(value: object): object {
  if (!Array.isArray(value) || value.length === 0) return value;
  const names = value.map((item: { name?: unknown } | null) => item?.name);
  const named = names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
  if (!named) return value;
  return Object.fromEntries(value.map(({ name, ...rest }: { name: string }) => [name, rest]));
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;
const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Same content, whatever the order of keys. */
export function sameDefinition(one: TaskDefinition, other: TaskDefinition): boolean {
  return changes(registrable(one), registrable(other)).length === 0;
}
