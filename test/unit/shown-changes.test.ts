/** What people see of a difference: that a value changed, never the value of what may be a secret. */
import { expect, test } from 'vitest';
import { briefly, masked, shownChanges } from '../../core/shown-changes.ts';
import type { TaskDefinition } from '../../core/task-definition.ts';

const definition = (container: object, more: object = {}): TaskDefinition => ({
  family: 'my-api',
  containerDefinitions: [{ name: 'app', image: 'my-api@sha256:1', ...container }],
  ...more,
});

test.each([
  {
    it: 'the value of an environment variable',
    before: { environment: [{ name: 'TOKEN', value: 'old secret' }] },
    after: { environment: [{ name: 'TOKEN', value: 'new secret' }] },
    path: 'containerDefinitions.app.environment.TOKEN.value',
  },
  {
    it: 'one whose name has dots',
    before: { environment: [{ name: 'app.token', value: 'old secret' }] },
    after: { environment: [{ name: 'app.token', value: 'new secret' }] },
    path: 'containerDefinitions.app.environment.app.token.value',
  },
  {
    it: 'variables of which two have the same name',
    before: {
      environment: [
        { name: 'A', value: 'old secret' },
        { name: 'A', value: 'x' },
      ],
    },
    after: {
      environment: [
        { name: 'A', value: 'new secret' },
        { name: 'A', value: 'x' },
      ],
    },
    path: 'containerDefinitions.app.environment.0.value',
  },
  {
    it: 'where a secret comes from',
    before: { secrets: [{ name: 'KEY', valueFrom: 'arn:old secret' }] },
    after: { secrets: [{ name: 'KEY', valueFrom: 'arn:new secret' }] },
    path: 'containerDefinitions.app.secrets.KEY.valueFrom',
  },
  {
    it: 'the token of a log driver',
    before: { logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': 'old secret' } } },
    after: { logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': 'new secret' } } },
    path: 'containerDefinitions.app.logConfiguration.options.splunk-token',
  },
])('hidden is $it', ({ before, after, path }) => {
  expect(shownChanges(definition(before), definition(after))).toEqual([
    { path, before: masked, after: masked },
  ]);
});

test('hidden is the password of a share that a volume mounts', () => {
  const volume = (password: string) => ({
    volumes: [
      {
        name: 'share',
        dockerVolumeConfiguration: { driver: 'local', driverOpts: { o: `password=${password}` } },
      },
    ],
  });

  expect(shownChanges(definition({}, volume('old secret')), definition({}, volume('new secret')))).toEqual([
    { path: 'volumes.share.dockerVolumeConfiguration.driverOpts.o', before: masked, after: masked },
  ]);
});

test('a variable more is one change, wherever it stands', () => {
  const before = definition({
    environment: [
      { name: 'A', value: '1' },
      { name: 'C', value: '3' },
    ],
  });
  const after = definition({
    environment: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
      { name: 'C', value: '3' },
    ],
  });

  expect(shownChanges(before, after)).toEqual([
    { path: 'containerDefinitions.app.environment.B.value', before: '', after: masked },
  ]);
});

test('shown are the image, sizes, and where logs go', () => {
  const logs = (group: string) => ({ logConfiguration: { options: { 'awslogs-group': group } } });

  expect(
    shownChanges(
      definition({ ...logs('/one') }, { cpu: '256', revision: 3 }),
      definition({ image: 'my-api@sha256:2', ...logs('/two') }, { cpu: '512', revision: 4 }),
    ),
  ).toEqual([
    { path: 'containerDefinitions.app.image', before: 'my-api@sha256:1', after: 'my-api@sha256:2' },
    {
      path: 'containerDefinitions.app.logConfiguration.options.awslogs-group',
      before: '/one',
      after: '/two',
    },
    { path: 'cpu', before: '256', after: '512' },
  ]);
});

test('hidden are values, too, where a whole container is new', () => {
  const sidecar = { name: 'sidecar', image: 'proxy:1', environment: [{ name: 'TOKEN', value: 'secret' }] };
  const before = definition({});
  const after = { ...before, containerDefinitions: [...before.containerDefinitions, sidecar] };

  expect(shownChanges(before, after)).toEqual([
    { path: 'containerDefinitions.sidecar.environment.TOKEN.value', before: '', after: masked },
    { path: 'containerDefinitions.sidecar.image', before: '', after: 'proxy:1' },
  ]);
});

test('an image that becomes another of its repository is told by digests, and any other change as it is', () => {
  const image = (repository: string, digit: string) => `${repository}@sha256:${digit.repeat(64)}`;
  const change = (before: string, after: string) => ({ path: 'image', before, after });

  expect(briefly(change(image('my-api', 'a'), image('my-api', 'b')))).toEqual(
    change('aaaaaaaaaaaa', 'bbbbbbbbbbbb'),
  );
  for (const other of [
    change(image('my-api', 'a'), image('other', 'b')),
    change('my-api:latest', image('my-api', 'b')),
    change('256', '512'),
  ])
    expect(briefly(other)).toEqual(other);
});
