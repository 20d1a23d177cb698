import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sizeOf } from '../../core/functions.ts';
import definition from '../../state-machines/deploy.asl.json' with { type: 'json' };
import { listed, synth } from './support/synth.ts';

const { all, one, handlers } = synth('production');
const root = new URL('../../', import.meta.url);

test('every step and every event handler is deployed, and has a file that exports a handler', () => {
  const files = ['functions/steps', 'functions/events'].flatMap((folder) =>
    readdirSync(new URL(folder, root))
      .filter((file) =>
        /^export const handler\b/m.test(readFileSync(new URL(`${folder}/${file}`, root), 'utf8')),
      )
      .map((file) => `${folder}/${file.replace(/\.ts$/, '.handler')}`),
  );

  // Without Slack no buttons, without links no page, and without another strategy than ROLLING no hook.
  const deployed = new Set([...Object.values(handlers), ...Object.values(synth('large').handlers)]);
  expect([...deployed].sort()).toEqual(files.sort());
});

test('every Task state has a function', () => {
  const tasks = Object.entries(definition.States).flatMap(([name, { Type }]) =>
    Type === 'Task' ? [name] : [],
  );
  const steps = Object.keys(handlers).filter((name) => handlers[name]?.startsWith('functions/steps/'));

  expect(steps.sort()).toEqual(tasks.sort());
});

test.each(all('aws:lambda/function:Function'))('$name runs as core/functions.ts says', ({ name, inputs }) => {
  const { memoryMegabytes, timeoutSeconds } = sizeOf(knownAs(name.replace(/Function$/, '')));

  expect(inputs).toMatchObject({
    runtime: 'nodejs24.x',
    architectures: ['arm64'],
    memorySize: memoryMegabytes,
    timeout: timeoutSeconds,
    tracingConfig: { mode: 'Active' },
    loggingConfig: { logFormat: 'JSON', logGroup: `/aws/lambda/${inputs.name}` },
  });
});

test('a function is over before the state machine gives up its task', () => {
  const timeouts = Object.entries(definition.States).flatMap(([name, state]) =>
    'TimeoutSeconds' in state
      ? [{ name, task: state.TimeoutSeconds, function: sizeOf(name).timeoutSeconds }]
      : [],
  );

  expect(timeouts.length).toBeGreaterThan(10);
  expect(
    timeouts.filter(({ task, ...timeout }) => typeof task === 'number' && timeout.function >= task),
  ).toEqual([]);
});

test('functions find the table and the state machine, and people the execution', () => {
  expect(one('aws:lambda/function:Function', 'PromoteFunction').environment.variables).toMatchObject({
    TABLE_NAME: one('aws:dynamodb/table:Table', 'ReleasesTable').name,
    STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:tidegate-production-deploy',
    CONSOLE_URL:
      'https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/',
  });
});

test('logs are kept for as long as executions', () => {
  const days = all('aws:cloudwatch/logGroup:LogGroup').map(({ inputs }) => inputs.retentionInDays);

  expect(new Set(days)).toEqual(new Set([90]));
  expect(days).toHaveLength(Object.keys(handlers).length + 1);
});

test('only approvals can be called from the internet, by what Slack or AWS credentials have signed', () => {
  expect(all('aws:lambda/functionUrl:FunctionUrl').map(({ inputs }) => inputs)).toMatchObject([
    { functionName: 'tidegate-production-on-approval', authorizationType: 'NONE' },
    { functionName: 'tidegate-production-on-approval-command', authorizationType: 'AWS_IAM' },
  ]);
});

test('where links are mailed, their page can be called from the internet too, and who mails them knows its address', () => {
  const large = synth('large');

  expect(large.all('aws:lambda/functionUrl:FunctionUrl').map(({ inputs }) => inputs)).toMatchObject([
    { functionName: 'tidegate-test-on-approval-page', authorizationType: 'NONE' },
    { functionName: 'tidegate-test-on-approval-command', authorizationType: 'AWS_IAM' },
  ]);
  const { variables } = large.one('aws:lambda/function:Function', 'MailApprovalFunction').environment;
  expect(variables.APPROVAL_PAGE_URL).toBe('https://onapprovalpageurl.lambda-url.eu-west-1.on.aws/');
  expect(handlers).not.toHaveProperty('OnApprovalPage');
});

test('mail goes from the configured address to those who get links, and to nobody else', () => {
  const large = synth('large');
  const [role] = large.all('aws:iam/role:Role').filter(({ name }) => name === 'MailApprovalRole');
  const mailing =
    role && large.allowed(role).filter(({ Action }) => listed(Action).includes('ses:SendEmail'));

  expect(mailing).toEqual([
    {
      Effect: 'Allow',
      Action: 'ses:SendEmail',
      Resource: [
        'arn:aws:ses:eu-west-1:123456789012:identity/deploys@example.com',
        'arn:aws:ses:eu-west-1:123456789012:identity/example.com',
        'arn:aws:ses:eu-west-1:123456789012:configuration-set/audited',
      ],
      Condition: {
        StringEquals: { 'ses:FromAddress': 'deploys@example.com' },
        'ForAllValues:StringEquals': { 'ses:Recipients': ['ada@example.com', 'chen@example.org'] },
      },
    },
  ]);
});

test('ECS may ask for its hook where services have one, in every account that has such services', () => {
  const large = synth('large');
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:tidegate-test-on-lifecycle-hook';

  expect(handlers).not.toHaveProperty('OnLifecycleHook');
  expect(large.outputs.lifecycleHook).toEqual({
    hookTargetArn: arn,
    roleArns: [
      'arn:aws:iam::111122223333:role/tidegate-test-ecs-hook',
      'arn:aws:iam::123456789012:role/tidegate-test-ecs-hook',
    ],
  });
  const [role] = large.all('aws:iam/role:Role').filter(({ name }) => name === 'LifecycleHookRole');
  expect(role && large.allowed(role)).toMatchObject([{ Action: ['lambda:InvokeFunction'], Resource: [arn] }]);
  expect(JSON.parse(role?.inputs.assumeRolePolicy).Statement[0].Principal).toEqual({
    Service: 'ecs.amazonaws.com',
  });
  expect(large.one('aws:lambda/permission:Permission', 'LifecycleHookPermission111122223333')).toMatchObject({
    principal: '111122223333',
    function: 'tidegate-test-on-lifecycle-hook',
  });
});

/** The name by which core/ knows a function: an event handler's is that of its file. */
function knownAs(name: string): string {
  const [, file = ''] = /^functions\/events\/(.*)\.handler$/.exec(handlers[name] ?? '') ?? [];
  return file || name;
}
