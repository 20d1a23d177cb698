/** What stacks decide without SST: the definition's substitution, names, and how policies are divided. */
import { describe, expect, test } from 'vitest';
import { policiesOf } from '../../core/access/policies.ts';
import { policyDocument, type Statement } from '../../core/access/statement.ts';
import { defineConfig } from '../../core/config.ts';
import { kebab } from '../../core/functions.ts';
import { substitute, taskNames } from '../../stacks/definition.ts';
import { consoleOf, namesFor, pascal } from '../../stacks/names.ts';

describe('the definition', () => {
  const asking = (name: string) => `\${${name}}`;
  const definition = {
    States: { Look: { FunctionName: asking('Look') }, Tell: { FunctionName: asking('Tell') } },
  };

  test('gets a value for every name', () => {
    const text = substitute(definition, { Look: 'arn:look', Tell: 'arn:"tell"' });

    expect(JSON.parse(text)).toEqual({
      States: { Look: { FunctionName: 'arn:look' }, Tell: { FunctionName: 'arn:"tell"' } },
    });
  });

  test('is refused with a name that has no value', () => {
    expect(() => substitute(definition, { Look: 'arn:look' })).toThrow(
      `the state machine asks for ${asking('Tell')}, and there is none`,
    );
  });

  test('is refused with a value that no name asks for', () => {
    expect(() => substitute(definition, { Look: 'a', Tell: 'b', Promote: 'c', Record: 'd' })).toThrow(
      'the state machine never asks for Promote, Record',
    );
  });

  test('has functions for its Task states alone', () => {
    expect(taskNames({ States: { Look: { Type: 'Task' }, Wait: { Type: 'Wait' } } })).toEqual(['Look']);
  });
});

describe('names', () => {
  const config = defineConfig({
    services: {
      'my-api': {
        ...{ repository: 'my-api', container: 'app' },
        environments: [{ name: 'production', cluster: 'main', service: 'my-api' }],
      },
    },
  });
  const here = { partition: 'aws', account: '123456789012', region: 'eu-west-1' };
  const stage = (length: number) => () =>
    namesFor({ name: 'tidegate', stage: 's'.repeat(length) }, here, config);

  test('say which app and which stage', () => {
    expect(namesFor({ name: 'tidegate', stage: 'trial' }, here, config)).toEqual({
      ...here,
      prefix: 'tidegate-trial',
      production: false,
      approvalCommandParameter: '/tidegate/trial/approval-command-url',
      table: 'tidegate-trial-releases',
      stateMachine: 'tidegate-trial-deploy',
      secretParameters: {},
    });
  });

  test('leave a stage 30 characters', () => {
    expect(stage(30)).not.toThrow();
    expect(stage(31)).toThrow('is too long by 1 characters: functions are named after it');
  });

  test.each([
    { name: 'CheckScan', file: 'check-scan' },
    { name: 'Promote', file: 'promote' },
  ])('of a state and its file: $name, $file', ({ name, file }) => {
    expect(kebab(name)).toBe(file);
    expect(pascal(file)).toBe(name);
    expect(pascal(name)).toBe(name);
  });

  test.each([
    { partition: 'aws', console: 'https://eu-west-1.console.aws.amazon.com' },
    { partition: 'aws-cn', console: 'https://eu-west-1.console.amazonaws.cn' },
    { partition: 'aws-us-gov', console: 'https://eu-west-1.console.amazonaws-us-gov.com' },
  ])('of the console in the partition $partition: $console', ({ partition, console: expected }) => {
    expect(consoleOf({ partition, region: 'eu-west-1' })).toBe(expected);
  });
});

describe('the policies of a function', () => {
  const own: Statement[] = [{ actions: ['logs:PutLogEvents'], resources: ['arn:own'] }];
  const services = (count: number): Statement => ({
    actions: ['ecs:DescribeServices'],
    resources: Array.from(
      { length: count },
      (_, index) => `arn:aws:ecs:eu-west-1:123456789012:service/main/${index}`,
    ),
    conditions: [{ test: 'StringEquals', variable: 'ecs:cluster', values: ['main'] }],
  });

  test('are inline where there is room', () => {
    const access = [services(10)];

    expect(policiesOf('Look', own, access)).toEqual({ inline: [...own, ...access], managed: [] });
  });

  test('are several where there is none, and allow the same', () => {
    const access = [services(300), { actions: ['ecs:ListTasks'], resources: ['*'], reason: 'no resources' }];

    const { inline, managed } = policiesOf('Look', own, access);

    expect(inline).toEqual(own);
    expect(managed.length).toBeGreaterThan(2);
    expect(
      managed.map((some) => JSON.stringify(policyDocument(some)).length).filter((length) => length > 6144),
    ).toEqual([]);
    const statements = managed.flat();
    expect(statements.flatMap(({ resources }) => resources)).toEqual([...services(300).resources, '*']);
    expect(statements.filter(({ actions }) => actions[0] === 'ecs:DescribeServices')).toEqual(
      statements.slice(0, -1).map((one) => ({ ...services(300), resources: one.resources })),
    );
  });

  test('are refused where IAM has no room for them', () => {
    expect(() => policiesOf('Look', own, [services(2000)])).toThrow(
      /^Look would need \d+ policies of 6000 characters, and IAM gives a role 10: .* install another stage for some of them$/,
    );
  });
});
