/** Who may do what: the policies that come out of a configuration, and how IAM reads them. */
import { describe, expect, test } from 'vitest';
import { accessByRole, accessOf } from '../../core/access/access.ts';
import { policiesOf } from '../../core/access/policies.ts';
import { policyDocument, type Statement } from '../../core/access/statement.ts';
import { type ConfigInput, defineConfig } from '../../core/config.ts';
import { allowing } from '../../local/iam/evaluate.ts';
import { installation } from '../../local/world.ts';

type EnvironmentInput = ConfigInput['services'][string]['environments'][number];

const environment: EnvironmentInput = { name: 'production', cluster: 'main', service: 'my-api' };
const configWith = (...environments: EnvironmentInput[]) =>
  defineConfig({ services: { 'my-api': { repository: 'my-api', container: 'app', environments } } });
const accessWith = (...environments: EnvironmentInput[]) =>
  accessOf(configWith(...environments), installation);
const of = (statements: Statement[] | undefined, action: string) =>
  statements?.filter(({ actions }) => actions.includes(action));
const roleArn = 'arn:aws:iam::999999999999:role/tidegate';

describe('a function', () => {
  test('may change the configured services, to revisions of their families, and no other', () => {
    const access = accessWith(environment);

    expect(of(access.StartDeployment, 'ecs:UpdateService')).toMatchObject([
      {
        resources: ['arn:aws:ecs:eu-west-1:123456789012:service/main/my-api'],
        conditions: [
          {
            test: 'ArnLike',
            variable: 'ecs:task-definition',
            values: ['arn:aws:ecs:eu-west-1:123456789012:task-definition/my-api:*'],
          },
        ],
      },
    ]);
    const changing = Object.entries(access).filter(([, may]) => of(may, 'ecs:UpdateService')?.length);
    expect(changing.map(([name]) => name)).toEqual(['StartDeployment', 'RollBack']);
  });

  test('may pass the roles that are named, to tasks alone', () => {
    const access = accessWith({ ...environment, roles: ['api-task', 'teams/api-execution'] });

    expect(of(access.RegisterTaskDefinition, 'iam:PassRole')).toMatchObject([
      {
        resources: [
          'arn:aws:iam::123456789012:role/api-task',
          'arn:aws:iam::123456789012:role/teams/api-execution',
        ],
        conditions: [{ variable: 'iam:PassedToService', values: ['ecs-tasks.amazonaws.com'] }],
      },
    ]);
  });

  test.each([
    {
      it: 'runs tasks only where a release task is configured',
      action: 'ecs:RunTask',
      name: 'RunReleaseTask',
    },
    {
      it: 'reads metrics only where they are compared',
      action: 'cloudwatch:GetMetricData',
      name: 'CompareMetrics',
    },
    {
      it: 'counts lines of logs only where they are judged',
      action: 'logs:StartQuery',
      name: 'CompareMetrics',
    },
    {
      it: 'asks for what was counted only where it is',
      action: 'logs:GetQueryResults',
      name: 'CompareMetrics',
    },
    { it: "reads Slack's token only where Slack is told", action: 'ssm:GetParameter', name: 'tell-slack' },
  ])('$it', ({ action, name }) => {
    expect(
      of(accessOf(configWith(environment), { ...installation, secretParameters: {} })[name], action),
    ).toEqual([]);
  });

  test('counts lines in the log groups that are named for it, and in no other', () => {
    const counting = (...logGroups: (string | undefined)[]) => ({
      preset: 'worker' as const,
      metrics: logGroups.map((logGroup, index) => ({
        ...{ name: `lines ${index}`, of: { namespace: 'Shop', metric: 'Payments' } },
        logs: { pattern: 'declined', ...(logGroup && { logGroup }) },
      })),
    });
    const analysis = counting('/shop/payments', undefined);
    const { CompareMetrics } = accessWith({ ...environment, analysis, logGroups: ['/ecs/own'] });

    expect(of(CompareMetrics, 'logs:StartQuery')?.map(({ resources }) => resources)).toEqual([
      ['/shop/payments', '/ecs/own'].map(
        (group) => `arn:aws:logs:eu-west-1:123456789012:log-group:${group}:*`,
      ),
    ]);
    expect(of(CompareMetrics, 'logs:GetQueryResults')).toMatchObject([
      { actions: ['logs:GetQueryResults', 'logs:StopQuery'], resources: ['*'] },
    ]);
  });

  test('asks KMS for the keys that reports must be signed with, and for no other', () => {
    const keys = ['one', 'two'].map((id) => `arn:aws:kms:eu-west-1:123456789012:key/${id}`);
    const signedBy = keys.map((key) => ({ name: key.slice(-3), key }));

    expect(of(accessWith({ ...environment, scan: { signedBy } }).CheckScan, 'kms:GetPublicKey')).toEqual([
      expect.objectContaining({ resources: keys }),
    ]);
    expect(of(accessWith(environment).CheckScan, 'kms:GetPublicKey')).toEqual([]);
  });

  test('sees of the table only the items that it needs', () => {
    const { 'tell-slack': tellSlack = [] } = accessWith(environment);
    const reading = (key: string) =>
      allowing(tellSlack, {
        action: 'dynamodb:GetItem',
        resource: 'arn:aws:dynamodb:eu-west-1:123456789012:table/tidegate',
        context: { 'dynamodb:LeadingKeys': [key] },
      });

    expect(reading('release arn:aws:states:x')).toBeDefined();
    expect(reading('wait abc')).toBeUndefined();
  });

  test('takes on the role of an environment elsewhere, and may do nothing there by itself', () => {
    const access = accessWith({ ...environment, roleArn });

    expect(of(access.StartDeployment, 'sts:AssumeRole')).toEqual([
      { actions: ['sts:AssumeRole'], resources: [roleArn] },
    ]);
    expect(of(access.StartDeployment, 'ecs:UpdateService')).toEqual([]);
    expect(of(access.Promote, 'sts:AssumeRole')).toEqual([]);
  });

  test('reads reports from where the evidence comes from, and from nowhere else', () => {
    const withEvidence = (evidence: NonNullable<EnvironmentInput['scan']>['evidence']) =>
      accessWith({ ...environment, scan: { evidence, fixable: 'any' } }).CheckScan;
    const may = (access: Statement[] | undefined) =>
      ['s3:GetObject', 'ecr:DescribeImageScanFindings', 'inspector2:ListFindings'].map((action) =>
        of(access, action)?.flatMap(({ resources }) => resources),
      );
    const repository = 'arn:aws:ecr:eu-west-1:123456789012:repository/my-api';

    expect(may(withEvidence('referrer'))).toEqual([[], [], []]);
    expect(may(withEvidence('ecr-basic'))).toEqual([[], [repository], []]);
    expect(may(withEvidence('ecr-enhanced'))).toEqual([[], [repository], ['*']]);
    expect(may(withEvidence({ bucket: 'scans' }))).toEqual([
      ['arn:aws:s3:::scans/reports/123456789012/my-api/sha256/*/trivy.json'],
      [],
      [],
    ]);
  });

  test('reads a repository where its registry is', () => {
    const registry = { account: '999999999999', region: 'us-east-1' };
    const access = accessOf(
      defineConfig({
        services: {
          'my-api': { repository: 'shop/api', registry, container: 'app', environments: [environment] },
        },
      }),
      installation,
    );

    expect(of(access.CheckScan, 'ecr:BatchGetImage')?.[0]?.resources).toEqual([
      'arn:aws:ecr:us-east-1:999999999999:repository/shop/api',
    ]);
  });
});

