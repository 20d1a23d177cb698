/** Stands for AWS and Slack on a free port: an empty table, one secret, and no permission for anything else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Loopback {
  address: string;
  /** Operations that were asked for since this was called last, such as `DescribeServices`. */
  asked(): string[];
  close(): void;
}

export async function loopback(secret: string): Promise<Loopback> {
  let asked: string[] = [];
  const server = createServer((request, response) => {
    const [service = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    asked.push(operation || String(request.url));
    const [status, body] = answerOf(service, operation);
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });

  function answerOf(service: string, operation: string): [status: number, body: object] {
    if (service === 'DynamoDB_20120810') return [200, {}];
    if (service === 'AmazonSSM') return [200, { Parameter: { Value: secret } }];
    if (service === '') return [200, { ok: true }];
    return [400, { __type: 'AccessDeniedException', message: `not authorized to perform ${operation}` }];
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked() {
      const since = asked;
      asked = [];
      return since;
    },
    close: () => void server.close(),
  };
}
