/** The TestState operation: one state, or one of a state machine, with a mock for what it would call. */
import {
  InvalidDefinition,
  type Invoke,
  type JsonObject,
  type StateTest,
  testState,
  uuid,
} from '../asl/index.ts';
import { AwsError } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { checkJson } from './limits.ts';

export interface TestStateRequest {
  definition: string;
  input?: string;
  roleArn?: string;
  stateName?: string;
  variables?: string;
  /** JSON text of `$states.context`. */
  context?: string;
  inspectionLevel?: 'INFO' | 'DEBUG' | 'TRACE';
  mock?: { result?: string; errorOutput?: { error?: string; cause?: string } };
  stateConfiguration?: { retrierRetryCount?: number; mapIterationFailureCount?: number };
}

export interface TestStateOptions {
  clock: Clock;
  invoke: Invoke;
  random: () => number;
  prefix: string;
  account: string;
}

export async function runTestState(request: TestStateRequest, options: TestStateOptions) {
  const test = { ...testOf(request, options), ...options };
  const { inspection, output, ...rest } = await refusing(() => testState(test));
  const answer = output === undefined ? rest : { ...rest, output: JSON.stringify(output) };
  const { inspectionLevel = 'INFO' } = request;
  return inspectionLevel === 'INFO' ? answer : { ...answer, inspectionData: asText(inspection) };
}

function testOf(
  request: TestStateRequest,
  options: TestStateOptions,
): Omit<StateTest, keyof TestStateOptions> {
  const { definition, input = '{}', stateName, variables, mock, stateConfiguration = {} } = request;
  return {
    definition: JSON.parse(definition),
    input: checkJson(input, 'InvalidExecutionInput') as StateTest['input'],
    context: { ...contextOf(request, input, options), ...JSON.parse(request.context ?? '{}') },
    ...(stateName === undefined ? {} : { stateName }),
    ...(variables === undefined ? {} : { variables: JSON.parse(variables) }),
    ...(mock === undefined ? {} : { mock: mockOf(mock) }),
    ...stateConfiguration,
  };
}

function mockOf({
  result,
  errorOutput,
}: NonNullable<TestStateRequest['mock']>): NonNullable<StateTest['mock']> {
  if (result === undefined) return errorOutput ?? {};
  return { result: checkJson(result, 'InvalidOutput') as StateTest['input'] };
}

/** AWS runs a test as an express execution of a machine that does not exist. */
function contextOf(
  { roleArn }: TestStateRequest,
  input: string,
  { clock, random, prefix, account }: TestStateOptions,
): JsonObject {
  const [machine, name] = [uuid(random), uuid(random)];
  return {
    Execution: {
      Id: `${prefix}:express:${machine}:${name}:${uuid(random)}`,
      Input: JSON.parse(input),
      Name: name,
      RoleArn: roleArn ?? `arn:aws:iam::${account}:role/TestState`,
      StartTime: new Date(clock.now()).toISOString(),
    },
    StateMachine: { Id: `${prefix}:stateMachine:${machine}`, Name: machine },
  };
}

/** The API carries what was seen as JSON text, but for plain numbers. */
function asText({ errorDetails, ...inspection }: JsonObject) {
  const entries = Object.entries(inspection).map(([key, value]) => {
    return [key, typeof value === 'number' ? value : JSON.stringify(value)];
  });
  const texts = Object.fromEntries(entries);
  return errorDetails === undefined ? texts : { ...texts, errorDetails };
}

async function refusing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvalidDefinition) throw new AwsError('InvalidDefinition', error.message);
    throw error;
  }
}
