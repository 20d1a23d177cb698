/** The SDK's own client in front of a modelled service, in the same process: a wire of JSON and nothing else. */

import { ECSClient } from '@aws-sdk/client-ecs';
import { HttpResponse } from '@smithy/protocol-http';
import { AwsError, type AwsService } from '../../local/aws-service.ts';

interface WireRequest {
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

export function ecsClient(service: AwsService): ECSClient {
  return new ECSClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: WireRequest) {
        return { response: answer(service, request) };
      },
    },
  });
}

function answer({ target, operations }: AwsService, { headers, body = '{}' }: WireRequest): HttpResponse {
  const [asked, name = ''] = (headers['x-amz-target'] ?? '').split('.');
  const operation = asked === target ? operations[name] : undefined;
  try {
    if (!operation) throw new AwsError('UnknownOperationException', '');
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
    return respond(200, operation(JSON.parse(text)));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return respond(error.status, { __type: error.code, message: error.message });
  }
}

function respond(statusCode: number, answered: unknown) {
  const text = JSON.stringify(answered, function (this: Record<string, unknown>, key, value) {
    const original = this[key];
    return original instanceof Date ? original.getTime() / 1000 : value;
  });
  return new HttpResponse({
    statusCode,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: new TextEncoder().encode(text),
  });
}
