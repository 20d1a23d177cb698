/** The limits of the Step Functions API and its texts for what exceeds them. */
import { maxCauseLength, maxErrorLength } from '../asl/index.ts';
import { AwsError } from '../aws-service.ts';

/** Bytes of UTF-8: an input, an output. */
export const maxDataBytes = 262_144;

const nameLength = 80;
/** AWS refuses these, and control characters. `:` would break the ARN. */
const forbiddenInName = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;

export function checkName(name: unknown): string {
  if (
    typeof name !== 'string' ||
    name.length === 0 ||
    name.length > nameLength ||
    forbiddenInName.test(name)
  ) {
    throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  }
  return name;
}

export function checkArn(arn: unknown): string {
  if (typeof arn !== 'string' || !arn.startsWith('arn:')) {
    throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
  }
  return arn;
}

/** JSON text as the API takes it: an input, or a task's output. */
export function checkJson(text: unknown, code: 'InvalidExecutionInput' | 'InvalidOutput'): unknown {
  const words = code === 'InvalidOutput' ? 'Invalid Output' : 'Invalid State Machine Execution Input';
  if (typeof text !== 'string') throw new AwsError(code, `${words}: 'null'`);
  if (Buffer.byteLength(text) > maxDataBytes) {
    throw new AwsError(code, `${words}: 'The size of the data exceeds the limit of ${maxDataBytes} bytes'`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AwsError(code, `${words}: '${(error as Error).message}'`);
  }
}

/** The error and cause of a SendTaskFailure or StopExecution; an empty one is none. */
export function checkReason({ error, cause }: { error?: string; cause?: string }) {
  const problems = [...tooLong('error', error, maxErrorLength), ...tooLong('cause', cause, maxCauseLength)];
  if (problems.length > 0) {
    const count = `${problems.length} validation error${problems.length > 1 ? 's' : ''} detected`;
    throw new AwsError('ValidationException', `${count}: ${problems.join('; ')}`);
  }
  return { ...(error && { error }), ...(cause && { cause }) };
}

const tooLong = (field: string, text: string | undefined, most: number) =>
  (text?.length ?? 0) > most
    ? [
        `Value at '${field}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
      ]
    : [];
