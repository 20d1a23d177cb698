/** Turns an AWS request into a model's answer. Both doors, the one with a socket and the one without, end here. */
import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { AwsError, type AwsService } from '../aws-service.ts';
import { ConnectionLost, type Handler } from './route.ts';
import { type Caller, callerOf, fromWire, toWire } from './wire.ts';

/** One call of an operation, as it is about to happen. */
export interface Call {
  /** The `target` of the service. */
  service: string;
  operation: string;
  input: Record<string, unknown>;
  caller: Caller;
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

/** Rejects with `ConnectionLost` only; a mistake in a model is answered as `InternalFailure` and logged. */
export function answering({
  services,
  around = (_call, next) => next(),
  requestId = randomUUID,
  log = console.error,
}: AnsweringOptions): Handler {
  const byTarget = new Map(services.map((service) => [service.target, service]));

  async function outputOf(request: Request): Promise<unknown> {
    const caller = callerOf(request.headers.get('authorization'));
    if (!caller) throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');

    const target = request.headers.get('x-amz-target') ?? '';
    const [service = '', operation = ''] = target.split('.');
    const operations = byTarget.get(service)?.operations ?? {};
    const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!run) {
      log(`${target} is not part of the local world`);
      throw new AwsError('UnknownOperationException', '');
    }

    const input = fromWire(await bodyOf(request));
    if (!input) throw new AwsError('SerializationException', '');
    return around({ service, operation, input, caller }, async () => run(input));
  }

  return async (request) => {
    const id = requestId();
    const type = request.headers.get('content-type') ?? 'application/x-amz-json-1.1';
    const headers = { 'content-type': type, 'x-amzn-requestid': id };
    try {
      return new Response(toWire(await outputOf(request)), { headers });
    } catch (error) {
      if (error instanceof ConnectionLost) throw error;
      if (!(error instanceof AwsError)) log(`${request.headers.get('x-amz-target')} failed (${id})`, error);
      const { code, message, status } = error instanceof AwsError ? error : internalFailure;
      // AWS has no text for some errors; the SDK then shows the code.
      const body = { __type: code, message: message || undefined };
      return new Response(toWire(body), { status, headers: { ...headers, 'x-amzn-errortype': code } });
    }
  };
}

const internalFailure = new AwsError(
  'InternalFailure',
  'The request processing has failed because of an unknown error, exception or failure.',
  500,
);

/** The SDK compresses large requests to CloudWatch. */
async function bodyOf(request: Request): Promise<string> {
  if (request.headers.get('content-encoding') !== 'gzip') return request.text();
  return gunzipSync(await request.arrayBuffer()).toString();
}
