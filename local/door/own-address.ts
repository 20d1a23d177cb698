/**
 * Who may talk to the door: programs of this machine, and pages that the door served itself. The page of any other site
 * can send requests here too, and with a name that points to 127.0.0.1 (DNS rebinding) even read the answers, but
 * its browser then says so in `Host` or in `Origin`. Without this, looking at a website could run a task.
 */
import type { IncomingMessage } from 'node:http';

const names = ['127.0.0.1', 'localhost', '[::1]'];

/** The form of a page that tells nobody where it is has no origin either. What it sends counts by the link that it came by. */
const tellsNoOrigin = /^\/functions\/on-approval-page\/a\//;

/** Why the request is not answered. `undefined` where it is. Programs that are no browser send no `Origin`. */
export function refusal({
  headers,
  socket,
  url = '',
}: IncomingMessage): { status: number; reason: string } | undefined {
  const { host = '', origin } = headers;
  const port = socket.localPort ?? 0;
  const hosts = names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  if (!hosts.includes(host.toLowerCase())) {
    const reason = `the local world answers to ${hosts.join(', ')}, not to the Host ${JSON.stringify(host)}`;
    return { status: 421, reason };
  }
  if (origin === undefined || hosts.some((own) => origin === `http://${own}`)) return undefined;
  if (origin === 'null' && tellsNoOrigin.test(url)) return undefined;
  const reason = `the local world answers its own pages, not those of the Origin ${JSON.stringify(origin)}`;
  return { status: 403, reason };
}
