/** How long a function waits for AWS: the SDK by itself waits without end. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { calling } from '../../aws/calling.ts';
import { Transient } from '../../core/errors.ts';
import { patience } from '../../functions/runtime.ts';

test('an AWS that takes a request and never answers is tried again later, not waited for', async () => {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new ECSClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: { ...patience, requestTimeout: 100 },
  });

  const asking = calling('DescribeServices', () =>
    client.send(new DescribeServicesCommand({ services: ['x'] })),
  );

  await expect(asking).rejects.toThrow(Transient);
  server.closeAllConnections();
  server.close();
});

test('even three attempts and the pauses between them are over before the state machine gives up on a step', () => {
  expect(patience.connectionTimeout).toBeGreaterThan(0);
  expect(3 * (patience.connectionTimeout + patience.requestTimeout)).toBeLessThan(60_000);
});
