/** The door with a socket: one server on 127.0.0.1 for the AWS API, the registry, Slack and the console. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isQuery } from '../iam/sts.ts';
import type { AwsAnswer, AwsRequest } from './answering.ts';
import { requestOf, send } from './node-http.ts';
import { refusal } from './own-address.ts';
import { ConnectionLost, type Route, routing } from './route.ts';

export interface HttpDoorOptions {
  /** The port that is wanted; 0 is any. */
  port: number;
  /** Answers every request with an `X-Amz-Target`, and those of AWS's query protocol. */
  aws: (request: AwsRequest) => Promise<AwsAnswer>;
  /** Answer all others. */
  routes: readonly Route[];
  log?: (message: string, error?: unknown) => void;
}

export interface HttpDoor {
  /** The port it is: another than the wanted one where that was taken. */
  port: number;
  /** `http://127.0.0.1:<port>` */
  address: string;
  /** Ends every connection at once. May be repeated. */
  close(): Promise<void>;
}

/** Rejects only where not even a free port can be had. */
export async function httpDoor({
  port,
  aws,
  routes,
  log = console.error,
}: HttpDoorOptions): Promise<HttpDoor> {
  const others = routing(routes);

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse) {
    const request = requestOf(incoming, outgoing);
    const isAws =
      request.method === 'POST' &&
      (request.headers.has('x-amz-target') ||
        (atRoot(request) && isQuery({ headers: Object.fromEntries(request.headers) })));
    await send(await (isAws ? answerOf(aws, request) : others(request)), outgoing);
  }

  const server = createServer((incoming, outgoing) => {
    const refused = refusal(incoming);
    if (refused) {
      outgoing.writeHead(refused.status, { 'content-type': 'text/plain' }).end(`${refused.reason}\n`);
      return;
    }
    answer(incoming, outgoing).catch((error) => {
      // The client is gone: nothing to tell, and nobody to tell it to.
      if (outgoing.destroyed) return;
      if (error instanceof ConnectionLost || outgoing.headersSent) {
        outgoing.destroy();
        return;
      }
      log(`${incoming.method} ${incoming.url} failed`, error);
      outgoing
        .writeHead(500, { 'content-type': 'text/plain' })
        .end('the local world failed here; its log says why\n');
    });
  });
  // An upload of a large image takes as long as it takes.
  server.requestTimeout = 0;

  const bound = await listen(server, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') return listen(server, 0);
    throw error;
  });
  return {
    port: bound,
    address: `http://127.0.0.1:${bound}`,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

/** Where AWS's query protocol has everything. */
const atRoot = ({ url }: Request) => new URL(url).pathname === '/';

async function answerOf(aws: HttpDoorOptions['aws'], request: Request): Promise<Response> {
  const headers = Object.fromEntries(request.headers);
  const { body, ...answer } = await aws({ headers, body: new Uint8Array(await request.arrayBuffer()) });
  return new Response(body, answer);
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}
