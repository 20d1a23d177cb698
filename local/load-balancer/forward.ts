/** Hands one request on to a target and its answer back, as they come, the way an application load balancer does. */
import { type Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { ElbRecorder } from './elb-period.ts';
import type { ChosenTarget } from './targets.ts';

interface Forwarding {
  clock: Clock;
  /** Milliseconds, finer than the clock: a local target often answers within one. */
  stopwatch: () => number;
  metrics: ElbRecorder;
  agent: Agent;
  /** How long a target may take to begin its answer. */
  idleTimeoutSeconds: number;
}

export function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: ChosenTarget,
  { clock, stopwatch, metrics, agent, idleTimeoutSeconds }: Forwarding,
): void {
  const began = stopwatch();
  let cancelTimeout = () => {};
  let timedOut = false;
  const toTarget = request({
    host: '127.0.0.1',
    port: target.port,
    method: incoming.method,
    path: incoming.url,
    headers: headersFor(incoming),
    setHost: false,
    agent,
  });
  const ended = target.begin(() => toTarget.destroy(new Error('the deregistration delay is over')));

  toTarget.once('finish', () => {
    cancelTimeout = clock.after(idleTimeoutSeconds * 1000, () => {
      timedOut = true;
      toTarget.destroy(new Error('the target did not answer in time'));
    });
  });
  /** No answer that could be handed on: the load balancer's own, once. */
  let gaveUp = false;
  function giveUp() {
    if (gaveUp || outgoing.headersSent) return;
    gaveUp = true;
    if (outgoing.destroyed) return metrics.abandoned();
    metrics.failed();
    errorPage(outgoing, timedOut ? 504 : 502);
  }

  toTarget.once('response', (answer) => {
    cancelTimeout();
    if (!handOn(answer, outgoing)) {
      giveUp();
      toTarget.destroy();
      return;
    }
    metrics.answered(answer.statusCode ?? 0, (stopwatch() - began) / 1000);
    // A target that breaks off leaves the client with half an answer, and so does AWS.
    pipeline(answer, outgoing, () => {});
  });
  // Nobody has asked for another protocol: `Upgrade` is not handed on.
  toTarget.once('upgrade', (_, socket) => {
    giveUp();
    socket.destroy();
  });
  toTarget.on('error', giveUp);
  toTarget.once('close', () => {
    cancelTimeout();
    ended();
  });
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) toTarget.destroy();
  });
  pipeline(incoming, toTarget, () => {});
}

/** Begins the answer with the target's status and headers. `false` where they are none that HTTP knows. */
function handOn({ statusCode = 0, statusMessage, rawHeaders }: IncomingMessage, outgoing: ServerResponse) {
  if (statusCode < 200 || statusCode > 599) return false;
  try {
    outgoing.writeHead(statusCode, statusMessage, endToEnd(rawHeaders));
    return true;
  } catch {
    // Bytes that Node reads but does not write, such as control characters.
    return false;
  }
}

/** What AWS answers in a target's place. */
export function errorPage(outgoing: ServerResponse, status: 502 | 503 | 504): void {
  const title = {
    502: '502 Bad Gateway',
    503: '503 Service Temporarily Unavailable',
    504: '504 Gateway Time-out',
  }[status];
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  outgoing.writeHead(status, title.slice('502 '.length), {
    server: 'awselb/2.0',
    'content-type': 'text/html',
    'content-length': body.length,
  });
  outgoing.end(body);
}

function headersFor({ rawHeaders, socket, headers }: IncomingMessage): string[] {
  const own = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port'];
  const client = socket.remoteAddress?.replace('::ffff:', '') ?? '';
  const before = headers['x-forwarded-for'];
  return [
    ...endToEnd(rawHeaders, own),
    ...['X-Forwarded-For', before === undefined ? client : `${before}, ${client}`],
    ...['X-Forwarded-Proto', 'http'],
    ...['X-Forwarded-Port', String(socket.localPort ?? '')],
    // Node would send the body of some methods without saying where it ends.
    ...(headers['transfer-encoding'] === undefined ? [] : ['Transfer-Encoding', 'chunked']),
  ];
}

const ofOneConnection = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
);

/** Leaves out what concerns one connection only, and what else is named. */
function endToEnd(rawHeaders: string[], without: string[] = []): string[] {
  const kept = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const lower = name.toLowerCase();
    if (!ofOneConnection.has(lower) && !without.includes(lower)) kept.push(name, rawHeaders[index + 1] ?? '');
  }
  return kept;
}
