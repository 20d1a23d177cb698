/** Something web-standard behind a port of this machine, for a browser to look at. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestOf, send } from '../../local/door/node-http.ts';

export interface Served {
  /** Such as `http://127.0.0.1:40001`. */
  address: string;
  close(): Promise<void>;
}

export async function served(fetch: (request: Request) => Response | Promise<Response>): Promise<Served> {
  const server = createServer(async (incoming, outgoing) => {
    try {
      await send(await fetch(requestOf(incoming, outgoing)), outgoing);
    } catch {
      outgoing.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
