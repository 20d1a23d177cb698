/** Turns an AWS request into a model's answer. Both doors, the one with a socket and the one without, end here. */
import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { AwsError, type AwsService } from '../aws-service.ts';
import { wrongTypeIn } from './request-types.ts';
import { ConnectionLost } from './route.ts';
import { type Caller, callerOf, fromWire, toWire } from './wire.ts';

/** As much of an HTTP request as AWS's JSON protocols need. */
export interface AwsRequest {
  /** By their names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}

/** The same of somebody in this process, whose request need not become text. */
export interface UnwrittenRequest extends Pick<AwsRequest, 'headers'> {
  body: Unwritten;
}

export interface Unwritten {
  /** Another one each time: whoever gets it may keep it. */
  input(): Record<string, unknown>;
  /** Called with what a model answers before anything changes in it. Answers the body of the answer. */
  read(output: unknown): string;
}

export interface AwsAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Rejects with `ConnectionLost` only. */
export type AwsHandler = (request: AwsRequest | UnwrittenRequest) => Promise<AwsAnswer>;

/** One call of an operation, as it is about to happen. */
export interface Call {
  /** The `target` of the service. */
  service: string;
  operation: string;
  input: Record<string, unknown>;
  caller: Caller;
  /** Who that is: a function, also where it calls by a role that it took on; else the access key. */
  by: string;
}

/**
 * Stands between every caller and every operation: throttling, permissions, latency and faults go here.
 * Calls `next` once, never (throw an `AwsError` instead), or twice; a `ConnectionLost` thrown after `next` is a
 * call that worked but was not answered. Latency on a virtual clock: `pause` of local/lambda/pause.ts.
 */
export type Around = (call: Call, next: () => Promise<unknown>) => Promise<unknown>;

export interface AnsweringOptions {
  services: readonly AwsService[];
  around?: Around;
  /** For `x-amzn-requestid`. */
  requestId?: () => string;
  /** Told what goes wrong in a model, and which operations are missing. */
  log?: (message: string, error?: unknown) => void;
}

/**
 * A mistake in a model is answered as `InternalFailure` and logged. A model may take the types of a request for granted:
 * where it fails over a wrong one, that is the answer.
 */
export function answering({
  services,
  around = (_call, next) => next(),
  requestId = randomUUID,
  log = console.error,
}: AnsweringOptions): AwsHandler {
  const byTarget = new Map(services.map((service) => [service.target, service]));

  async function outputOf(request: AwsRequest | UnwrittenRequest): Promise<unknown> {
    const { headers } = request;
    const caller = callerOf(headers.authorization);
    if (!caller) throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');

    const { target, service, operation } = targetOf(headers);
    const operations = byTarget.get(service)?.operations ?? {};
    const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!run) {
      log(`${target} is not part of the local world`);
      throw new AwsError('UnknownOperationException', '');
    }

    const input = inputOf(request);
    const by = caller.accessKeyId;
    return around({ service, operation, input, caller, by }, async () => run(input));
  }

  return async (request) => {
    const id = requestId();
    const type = request.headers['content-type'] ?? 'application/x-amz-json-1.1';
    const headers = { 'content-type': type, 'x-amzn-requestid': id };
    try {
      const output = await outputOf(request);
      const body = isUnwritten(request.body) ? request.body.read(output) : toWire(output);
      return { status: 200, headers, body };
    } catch (error) {
      if (error instanceof ConnectionLost) throw error;
      const refusal = error instanceof AwsError ? error : await mistyped(request);
      if (!refusal) log(`${request.headers['x-amz-target']} failed (${id})`, error);
      const { code, message, status, fields } = refusal ?? internalFailure;
      // AWS has no text for some errors; the SDK then shows the code.
      const body = { ...fields, __type: code, message: message || undefined };
      return { status, headers: { ...headers, 'x-amzn-errortype': code }, body: toWire(body) };
    }
  };
}

const internalFailure = new AwsError(
  'InternalFailure',
  'The request processing has failed because of an unknown error, exception or failure.',
  500,
);

/** `DynamoDB_20120810` and `GetItem` of `DynamoDB_20120810.GetItem`. */
function targetOf(headers: AwsRequest['headers']) {
  const target = headers['x-amz-target'] ?? '';
  const [service = '', operation = ''] = target.split('.');
  return { target, service, operation };
}

function inputOf({ headers, body }: AwsRequest | UnwrittenRequest): Record<string, unknown> {
  if (isUnwritten(body)) return body.input();
  const input = fromWire(headers['content-encoding'] === 'gzip' ? unzipped(body) : textOf(body));
  if (!input) throw new AwsError('SerializationException', '');
  return input;
}

const isUnwritten = (body: AwsRequest['body'] | Unwritten): body is Unwritten =>
  typeof body === 'object' && !(body instanceof Uint8Array);

function unzipped(body: string | Uint8Array): string {
  try {
    return String(gunzipSync(body));
  } catch {
    throw new AwsError('SerializationException', '');
  }
}

async function mistyped(request: AwsRequest | UnwrittenRequest): Promise<AwsError | undefined> {
  const { service, operation } = targetOf(request.headers);
  const wrong = await wrongTypeIn(service, operation, inputOf(request));
  return wrong === undefined ? undefined : new AwsError('SerializationException', wrong);
}

function textOf(body: string | Uint8Array): string {
  // Not `Buffer.from(body)`: what the SDK sends warns when it is asked for anything that a string can do.
  return typeof body === 'string' ? body : decoder.decode(body);
}

const decoder = new TextDecoder();
