/** A Lambda function URL: an HTTP request becomes the function's event, what it returns becomes the answer. */
import type { Handler } from '../door/route.ts';

/** What is passed on as it is. All else is base64: also what a form sends, and so every click in Slack. */
const text = /^(text\/|application\/(json|javascript|xml|[^;]*\+(json|xml))\s*(;|$))/i;

/** Who signed a request, as AWS tells a function whose address takes only signed ones. */
export interface Iam {
  accountId: string;
  accessKey: string;
  userArn: string;
}

/**
 * `invoke` is the function's. An error in it is 502, as AWS answers it. `identify`: of an address that takes only signed
 * requests; undefined for who may not call it.
 */
export function functionUrl(
  invoke: (event: unknown) => Promise<unknown>,
  identify?: (request: Request, body: Uint8Array) => Iam | undefined,
): Handler {
  return async (request) => {
    const url = new URL(request.url);
    const body = Buffer.from(await request.arrayBuffer());
    const isBase64Encoded = body.length > 0 && !text.test(request.headers.get('content-type') ?? '');
    const iam = identify?.(request, body);
    if (identify && !iam) return Response.json({ Message: 'Forbidden' }, { status: 403 });
    const event = {
      version: '2.0',
      rawPath: url.pathname,
      rawQueryString: url.search.slice(1),
      headers: Object.fromEntries(request.headers),
      requestContext: {
        http: { method: request.method, path: url.pathname },
        ...(iam && { authorizer: { iam } }),
      },
      ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
      isBase64Encoded,
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
