/** The door without a socket: the SDK's clients and `fetch` reach the local world in this very process. */
import { type HttpHandlerOptions, type HttpRequest, HttpResponse } from '@smithy/protocol-http';
import { type Handler, type Route, routing } from './route.ts';

/** A `requestHandler` for every client of the SDK. The caller's abort signal and the lost connection are errors, as with a socket. */
export function inProcessHandler(aws: Handler) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },

    async handle(request: HttpRequest, { abortSignal }: HttpHandlerOptions = {}) {
      const { method, headers, body } = request;
      const asking = aws(new Request(`http://${request.hostname}${request.path}`, { method, headers, body }));
      const answer = await abortable(asking, abortSignal as AbortSignal | undefined);
      const response = new HttpResponse({
        statusCode: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: new Uint8Array(await answer.arrayBuffer()),
      });
      return { response };
    },

    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

/** What answers at an origin such as `http://127.0.0.1:4747`. */
export type Origins = Readonly<Record<string, readonly Route[]>>;

/**
 * A `fetch` that knows these origins and no other: the rest is a host that cannot be found. Redirects are not
 * followed. Aborts and lost connections reject as Node's `fetch` does.
 */
export function inProcessFetch(origins: Origins): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { origin, hostname } = new URL(request.url);
    const routes = origins[origin];
    if (!routes)
      throw failed(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }));
    try {
      return await abortable(routing(routes)(request), request.signal);
    } catch (error) {
      throw request.signal.aborted ? request.signal.reason : failed(error);
    }
  };
}

const failed = (cause: unknown) => new TypeError('fetch failed', { cause });

async function abortable<Result>(work: Result | Promise<Result>, signal?: AbortSignal): Promise<Result> {
  if (!signal) return work;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
