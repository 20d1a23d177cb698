/** The door without a socket: the SDK's clients and `fetch` reach the local world in this very process. */
import { type HttpHandlerOptions, type HttpRequest, HttpResponse } from '@smithy/protocol-http';
import type { AwsAnswer, AwsHandler } from './answering.ts';
import { type Route, routing } from './route.ts';
import type { Caller } from './wire.ts';

/** A `requestHandler` for every client of the SDK. The caller's abort signal and the lost connection are errors, as with a socket. */
export function inProcessHandler(aws: AwsHandler) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },

    async handle(request: HttpRequest, { abortSignal }: HttpHandlerOptions = {}) {
      const { headers, body } = request;
      const answer = await abortable(aws({ headers, body }), abortSignal as AbortSignal | undefined);
      return { response: responseOf(answer) };
    },

    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

/** As the SDK reads it. */
export const responseOf = ({ status, headers, body }: AwsAnswer): HttpResponse =>
  new HttpResponse({ statusCode: status, headers, body: Buffer.from(body) });

/** Who signed; the rest of a signature is not checked by any door. */
export const signatureOf = ({ accessKeyId }: { accessKeyId: string }, region: string) =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/-/${region}`;

/**
 * The rest of such a client's configuration: what takes the time of a call where nothing is sent. Nothing is read from
 * the environment or from files, nothing is logged, nothing is hashed.
 */
export const inProcessSettings = {
  httpAuthSchemes: [
    {
      schemeId: 'aws.auth#sigv4',
      identityProvider: <Provider>(config: { getIdentityProvider(schemeId: string): Provider }) =>
        config.getIdentityProvider('aws.auth#sigv4'),
      signer: {
        async sign(request: HttpRequest, identity: object, { region = '' }: { region?: string }) {
          const { accessKeyId } = identity as Pick<Caller, 'accessKeyId'>;
          request.headers.authorization = signatureOf({ accessKeyId }, region);
          return request;
        },
      },
    },
  ],
  authSchemePreference: [],
  retryMode: 'standard',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: '',
  accountIdEndpointMode: 'disabled' as const,
  endpointDiscoveryEnabledProvider: async () => undefined,
  // Where there is a logger that hears nothing, the SDK still prepares what it would say.
  logger: {} as never,
};

/** What answers at an origin such as `http://127.0.0.1:4747`. */
export type Origins = Readonly<Record<string, readonly Route[]>>;

/**
 * A `fetch` that knows these origins and no other: the rest is a host that cannot be found. Redirects are not
 * followed. Aborts and lost connections reject as Node's `fetch` does.
 */
export function inProcessFetch(origins: Origins): typeof globalThis.fetch {
  return async (input, init) => {
    const request = input instanceof Request && !init ? input : new Request(input, init);
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const { origin, hostname } = new URL(request.url);
    const routes = origins[origin];
    if (!routes)
      throw failed(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }));
    try {
      return await abortable(routing(routes)(request), signal);
    } catch (error) {
      throw signal?.aborted ? signal.reason : failed(error);
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
