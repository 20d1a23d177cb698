import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { releaseChanges } from '../../core/triggers.ts';
import { compilePattern } from '../../local/events/pattern.ts';
import { defaultRetryPolicy } from '../../local/events/retry.ts';
import { defaultAsyncPolicy } from '../../local/lambda/async-invocation.ts';
import { synth } from './support/synth.ts';

const rule = 'aws:cloudwatch/eventRule:EventRule';
const target = 'aws:cloudwatch/eventTarget:EventTarget';
const large = synth('large');
const patterned = large.all(rule).filter(({ inputs }) => inputs.eventPattern);

const recorded = ['events', 'ecs'].flatMap((folder) => {
  const fixtures = new URL(`../fixtures/${folder}/`, import.meta.url);
  return readdirSync(fixtures)
    .filter((file) => /^ec[rs]-.*\.json$/.test(file))
    .map((file) => ({
      name: file.replace(/\.json$/, ''),
      event: JSON.parse(readFileSync(new URL(file, fixtures), 'utf8')),
    }))
    .filter(({ event }) => event['detail-type']);
});

/** Functions that an event wakes, each as often as a rule does. */
const woken = (event: unknown) =>
  patterned
    .filter(({ inputs }) => compilePattern(JSON.parse(inputs.eventPattern))(event))
    .map(({ name }) => large.one(target, `${name}Target`).arn.split('-function:').at(-1))
    .map((arn: string) => arn.replace(/^.*:tidegate-test-/, ''));

const expected: [RegExp, string[]][] = [
  [/^ecr-image-action-push-tagged/, ['start-release']],
  [/^ecr-replication-action-success$/, ['start-release']],
  [/^ecs-deployment-(completed|failed|in-progress|rollback)/, ['on-deployment-event']],
  [/^ecs-hook-/, ['on-deployment-event']],
  [/^ecs-task-stopped-/, ['on-deployment-event']],
];

test.each(recorded)('$name wakes the function that waits for it, once, or none', ({ name, event }) => {
  const [, functions] = expected.find(([events]) => events.test(name)) ?? [undefined, []];

  expect(woken(event)).toEqual(functions);
});

test('recorded events of every kind are among them', () => {
  const kinds = expected.map(([events]) => recorded.filter(({ name }) => events.test(name)).length);

  expect(kinds.every((count) => count > 0)).toBe(true);
  expect(
    recorded.filter(({ name }) => !expected.some(([events]) => events.test(name))).length,
  ).toBeGreaterThan(5);
});

const ended = (status: string, stateMachine = 'tidegate-test-deploy') => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  account: '123456789012',
  region: 'eu-west-1',
  detail: {
    status,
    stateMachineArn: `arn:aws:states:eu-west-1:123456789012:stateMachine:${stateMachine}`,
  },
});

test.each([
  { it: 'failed', event: ended('FAILED'), wakes: ['on-execution-end'] },
  { it: 'timed out', event: ended('TIMED_OUT'), wakes: ['on-execution-end'] },
  { it: 'was stopped by hand', event: ended('ABORTED'), wakes: ['on-execution-end'] },
  { it: 'succeeded', event: ended('SUCCEEDED'), wakes: [] },
  { it: 'of another state machine failed', event: ended('FAILED', 'other'), wakes: [] },
])('an execution that $it wakes $wakes', ({ event, wakes }) => {
  expect(woken(event)).toEqual(wakes);
});

test('a push to a repository that no service has wakes nothing', () => {
  const [push] = recorded.filter(({ name }) => name === 'ecr-image-action-push-tagged');

  expect(woken(push?.event)).toEqual(['start-release']);
  expect(woken({ ...push?.event, detail: { ...push?.event.detail, 'repository-name': 'other' } })).toEqual(
    [],
  );
});

test('what is too long for one rule is several', () => {
  const lengths = patterned.map(({ inputs }) => inputs.eventPattern.length);

  expect(large.all(rule).map(({ name }) => name)).toContain('DeploymentChanged2');
  expect(Math.max(...lengths)).toBeLessThanOrEqual(2048);
});

test.each(['production', 'large'] as const)(
  'in %s what EventBridge cannot hand over goes to the dead letters',
  (name) => {
    const { all, one } = synth(name);

    expect(all(target)).toHaveLength(all(rule).length);
    for (const { inputs } of all(target)) {
      const [, functionName] = /:function:(.*)$/.exec(inputs.arn) ?? [];
      expect(inputs, inputs.rule).toMatchObject({
        deadLetterConfig: { arn: `arn:aws:sqs:eu-west-1:123456789012:${functionName}-dead-letters` },
        retryPolicy: {
          maximumEventAgeInSeconds: defaultRetryPolicy.maximumEventAgeSeconds,
          maximumRetryAttempts: defaultRetryPolicy.maximumRetryAttempts,
        },
      });
    }
    for (const { name: called, inputs } of all('aws:sqs/queue:Queue')) {
      const { policy } = one('aws:sqs/queuePolicy:QueuePolicy', `${called}Policy`);
      const [statement] = JSON.parse(policy).Statement;
      expect(inputs.name).toMatch(/-dead-letters$/);
      expect(statement.Principal).toEqual({ Service: 'events.amazonaws.com' });
      expect(statement.Condition).toEqual({
        ArnLike: { 'aws:SourceArn': expect.stringMatching(/:rule\/tidegate-\w+-\*$/) },
      });
    }
  },
);

