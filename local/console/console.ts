/** The console: pages that show releases as they happen and afterwards. Answers the paths below `/console`, and `/`. */
import { type Clock, realClock } from '../clock.ts';
import type { Route } from '../door/route.ts';
import { asset } from './assets.ts';
import { securityHeaders } from './headers.ts';
import { historyStream, releasesSnapshot, releasesStream } from './live.ts';
import { releaseRow } from './release-row.ts';
import type { ConsoleSource } from './source.ts';
import { tell } from './story.ts';
import type { EnvironmentsSnapshot, ReleaseDetails } from './wire.ts';

export interface Console extends Route {
  /** `/`, `/console` and all that is below it. */
  owns(path: string): boolean;
  /** Only reads. The request's signal, or cancelling the body, ends an event stream. */
  fetch(request: Request): Promise<Response>;
}

export interface ConsoleOptions {
  source: ConsoleSource;
  /** The clock of the world that is shown. */
  clock?: Clock;
}

const page = '/console/page/';
const api = '/console/api/';

export function console({ source, clock = realClock() }: ConsoleOptions): Console {
  async function details(executionArn: string): Promise<ReleaseDetails | undefined> {
    const execution = await source.execution(executionArn);
    if (!execution) return undefined;
    const [definition, history, { slack }] = await Promise.all([
      source.definition(executionArn),
      source.history(executionArn),
      source.surroundings(),
    ]);
    return {
      now: clock.now(),
      row: releaseRow(execution, history),
      definition: JSON.parse(definition),
      told: tell(execution.startDate.getTime(), history),
      ...(slack && { slack }),
    };
  }

  async function environments(): Promise<EnvironmentsSnapshot> {
    return { now: clock.now(), environments: (await source.environments?.()) ?? [] };
  }

  async function data(path: string, request: Request, { searchParams }: URL): Promise<Response> {
    const { signal, headers } = request;
    if (path === 'live') return releasesStream(source, clock, signal);
    if (path === 'releases') return json(await releasesSnapshot(source, clock));
    if (path === 'environments') return json(await environments());

    const [, encoded = '', events] = /^releases\/([^/]+)(\/events)?$/.exec(path) ?? [];
    const executionArn = decoded(encoded);
    if (!events) return json(await details(executionArn));
    if (!(await source.execution(executionArn))) return json(undefined);
    // A browser that comes back names the last event it has; one that has just loaded the page says so in the address.
    const lastId = Number(headers.get('last-event-id') ?? searchParams.get('after') ?? 0) || 0;
    return historyStream(source, clock, { executionArn, lastId, signal });
  }

  return {
    owns: (path) => path === '/' || path === '/console' || path.startsWith('/console/'),
    async fetch(request) {
      const url = new URL(request.url);
      const { pathname } = url;
      if (!['GET', 'HEAD'].includes(request.method))
        return text('the console only shows', 405, { allow: 'GET, HEAD' });
      if (pathname === '/') return text('the console is at /console', 302, { location: '/console' });
      if (pathname.startsWith(api)) return data(pathname.slice(api.length), request, url);
      return (await asset(fileOf(pathname))) ?? text(`there is nothing at ${pathname}`, 404);
    },
  };
}

/** Messages link to `/console/` and the ARN of an execution, as links to the console of AWS end with one. */
function fileOf(pathname: string): string {
  if (pathname === '/console' || pathname === '/console/') return 'releases.html';
  if (pathname.startsWith('/console/environment/')) return 'environment.html';
  if (pathname.startsWith('/console/arn:') || pathname.startsWith('/console/arn%3A')) return 'release.html';
  return pathname.startsWith(page) ? pathname.slice(page.length) : '';
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

const json = (value: unknown): Response =>
  value === undefined
    ? Response.json({ message: 'there is no such release' }, { status: 404, headers: dataHeaders })
    : Response.json(value, { headers: dataHeaders });

const text = (message: string, status: number, headers: Record<string, string> = {}): Response =>
  new Response(`${message}\n`, {
    status,
    headers: { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8', ...headers },
  });

const dataHeaders = { ...securityHeaders, 'cache-control': 'no-store' };
