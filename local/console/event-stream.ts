/** Server-sent events as a web-standard response. Whatever ends it, it ends once and lets go of what it listened to. */
import type { Clock } from '../clock.ts';
import { securityHeaders } from './headers.ts';

/** Proxies and browsers give up on a connection that says nothing for longer. */
const heartbeatMs = 15_000;
/** A reader that does not read is let go; it comes back and says where it was. */
const maxUnread = 1000;

export interface Message {
  /** What the browser names when it comes back, as `Last-Event-ID`. */
  id?: number;
  event: string;
  data: unknown;
}

export interface EventStreamOptions {
  clock: Clock;
  /** Aborted when the client went away. */
  signal: AbortSignal;
  /** Called once, when the stream is opened. What it answers is called once, when the stream has ended. */
  open(send: (message: Message) => void): () => void;
}

export function eventStream({ clock, signal, open }: EventStreamOptions): Response {
  const encoder = new TextEncoder();
  let end = () => {};

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let over = false;
        let stop = () => {};
        let cancelHeartbeat = () => {};
        const write = (text: string) => {
          if (over) return;
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) <= -maxUnread) close();
        };
        const close = () => {
          end();
          controller.close();
        };
        end = () => {
          if (over) return;
          over = true;
          cancelHeartbeat();
          signal.removeEventListener('abort', close);
          stop();
        };
        const beat = () => {
          cancelHeartbeat = clock.after(heartbeatMs, () => {
            write(': still here\n\n');
            if (!over) beat();
          });
        };

        write('retry: 1000\n\n');
        stop = open((message) => write(wireForm(message)));
        if (over) stop();
        else beat();
        if (signal.aborted) close();
        else signal.addEventListener('abort', close);
      },
      cancel: () => end(),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      ...securityHeaders,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    },
  });
}

const wireForm = ({ id, event, data }: Message) =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