describe('where IAM has no room for so many names', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `service-${index}`);
  const config = (permissions: 'services' | 'clusters') =>
    defineConfig({
      permissions,
      services: Object.fromEntries(
        names.map((name) => [
          name,
          { repository: name, container: 'app', environments: [{ ...environment, service: name }] },
        ]),
      ),
    });

  test('that is said, with what to do', () => {
    const { StartDeployment = [] } = accessOf(config('services'), installation);

    expect(() => policiesOf('StartDeployment', [], StartDeployment)).toThrow(
      "the configuration names too many environments. permissions: 'clusters'",
    );
  });

  test('clusters hold the permissions, and every function has room for them', () => {
    const access = accessOf(config('clusters'), installation);

    for (const [name, may] of Object.entries(access)) expect(policiesOf(name, [], may).managed).toEqual([]);
    expect(of(access.StartDeployment, 'ecs:UpdateService')?.[0]?.resources).toEqual([
      'arn:aws:ecs:eu-west-1:123456789012:service/main/*',
    ]);
    // Roles are what privileges come with.
    expect(of(access.RegisterTaskDefinition, 'iam:PassRole')?.[0]?.resources).toEqual([
      'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
    ]);
  });
});

test('a role elsewhere may do what the environments that name it need, where they are', () => {
  const config = configWith(
    { ...environment, name: 'staging' },
    { ...environment, roleArn, region: 'us-east-1' },
  );

  const statements = accessByRole(config, installation, roleArn);

  expect(of(statements, 'ecs:UpdateService')?.[0]?.resources).toEqual([
    'arn:aws:ecs:us-east-1:999999999999:service/main/my-api',
  ]);
  expect(of(statements, 'iam:PassRole')?.[0]?.resources).toEqual([
    'arn:aws:iam::999999999999:role/ecsTaskExecutionRole',
  ]);
  expect(of(statements, 'dynamodb:GetItem')).toEqual([]);
});

