/** A Lambda function URL: an HTTP request becomes the function's event, what it returns becomes the answer. */
import type { Handler } from '../door/route.ts';

/** `invoke` is the function's. An error in it is 502, as AWS answers it. */
export function functionUrl(invoke: (event: unknown) => Promise<unknown>): Handler {
  return async (request) => {
    const url = new URL(request.url);
    const event = {
      version: '2.0',
      rawPath: url.pathname,
      rawQueryString: url.search.slice(1),
      headers: Object.fromEntries(request.headers),
      requestContext: { http: { method: request.method, path: url.pathname } },
      body: await request.text(),
      isBase64Encoded: false,
    };
    try {
      const answer = (await invoke(event)) as {
        statusCode?: number;
        headers?: Record<string, string>;
        body?: string;
      };
      return new Response(answer.body ?? '', {
        status: answer.statusCode ?? 200,
        headers: answer.headers ?? {},
      });
    } catch {
      return new Response('Internal Server Error', { status: 502 });
    }
  };
}
