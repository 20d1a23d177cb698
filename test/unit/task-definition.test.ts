import { RegisterTaskDefinitionRequest$, TaskDefinition$ } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import {
  changes,
  registrable,
  sameDefinition,
  type TaskDefinition,
  withImage,
} from '../../core/task-definition.ts';

const running = {
  family: 'my-api',
  taskDefinitionArn: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/my-api:7',
  revision: 7,
  status: 'ACTIVE',
  requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.logging-driver.awslogs' }],
  compatibilities: ['EC2', 'FARGATE'],
  registeredAt: new Date(0),
  registeredBy: 'arn:aws:iam::123456789012:role/terraform',
  deregisteredAt: new Date(0),
  deleteRequestedAt: new Date(0),
  cpu: '256',
  aFieldAwsAddsNextYear: { kept: true },
  containerDefinitions: [
    {
      name: 'app',
      image: 'old',
      environment: [{ name: 'EMPTY', value: '' }],
      logConfiguration: { options: {} },
    },
    { name: 'sidecar', image: 'proxy:1' },
  ],
} as unknown as TaskDefinition;

test('only the image of the named container changes', () => {
  const wanted = withImage(running, 'app', 'new@sha256:1');

  expect(changes(registrable(running), wanted)).toEqual([
    { path: 'containerDefinitions.app.image', before: 'old', after: 'new@sha256:1' },
  ]);
});

test('fields that only answers have are dropped, and nothing else: empty values and unknown fields survive', () => {
  expect(registrable(running)).toEqual({
    family: 'my-api',
    cpu: '256',
    aFieldAwsAddsNextYear: { kept: true },
    containerDefinitions: running.containerDefinitions,
  });
});

test('a container that is not there is an error that lists those that are', () => {
  expect(() => withImage(running, 'web', 'new')).toThrow('no container web, only app, sidecar');
});

test('two revisions are the same when only their numbers, dates and the order of keys differ', () => {
  const other = Object.fromEntries(Object.entries({ ...running, revision: 8 }).reverse()) as TaskDefinition;

  expect(sameDefinition(running, other)).toBe(true);
  expect(sameDefinition(running, withImage(running, 'app', 'new'))).toBe(false);
});

test('a change names added and removed leaves', () => {
  expect(changes({ kept: 1, gone: 'x' }, { kept: 1, added: [true] })).toEqual([
    { path: 'added', before: '', after: '[true]' },
    { path: 'gone', before: 'x', after: '' },
  ]);
});

test('the fields that only answers have are those of the SDK: a new one is not sent back', () => {
  const fields = (schema: readonly unknown[]) => schema[4] as string[];
  const onlyInAnswers = fields(TaskDefinition$).filter(
    (field) => !fields(RegisterTaskDefinitionRequest$).includes(field),
  );
  const described = Object.fromEntries(fields(TaskDefinition$).map((field) => [field, []]));

  const sent = Object.keys(registrable(described as unknown as TaskDefinition));

  expect(onlyInAnswers.length).toBeGreaterThan(5);
  expect(sent.filter((field) => onlyInAnswers.includes(field))).toEqual([]);
  expect(sent).toHaveLength(fields(TaskDefinition$).length - onlyInAnswers.length);
});
