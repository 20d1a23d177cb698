import { expect, test } from 'vitest';
import { accessOf } from '../../core/access/access.ts';
import { policyDocument } from '../../core/access/statement.ts';
import { kebab } from '../../core/functions.ts';
import { namesFor } from '../../stacks/names.ts';
import { runFunction, runStateMachine } from '../../stacks/own-access.ts';
import config from '../../tidegate.config.ts';
import largeConfig from './support/large.config.ts';
import { grants, listed, synth } from './support/synth.ts';

const role = 'aws:iam/role:Role';
const here = { partition: 'aws', account: '123456789012', region: 'eu-west-1' };
const installed = [
  {
    name: 'production',
    settings: config,
    names: namesFor({ name: 'tidegate', stage: 'production' }, here, config),
  },
  {
    name: 'large',
    settings: largeConfig,
    names: namesFor({ name: 'tidegate', stage: 'test' }, here, largeConfig),
  },
] as const;

test.each(installed)('in $name each function may do what the table says, and no more', (one) => {
  const { all, allowed, handlers } = synth(one.name);
  const { prefix } = one.names;
  const access = accessOf(one.settings, one.names);
  const invoked = new Set(
    all('aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig').map(
      ({ inputs }) => inputs.functionName,
    ),
  );

  const roles = all(role).filter(({ name }) => handlers[name.replace(/Role$/, '')]);
  expect(roles.length).toBeGreaterThan(20);
  for (const found of roles) {
    const state = found.name.replace(/Role$/, '');
    const name = handlers[state]?.startsWith('functions/events/') ? kebab(state) : state;
    const called = `${prefix}-${kebab(state)}`;
    const own = [
      {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [`arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/${called}:*`],
      },
      { actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resources: ['*'] },
      ...((invoked.has(called) && name !== 'tell-slack') || name === 'on-release-change'
        ? [
            {
              actions: ['sqs:SendMessage'],
              resources: [`arn:aws:sqs:eu-west-1:123456789012:${called}-dead-letters`],
            },
          ]
        : []),
      ...(name === 'on-release-change'
        ? [
            {
              actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
              resources: [`arn:aws:dynamodb:eu-west-1:123456789012:table/${one.names.table}/stream/*`],
            },
          ]
        : []),
    ];
    const wanted = [...(access[name] ?? []), ...own];
    expect(grants(allowed(found)), name).toEqual(grants(policyDocument(wanted).Statement));
  }
});

test('the state machine may invoke the functions of its steps, and no others', () => {
  const { all, allowed, handlers } = synth('production');
  const deploy = all(role).filter(({ name }) => name === 'DeployRole');
  const steps = Object.keys(handlers)
    .filter((name) => handlers[name]?.startsWith('functions/steps/'))
    .map((name) => `arn:aws:lambda:eu-west-1:123456789012:function:tidegate-production-${kebab(name)}`);

  const invoked = deploy
    .flatMap(allowed)
    .filter(({ Action }) => listed(Action).includes('lambda:InvokeFunction'))
    .flatMap(({ Resource }) => Resource);

  expect(invoked.sort()).toEqual(steps.sort());
});

test.each(installed)(
  'in $name no action has a star, and a resource only with its reason beside it',
  (one) => {
    const { all, allowed } = synth(one.name);
    const tables = [
      ...Object.values(accessOf(one.settings, one.names)).flat(),
      ...runFunction(one.names, 'Any'),
      ...runStateMachine([]),
    ];
    const reasoned = new Set(tables.filter(({ reason }) => reason).flatMap(({ actions }) => actions));
    const statements = all(role).flatMap(allowed);

    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    const starred = statements.filter(({ Resource }) => listed(Resource).includes('*'));
    const unexplained = starred.flatMap(({ Action }) => Action).filter((action) => !reasoned.has(action));
    expect(starred.length).toBeGreaterThan(0);
    expect(unexplained).toEqual([]);
  },
);

test('roles of tasks are passed to ECS tasks only', () => {
  const { all, allowed } = synth('large');
  const passing = all(role)
    .flatMap(allowed)
    .filter(({ Action }) => listed(Action).includes('iam:PassRole'));

  expect(passing.length).toBeGreaterThan(0);
  for (const { Condition } of passing) {
    const services = Condition?.StringEquals?.['iam:PassedToService'];
    expect(listed(services)).toEqual(['ecs-tasks.amazonaws.com']);
  }
});

test.each(['production', 'large'] as const)('in %s every role is taken on by one service alone', (name) => {
  const principals = synth(name)
    .all(role)
    .map(({ name: called, inputs }) => {
      const policy =
        typeof inputs.assumeRolePolicy === 'string'
          ? JSON.parse(inputs.assumeRolePolicy)
          : inputs.assumeRolePolicy;
      return { called, trusted: listed(policy.Statement).map((statement) => statement.Principal) };
    });

  const others: Record<string, string> = {
    DeployRole: 'states.amazonaws.com',
    LifecycleHookRole: 'ecs.amazonaws.com',
  };
  for (const { called, trusted } of principals) {
    const service = others[called] ?? 'lambda.amazonaws.com';
    expect(trusted, called).toEqual([{ Service: service }]);
  }
});

test.each(['production', 'large'] as const)(
  'in %s no role has more or longer policies than IAM takes',
  (name) => {
    for (const { name: called, inputs } of synth(name).all(role)) {
      const inline = (inputs.inlinePolicies as { policy: string }[]).map(({ policy }) => policy.length);

      expect(
        inline.reduce((total, length) => total + length, 0),
        called,
      ).toBeLessThanOrEqual(10_240);
      expect((inputs.managedPolicyArns ?? []).length, called).toBeLessThanOrEqual(10);
    }
    for (const { name: called, inputs } of synth(name).all('aws:iam/policy:Policy')) {
      expect(inputs.policy.length, called).toBeLessThanOrEqual(6144);
    }
  },
);

test('functions get nothing from AWS but what is written here', () => {
  const attached = synth('production')
    .all(role)
    .flatMap(({ inputs }) => inputs.managedPolicyArns ?? []);

  expect(attached).toEqual([]);
});

test('functions are called by the rules that wake them, and approvals by their address', () => {
  const permissions = synth('production').all('aws:lambda/permission:Permission');

  const open = permissions.filter(({ inputs }) => inputs.principal === '*');
  expect(new Set(open.map(({ inputs }) => inputs.function))).toEqual(
    new Set(['tidegate-production-on-approval']),
  );
  const others = permissions.filter((permission) => !open.includes(permission));
  // Of a hundred rules a function's policy would have no room.
  expect(new Set(others.map(({ inputs }) => inputs.function)).size).toBe(others.length);
  for (const { name, inputs } of others) {
    expect(inputs, name).toMatchObject({
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: 'arn:aws:events:eu-west-1:123456789012:rule/tidegate-production-*',
    });
  }
});
