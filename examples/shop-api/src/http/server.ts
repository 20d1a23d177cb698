/** The HTTP server around the routes. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readBody } from './body.ts';
import { type Answer, route, type Service } from './routes.ts';

/** Ends a request early, with this answer. */
class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function createHttpServer(service: Service): Server {
  const server = createServer(async (request, response) => {
    const { status, body } = await answerTo(request, service);
    send(response, status, body, service.stopping());
  });
  // Longer than the load balancer keeps a connection (60 s), or it would send requests into closed ones.
  server.keepAliveTimeout = 65_000;
  return server;
}

async function answerTo(request: IncomingMessage, service: Service): Promise<Answer> {
  const { method = 'GET', url = '/' } = request;
  const [path = '/'] = url.split('?');
  try {
    return await route({ method, path, body: () => bodyOf(request) }, service);
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: { error: error.message } };
    service.log.error('a request failed', { method, path, reason: String(error) });
    return { status: 500, body: { error: 'something went wrong' } };
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request);
  if (!body.ok) throw new Refusal(body.status, body.error);
  return body.value;
}

function send(response: ServerResponse, status: number, body: unknown, last: boolean) {
  response.writeHead(status, {
    'content-type': 'application/json',
    // A connection that is kept would hold up the shutdown; one with an unread body cannot be used again.
    ...((last || status === 413) && { connection: 'close' }),
  });
  response.end(`${JSON.stringify(body)}\n`);
}
