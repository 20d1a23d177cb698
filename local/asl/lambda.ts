/** The one thing a Task can do here: call a Lambda function. What is asked, and what an answer means. */
import { StateError } from './errors.ts';
import { isObject, type Json, type JsonObject, overTheWire } from './json.ts';

/** A call that a Task makes. */
export interface Call {
  /** The function's bare name, whether the definition gives a name or an ARN. */
  functionName: string;
  /** Version or alias, where the definition names one. */
  qualifier?: string;
  /** What the function receives. */
  payload: Json;
  /** The task token of a `.waitForTaskToken` task; the payload holds it only if the definition puts it there. */
  token?: string;
  /** How the definition names the function: through the optimized integration, or by its ARN as the Resource. */
  integration: 'lambda:invoke' | 'lambda';
  /** Aborted when nobody waits for the answer any more: a timeout, a failed sibling, the end of the execution. */
  timeoutSignal: AbortSignal;
}

/**
 * Runs a function and answers what it returned. What it throws becomes the task's error:
 * Error is `errorType`, else `name`; Cause is `cause` where that is text, else the whole error as Lambda
 * writes it where there is an `errorType`, else `message`. `lambdaError` and `taskError` make such errors.
 */
export type Invoke = (call: Call) => unknown;

/** What Lambda answers when a function threw. Further fields (`requestId`, `stackTrace`) are kept. */
export interface LambdaErrorPayload {
  errorType?: string;
  errorMessage?: string;
  trace?: string[];
  [field: string]: unknown;
}

/** The function itself threw: Error is its `errorType`, Cause the whole payload as JSON text. */
export const lambdaError = (payload: LambdaErrorPayload) =>
  taskError(payload.errorType ?? 'Error', JSON.stringify(payload));

/** The platform failed, e.g. `taskError('Lambda.ServiceException', 'Service unavailable')`. */
export const taskError = (error: string, cause: string) =>
  Object.assign(new Error(cause, { cause }), { name: error });

/** What `Invoke` threw, as the state's failure. */
export function failureOf(thrown: unknown): StateError {
  if (thrown instanceof StateError) return thrown;
  if (typeof thrown !== 'object' || thrown === null) return new StateError('Error', String(thrown));
  const { errorType, name, cause, message } = thrown as Record<string, unknown>;
  const error = String(errorType ?? name ?? 'Error');
  if (typeof cause === 'string') return new StateError(error, cause);
  return new StateError(error, errorType === undefined ? String(message ?? '') : JSON.stringify(thrown));
}

export interface Resource {
  integration: Call['integration'];
  waitsForToken: boolean;
}

/** Undefined: a resource that is not implemented. */
export function resourceOf(resource: string): Resource | undefined {
  if (resource === 'arn:aws:states:::lambda:invoke')
    return { integration: 'lambda:invoke', waitsForToken: false };
  if (resource === 'arn:aws:states:::lambda:invoke.waitForTaskToken') {
    return { integration: 'lambda:invoke', waitsForToken: true };
  }
  if (/^arn:aws[\w-]*:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?$/.test(resource)) {
    return { integration: 'lambda', waitsForToken: false };
  }
  return undefined;
}

type Request = Pick<Call, 'functionName' | 'qualifier' | 'payload'>;

/** The arguments of `lambda:invoke`. */
export function requestOf(given: Json): Request {
  if (!isObject(given) || typeof given.FunctionName !== 'string') {
    throw new StateError(
      'States.Runtime',
      `lambda:invoke needs a FunctionName, but its arguments are ${JSON.stringify(given)}`,
    );
  }
  if (given.InvocationType !== undefined && given.InvocationType !== 'RequestResponse') {
    throw new StateError(
      'States.Runtime',
      `InvocationType ${JSON.stringify(given.InvocationType)} is not implemented`,
    );
  }
  const request = { ...functionOf(given.FunctionName), payload: payloadOf(given.Payload) };
  return typeof given.Qualifier === 'string' ? { ...request, qualifier: given.Qualifier } : request;
}

/** The name and the qualifier in an ARN, or in `name`, `name:qualifier`. */
export function functionOf(nameOrArn: string): Pick<Call, 'functionName' | 'qualifier'> {
  const parts = nameOrArn.split(':');
  const [functionName = nameOrArn, qualifier] = parts.includes('function')
    ? parts.slice(parts.indexOf('function') + 1)
    : parts;
  return qualifier === undefined ? { functionName } : { functionName, qualifier };
}

/** A string is sent verbatim as the JSON text it is; without a payload the function receives `{}`. */
function payloadOf(payload: Json | undefined): Json {
  if (payload === undefined || payload === null) return {};
  if (typeof payload !== 'string') return payload;
  try {
    return JSON.parse(payload);
  } catch (error) {
    const reason = `Could not parse request body into json: ${(error as Error).message}`;
    throw new StateError('Lambda.InvalidRequestContentException', reason);
  }
}

/** The result of a task: `lambda:invoke` wraps what the function returned, an ARN as Resource does not. */
export function resultOf(integration: Call['integration'], returned: unknown, requestId: string): Json {
  const payload = overTheWire(returned);
  if (integration === 'lambda') return payload;
  const result: JsonObject = {
    ExecutedVersion: '$LATEST',
    Payload: payload,
    SdkHttpMetadata: { HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: 200,
  };
  return result;
}
