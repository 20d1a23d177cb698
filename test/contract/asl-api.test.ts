/** The Step Functions API answers as AWS did: scripts of calls, definitions, and single states. */
import { expect, test } from 'vitest';
import { AwsError } from '../../local/aws-service.ts';
import { virtualClock } from '../../local/clock.ts';
import { statesService } from '../../local/states/states.ts';
import { type Case, cases } from '../support/asl-corpus.ts';
import { differences } from '../support/asl-pattern.ts';
import { verdict } from '../support/asl-verdict.ts';

function recordedWorld() {
  const clock = virtualClock();
  const { service } = statesService({
    clock,
    account: '111111111111',
    region: 'us-east-1',
    invoke: () => ({}),
  });
  return { clock, call: (operation: string, input: unknown) => service.operations[operation]?.(input) };
}

test.each(cases('api'))('a script of calls is answered as on AWS: $id', async (one) => {
  expect(verdict(one, await scriptDifferences(one))).toEqual([]);
});

test.each(cases('validate'))('a definition is judged as on AWS: $id', (one) => {
  expect(verdict(one, validationDifferences(one))).toEqual([]);
});

test.each(cases('testState'))('a single state is tested as on AWS: $id', async (one) => {
  expect(verdict(one, await stateDifferences(one))).toEqual([]);
});

async function scriptDifferences({ steps }: Case): Promise<string[]> {
  const { clock, call } = recordedWorld();
  const answers: Record<string, unknown>[] = [];
  const found: string[] = [];
  for (const [index, step] of steps.entries()) {
    const operation = pascalCase(step.op);
    const answer = await answered(operation, () => call(operation, resolved(step.args, answers)));
    answers.push(answer as Record<string, unknown>);
    const looseness = { subset: step.expectError === true }; // recordings show errors in either of two shapes
    if (step.expect) found.push(...differences(step.expect, answer, looseness, `step ${index}`));
    await clock.advance(50);
  }
  return found;
}

/** The answer, or the error in both shapes in which recordings show it. */
async function answered(operation: string, call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return {
      Error: { Code: error.code, Message: error.message },
      message: error.message,
      exception_typename: error.code,
      exception_value: `An error occurred (${error.code}) when calling the ${operation} operation: ${error.message}`,
    };
  }
}

function validationDifferences({ definition, definitionText, expected }: Case): string[] {
  const { call } = recordedWorld();
  const text = definitionText ?? JSON.stringify(definition);
  if (!expected.createError) {
    return differences(expected, call('ValidateStateMachineDefinition', { definition: text }));
  }
  const wanted = expected.createError.message ?? expected.createError.exception_value;
  try {
    call('CreateStateMachine', {
      name: 'machine',
      definition: text,
      roleArn: 'arn:aws:iam::111111111111:role/r',
    });
  } catch (error) {
    const { message, code } = error as AwsError;
    return code === 'InvalidDefinition' && wanted.endsWith(message)
      ? []
      : [`${code}: ${message} is not ${wanted}`];
  }
  return [`accepted, but ${wanted}`];
}

async function stateDifferences(one: Case): Promise<string[]> {
  const { call } = recordedWorld();
  const text = (value: unknown) =>
    value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
  const { definition, input, mock, context, variables, ...request } = one;
  const answer = await answered('TestState', () =>
    call('TestState', {
      ...request,
      definition: text(definition),
      input: JSON.stringify(input),
      mock,
      context: text(context),
      variables: text(variables),
    }),
  );
  return differences(one.expected, answer);
}

/** Arguments that refer to what an earlier step answered. */
function resolved(args: Record<string, unknown>, answers: Record<string, unknown>[]) {
  const entries = Object.entries(args).map(([name, value]) => {
    const { $from, field } = (typeof value === 'object' && value !== null ? value : {}) as {
      $from?: number;
      field?: string;
    };
    return [name, $from === undefined ? value : answers[$from]?.[String(field)]];
  });
  return Object.fromEntries(entries);
}

const pascalCase = (name: string) =>
  name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
