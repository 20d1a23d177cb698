/** Stands for AWS and Slack on a free port: a table that keeps what is put into it, one secret, and no permission for anything else. */
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
    let sent = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      sent += text;
    });
    request.on('end', () => {
      const [status, body] = answerOf(service, operation, sent);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });

  const items = new Map<string, object>();
  /** Whatever is asked on a condition is done. */
  function table(
    operation: string,
    { Key, Item }: { Key?: { key: object }; Item?: { key: object } },
  ): object {
    if (operation === 'PutItem' && Item) items.set(JSON.stringify(Item.key), Item);
    return operation === 'GetItem' ? { Item: items.get(JSON.stringify(Key?.key)) } : {};
  }

  function answerOf(service: string, operation: string, sent: string): [status: number, body: object] {
    if (service === 'DynamoDB_20120810') return [200, table(operation, JSON.parse(sent))];
    if (service === 'AmazonSSM') return [200, { Parameter: { Value: secret } }];
    if (service === '') return [200, { ok: true, channel: 'C1', ts: '1767603600.000100' }];
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
