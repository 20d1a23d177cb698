import { expect, test } from 'vitest';
import template from '../../state-machines/deploy.asl.json' with { type: 'json' };
import { synth } from './support/synth.ts';

const { one, all } = synth('production');
const machine = one('aws:sfn/stateMachine:StateMachine', 'Deploy');
const definition = JSON.parse(machine.definition) as typeof template;
const tasks = Object.entries(definition.States).flatMap(([name, state]) =>
  'Arguments' in state ? [{ name, invoked: state.Arguments.FunctionName }] : [],
);

test('nothing in the definition is left to be filled in', () => {
  expect(machine.definition).not.toContain('${');
  expect(Object.keys(definition.States)).toEqual(Object.keys(template.States));
});

test.each(tasks)('$name calls its own function', ({ name, invoked }) => {
  const { name: deployed } = one('aws:lambda/function:Function', `${name}Function`);

  expect(invoked).toBe(`arn:aws:lambda:eu-west-1:123456789012:function:${deployed}`);
});

test('the definition stays under the limit of Step Functions', () => {
  expect(Buffer.byteLength(machine.definition)).toBeLessThan(2 ** 20);
});

test('every event of an execution is logged and traced, but nobody finds a task token in the log', () => {
  const log = all('aws:cloudwatch/logGroup:LogGroup').find(({ name }) => name === 'DeployLog')?.inputs;

  expect(machine).toMatchObject({
    name: 'tidegate-production-deploy',
    type: 'STANDARD',
    loggingConfiguration: {
      level: 'ALL',
      includeExecutionData: false,
      logDestination: `arn:aws:logs:eu-west-1:123456789012:log-group:${log?.name}:*`,
    },
    tracingConfiguration: { enabled: true },
  });
  expect(log?.name).toMatch(/^\/aws\/vendedlogs\/states\//);
});
