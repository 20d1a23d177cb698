/** The little of AWS that the SST CLI itself asks for: what it keeps in Parameter Store and S3. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { bootstrap } from './bootstrap.ts';

export interface AwsStub {
  address: string;
  /** Calls that had no answer here. */
  unanswered: readonly string[];
}

/** Keeps what it is given in memory. It keeps nothing running. */
export async function startAwsStub(): Promise<AwsStub> {
  const parameters = new Map([['/sst/bootstrap', JSON.stringify(bootstrap)]]);
  const objects = new Map<string, Buffer>();
  const unanswered: string[] = [];

  const systemsManager: Record<string, (input: { Name: string; Value: string }) => object | undefined> = {
    'AmazonSSM.GetParameter'({ Name }) {
      const Value = parameters.get(Name);
      return Value === undefined ? undefined : { Parameter: { Name, Value, Type: 'String' } };
    },
    'AmazonSSM.PutParameter'({ Name, Value }) {
      parameters.set(Name, Value);
      return { Version: 1 };
    },
  };

  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const answer = (status: number, content: string | Buffer = '', headers = {}) =>
      response.writeHead(status, headers).end(content);
    const json = (status: number, content: object) =>
      answer(status, JSON.stringify(content), { 'content-type': 'application/x-amz-json-1.1' });

    const target = request.headers['x-amz-target'];
    if (target !== undefined) {
      const operation = systemsManager[String(target)];
      if (!operation) {
        unanswered.push(String(target));
        return json(400, { __type: 'UnknownOperationException' });
      }
      const input = JSON.parse(body.toString());
      const output = operation(input);
      return output ? json(200, output) : json(400, { __type: 'ParameterNotFound', message: input.Name });
    }

    const [key = ''] = (request.url ?? '').split('?');
    switch (request.method) {
      case 'PUT':
        objects.set(key, body);
        return answer(200, '', { etag: '"0"' });
      case 'DELETE':
        objects.delete(key);
        return answer(204);
      case 'GET': {
        const found = objects.get(key);
        if (found) return answer(200, found);
        const error = '<Error><Code>NoSuchKey</Code><Message>not kept here</Message></Error>';
        return answer(404, error, { 'content-type': 'application/xml' });
      }
      default:
        unanswered.push(`${request.method} ${request.url}`);
        return answer(400);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  server.unref();
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, unanswered };
}
