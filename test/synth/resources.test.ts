import { expect, test } from 'vitest';
import { forgetAttribute } from '../../core/forgetting.ts';
import { synth } from './support/synth.ts';

const names = ['production', 'large'] as const;

test.each(names)('%s is made of these resources', async (name) => {
  const { resources } = synth(name);

  // What SST keeps for itself is left out.
  const lines = resources
    .filter(({ type }) => !['pulumi:pulumi:Stack', 'sst:sst:LinkRef'].includes(type))
    .map((resource) => `${resource.type} ${resource.name}`)
    .sort();

  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`snapshots/${name}.txt`);
});

test.each(names)(
  'in %s everything is tagged by the provider that makes it, and nothing has another',
  (name) => {
    const { app, resources } = synth(name);
    const { tags } = app.providers.aws.defaultTags;

    expect(tags).toEqual({ application: 'tidegate', stage: name === 'production' ? 'production' : 'test' });
    expect(resources.filter(({ type }) => type.startsWith('pulumi:providers:'))).toEqual([]);
  },
);

test('only production is protected from being removed', () => {
  const [trial, production] = [synth('large'), synth('production')];

  const kept = ({ app, one }: typeof trial) => {
    const { deletionProtectionEnabled, pointInTimeRecovery } = one(
      'aws:dynamodb/table:Table',
      'ReleasesTable',
    );
    const { removal, protect } = app;
    return { removal, protect, deletionProtectionEnabled, pointInTimeRecovery };
  };

  const pointInTimeRecovery = { enabled: true };
  expect(kept(trial)).toEqual({
    ...{ removal: 'remove', protect: false, deletionProtectionEnabled: false, pointInTimeRecovery },
  });
  expect(kept(production)).toEqual({
    ...{ removal: 'retain', protect: true, deletionProtectionEnabled: true, pointInTimeRecovery },
  });
});

test('the table has the one key that aws/table.ts reads, and forgets by the attribute that they write', () => {
  expect(synth('production').one('aws:dynamodb/table:Table', 'ReleasesTable')).toMatchObject({
    name: 'tidegate-production-releases',
    hashKey: 'key',
    attributes: [{ name: 'key', type: 'S' }],
    billingMode: 'PAY_PER_REQUEST',
    ttl: { attributeName: forgetAttribute, enabled: true },
  });
});

test('everything has a name that says whose it is', () => {
  const { all } = synth('production');
  const own = [
    'aws:cloudwatch/eventRule:EventRule',
    'aws:cloudwatch/metricAlarm:MetricAlarm',
    'aws:dynamodb/table:Table',
    'aws:iam/role:Role',
    'aws:lambda/function:Function',
    'aws:sfn/stateMachine:StateMachine',
    'aws:sns/topic:Topic',
    'aws:sqs/queue:Queue',
  ].flatMap(all);

  expect(own.filter(({ inputs }) => !String(inputs.name).startsWith('tidegate-production-'))).toEqual([]);
});

test('Slack has its secrets in Parameter Store, beside the address for approvals, and functions know where', () => {
  const { all } = synth('production');

  const parameters = all('aws:ssm/parameter:Parameter').map(({ inputs }) => [inputs.name, inputs.type]);
  expect(parameters).toEqual([
    ['/tidegate/production/slack-token', 'SecureString'],
    ['/tidegate/production/slack-signing-secret', 'SecureString'],
    ['/tidegate/production/approval-command-url', 'String'],
  ]);
  for (const { name, inputs } of all('aws:lambda/function:Function')) {
    expect(inputs.environment.variables, name).toMatchObject({
      SLACK_TOKEN_PARAMETER: '/tidegate/production/slack-token',
      SLACK_SIGNING_SECRET_PARAMETER: '/tidegate/production/slack-signing-secret',
    });
  }
});

test('without Slack there are no secrets, nothing asks for them, and nothing of Slack is open to the internet', () => {
  const { all, outputs } = synth('large');

  expect(all('sst:sst:Secret')).toEqual([]);
  expect(all('aws:ssm/parameter:Parameter').map(({ name }) => name)).toEqual(['ApprovalCommandUrl']);
  const open = all('aws:lambda/functionUrl:FunctionUrl').map(({ inputs }) => inputs.functionName);
  expect(open).not.toContain('tidegate-test-on-approval');
  expect(outputs).not.toHaveProperty('approvalsUrl');
  const variables = all('aws:lambda/function:Function').flatMap(({ inputs }) =>
    Object.keys(inputs.environment.variables),
  );
  expect(variables.filter((name) => name.startsWith('SLACK_'))).toEqual([]);
});

test('what a deployment prints leads to the state machine, the alarms, the dashboard and the address for Slack', () => {
  expect(synth('production').outputs).toMatchObject({
    stateMachine: 'arn:aws:states:eu-west-1:123456789012:stateMachine:tidegate-production-deploy',
    approvalsUrl: expect.stringMatching(/^https:\/\/.*\.lambda-url\.eu-west-1\.on\.aws\/$/),
    alarms: 'arn:aws:sns:eu-west-1:123456789012:tidegate-production-alarms',
    dashboard: expect.stringMatching(/#dashboards\/dashboard\/tidegate-production$/),
  });
});