test('what a function that events wake fails at is tried as in the local world, and goes to its dead letters', () => {
  const { all } = synth('production');
  const configured = all('aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig').map(
    ({ inputs }) => inputs,
  );

  const functions = [
    ...[
      'start-release',
      'on-deployment-event',
      'on-execution-end',
      'on-rollback',
      'reconcile-pushes',
      'tell-slack',
    ],
  ];
  expect(configured.map(({ functionName }) => functionName).sort()).toEqual(
    functions.map((name) => `tidegate-production-${name}`).sort(),
  );
  for (const { functionName, ...settings } of configured) {
    const again = functionName === 'tidegate-production-reconcile-pushes';
    // The schedule does again what it failed at.
    const dropped = functionName === 'tidegate-production-tell-slack';
    expect(settings, functionName).toEqual({
      maximumEventAgeInSeconds: defaultAsyncPolicy.maximumEventAgeSeconds,
      maximumRetryAttempts: again ? 0 : defaultAsyncPolicy.maximumRetryAttempts,
      ...(!dropped && {
        destinationConfig: {
          onFailure: { destination: `arn:aws:sqs:eu-west-1:123456789012:${functionName}-dead-letters` },
        },
      }),
    });
  }
});

test('lost events are looked for every quarter of an hour', () => {
  expect(synth('production').one(rule, 'LostPushes')).toMatchObject({
    scheduleExpression: 'rate(15 minutes)',
  });
});

test('other accounts may send events of ECS and ECR to a bus of their own, and no others anything', () => {
  const { all, one } = synth('large');

  const { eventBusName, policy } = one('aws:cloudwatch/eventBusPolicy:EventBusPolicy', 'ElsewherePolicy');
  expect(eventBusName).toBe('tidegate-test-elsewhere');
  expect(JSON.parse(policy).Statement).toEqual([
    {
      Sid: 'Forward',
      Effect: 'Allow',
      Principal: { AWS: ['arn:aws:iam::111122223333:root'] },
      Action: 'events:PutEvents',
      Resource: 'arn:aws:events:eu-west-1:123456789012:event-bus/tidegate-test-elsewhere',
      Condition: { StringEquals: { 'events:source': ['aws.ecr', 'aws.ecs'] } },
    },
  ]);
  for (const { inputs } of all(rule)) {
    if (!inputs.eventPattern) continue;
    const { account = ['123456789012'], region = ['eu-west-1'] } = JSON.parse(inputs.eventPattern);
    const here = account[0] === '123456789012' && region[0] === 'eu-west-1';
    expect(inputs.eventBusName, inputs.name).toBe(here ? undefined : 'tidegate-test-elsewhere');
  }
  expect(synth('production').all('aws:cloudwatch/eventBus:EventBus')).toEqual([]);
});

test('the table tells of changes of releases, in order, and what cannot be told goes to the dead letters', () => {
  const { one } = synth('production');

  expect(one('aws:dynamodb/table:Table', 'ReleasesTable')).toMatchObject({
    streamEnabled: true,
    streamViewType: 'NEW_AND_OLD_IMAGES',
  });
  const { filterCriteria, ...mapping } = one(
    'aws:lambda/eventSourceMapping:EventSourceMapping',
    'ReleaseChanges',
  );
  expect(mapping).toMatchObject({
    functionName: 'tidegate-production-on-release-change',
    startingPosition: 'LATEST',
    bisectBatchOnFunctionError: true,
    maximumBatchingWindowInSeconds: releaseChanges.windowSeconds,
    destinationConfig: {
      onFailure: {
        destinationArn:
          'arn:aws:sqs:eu-west-1:123456789012:tidegate-production-on-release-change-dead-letters',
      },
    },
  });
  const wants = compilePattern(JSON.parse(filterCriteria.filters[0].pattern));
  const record = (key: string, eventName: string) => ({ eventName, dynamodb: { Keys: { key: { S: key } } } });
  expect(wants(record('release arn:x', 'MODIFY'))).toBe(true);
  expect(wants(record('approval my-api', 'INSERT'))).toBe(true);
  expect(wants(record('audit my-api 0001', 'INSERT'))).toBe(true);
  expect(wants(record('slot main/my-api', 'MODIFY'))).toBe(false);
  expect(wants(record('release arn:x', 'REMOVE'))).toBe(false);
});
