/** How everything in the local world that answers HTTP is written: web standards, so that a socket is optional. */

export type Handler = (request: Request) => Response | Promise<Response>;

/** A part of the local world's address. The first route that owns a path answers it. */
export interface Route {
  owns(path: string): boolean;
  fetch: Handler;
}

/** `/slack` and all that is below it; `/` is everything. */
export function under(prefix: string, fetch: Handler): Route {
  const folder = prefix.endsWith('/') ? prefix : `${prefix}/`;
  return { owns: (path) => path === prefix || path.startsWith(folder), fetch };
}

/** One handler of many routes. A path that nobody owns is 404. */
export function routing(routes: readonly Route[]): Handler {
  return (request) => {
    const { pathname } = new URL(request.url);
    const route = routes.find(({ owns }) => owns(pathname));
    return route?.fetch(request) ?? new Response(`there is nothing at ${pathname}\n`, { status: 404 });
  };
}

/** Thrown by a handler: the connection breaks and the caller never learns what became of the request. */
export class ConnectionLost extends Error {
  readonly code = 'ECONNRESET';

  constructor(message = 'socket hang up') {
    super(message);
  }
}