describe('a policy', () => {
  const statement: Statement = { actions: ['ecs:ListTasks'], resources: ['*'], reason: 'so it is' };

  test('is written as IAM reads it', () => {
    const conditions = [
      { test: 'ArnEquals', variable: 'ecs:cluster', values: ['arn:one'] },
      { test: 'ArnEquals', variable: 'aws:SourceArn', values: ['arn:two'] },
    ];

    expect(policyDocument([{ ...statement, conditions }])).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['ecs:ListTasks'],
          Resource: ['*'],
          Condition: { ArnEquals: { 'ecs:cluster': ['arn:one'], 'aws:SourceArn': ['arn:two'] } },
        },
      ],
    });
  });

  test.each([
    { it: 'the value itself', test: 'StringEquals', value: 'main', found: ['main'], holds: true },
    { it: 'another value', test: 'StringEquals', value: 'main', found: ['other'], holds: false },
    { it: 'no value', test: 'StringEquals', value: 'main', found: undefined, holds: false },
    { it: 'a star literally', test: 'StringEquals', value: 'm*', found: ['main'], holds: false },
    { it: 'a pattern', test: 'ArnLike', value: 'arn:*:x', found: ['arn:a:b:x'], holds: true },
    { it: 'a dot literally', test: 'ArnLike', value: 'a.c*', found: ['abc'], holds: false },
    {
      it: 'each of several',
      test: 'ForAllValues:StringLike',
      value: 'slot *',
      found: ['slot a', 'slot b'],
      holds: true,
    },
    {
      it: 'all but one',
      test: 'ForAllValues:StringLike',
      value: 'slot *',
      found: ['slot a', 'wait b'],
      holds: false,
    },
  ])('with $test on $it holds: $holds', ({ test: name, value, found, holds }) => {
    const conditions = [{ test: name, variable: 'key', values: [value] }];

    const allowed = allowing([{ ...statement, conditions }], {
      action: 'ecs:ListTasks',
      resource: '*',
      ...(found && { context: { key: found } }),
    });

    expect(allowed !== undefined).toBe(holds);
  });

  test('with a condition that is not implemented is refused, not passed over', () => {
    const conditions = [{ test: 'IpAddress', variable: 'aws:SourceIp', values: ['10.0.0.0/8'] }];

    expect(() =>
      allowing([{ ...statement, conditions }], { action: 'ecs:ListTasks', resource: '*' }),
    ).toThrow('the condition IpAddress is not implemented');
  });
});
