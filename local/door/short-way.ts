/**
 * A short way for the calls of a client in process: the SDK itself writes the request and reads the answer, and what it
 * does in between for the sake of a network is left out, which is four fifths of the time of a call.
 *
 * Only success comes back on it. With anything else the call goes the whole way, and meets there what was answered already
 * as its first attempt: what becomes of an error, and whether and when to try again, stays the SDK's own business.
 */
import type { HttpResponse } from '@smithy/protocol-http';
import type { AwsAnswer, AwsHandler } from './answering.ts';
import { inProcessHandler, responseOf, signatureOf } from './in-process.ts';
import type { Caller } from './wire.ts';

/** As much of the SDK's clients as this needs. */
interface Client {
  config: { protocol: Protocol; credentials(): Promise<Caller> };
  middlewareStack: unknown;
  send(command: Command, ...options: unknown[]): Promise<unknown>;
}

interface Command {
  input: unknown;
  /** Namespace, name, traits, input and output, after a number that says what it is. */
  schema?: readonly unknown[];
  resolveMiddleware(stack: unknown, config: object, options?: object): Whole;
}

type Whole = (command: Command) => Promise<{ output: unknown }>;

interface Protocol {
  serializeRequest(operation: object, input: unknown, context: object): Promise<Written>;
  deserializeResponse(operation: object, context: object, response: HttpResponse): Promise<Read>;
}

interface Written {
  headers: Record<string, string>;
  body: string | Uint8Array;
}

interface Read {
  $metadata: { attempts?: number; totalRetryDelay?: number };
}

/** Lets a client take the short way to `aws`. It must have been made with `inProcessHandler(aws)`. */
export function shortWay(aws: AwsHandler): (made: object) => void {
  return (made) => {
    const client = made as Client;
    const { send } = client;
    // Not a copy: a configuration has so many parts that it would take longer than a call.
    const context = Object.assign(Object.create(client.config), { endpoint: async () => undefined });
    let authorization: string | undefined;

    client.send = async (command, ...options) => {
      const { schema, input } = command;
      if (!schema || options.length > 0) return send.call(client, command, ...options);
      const [, namespace, name, traits, inputSchema, output] = schema;
      const operation = { namespace, name, traits, input: inputSchema, output };
      const { headers, body } = await client.config.protocol.serializeRequest(operation, input, context);
      authorization ??= signatureOf(await client.config.credentials());

      const request = { headers: { ...headers, authorization }, body };
      const ask = () => aws(request);
      const first = ask();
      const answer = await first.catch(() => undefined);
      if (answer?.status !== 200) return wholeWay(client, command, first, ask);
      const read = await client.config.protocol.deserializeResponse(operation, context, responseOf(answer));
      Object.assign(read.$metadata, { attempts: 1, totalRetryDelay: 0 });
      return read;
    };
  };
}

/**
 * As the client's own `send`, but for the first attempt, which was made already. All attempts ask the same, so that tokens
 * that the SDK made up are the same, too.
 */
async function wholeWay(client: Client, command: Command, first: Promise<AwsAnswer>, ask: AskAws) {
  const answers = [first];
  const requestHandler = inProcessHandler(() => answers.shift() ?? ask());
  const whole = command.resolveMiddleware(client.middlewareStack, { ...client.config, requestHandler });
  return (await whole(command)).output;
}

type AskAws = () => Promise<AwsAnswer>;
