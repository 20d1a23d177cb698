/** The smallest door to one modelled service, so that its contract is tested through the SDK's own client. */
import { Readable } from 'node:stream';
import { type HttpRequest, HttpResponse } from '@smithy/protocol-http';
import { AwsError, type AwsService } from '../../local/aws-service.ts';

/** Settings for any SDK client of a JSON protocol. */
export function clientOf(service: AwsService) {
  return {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: HttpRequest) {
        const [target, operation = ''] = request.headers['x-amz-target']?.split('.') ?? [];
        const { status, body } = answer(
          target === service.target ? service : undefined,
          operation,
          request.body,
        );
        return {
          response: new HttpResponse({
            statusCode: status,
            headers: { 'content-type': 'application/x-amz-json-1.0' },
            body: Readable.from([body]),
          }),
        };
      },
    },
  };
}

function answer(
  service: AwsService | undefined,
  name: string,
  body: string,
): { status: number; body: string } {
  const operation = service?.operations[name];
  if (!operation) return { status: 400, body: JSON.stringify({ __type: 'UnknownOperationException' }) };
  try {
    return { status: 200, body: JSON.stringify(operation(JSON.parse(body)), epochSeconds) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: error.status, body: JSON.stringify({ __type: error.code, message: error.message }) };
  }
}

function epochSeconds(this: Record<string, unknown>, key: string, value: unknown) {
  const original = this[key];
  return original instanceof Date ? original.getTime() / 1000 : value;
}
