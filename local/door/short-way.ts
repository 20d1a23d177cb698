/**
 * A short way for the calls of a client in process: values go from the client to the model and back by the SDK's own
 * schemas, and neither text nor what the SDK does for the sake of a network comes between, nearly all the time of a call.
 *
 * Only success comes back on it. With anything else the call goes the whole way, and meets there what was answered already
 * as its first attempt: what becomes of an error, and whether and when to try again, stays the SDK's own business.
 */
import type { HttpResponse } from '@smithy/protocol-http';
import type { AwsAnswer, AwsHandler, AwsRequest, Unwritten } from './answering.ts';
import { inProcessHandler, responseOf, signatureOf } from './in-process.ts';
import { readerOf, Unshaped, withTokens, writerOf } from './shapes.ts';
import { type Caller, toWire } from './wire.ts';

/** As much of the SDK's clients as this needs. */
interface Client {
  config: { protocol: Protocol; credentials(): Promise<Caller> };
  middlewareStack: unknown;
  send(command: Command, ...options: unknown[]): Promise<unknown>;
}

interface Command {
  input: object;
  schema?: Schema;
  resolveMiddleware(stack: unknown, config: object, options?: object): Whole;
}

/** Of an operation. */
type Schema = readonly [
  kind: number,
  namespace: string,
  name: string,
  traits: unknown,
  input: object,
  output: object,
];

type Whole = (command: Command) => Promise<{ output: unknown }>;

interface Protocol {
  serializeRequest(operation: object, input: unknown, context: object): Promise<Written>;
  deserializeResponse(operation: object, context: object, response: HttpResponse): Promise<Read>;
  deserializeMetadata(response: Pick<HttpResponse, 'statusCode' | 'headers'>): Read['$metadata'];
}

interface Written {
  headers: Record<string, string>;
  body: string | Uint8Array;
}

interface Read {
  $metadata: { attempts?: number; totalRetryDelay?: number };
}

/** The same for every call of an operation, whichever client makes it. */
const headersOf = new WeakMap<Schema, Promise<Pick<Written, 'headers'>>>();

/** Lets a client take the short way to `aws`. It must have been made with `inProcessHandler(aws)`. */
export function shortWay(aws: AwsHandler): (made: object) => void {
  return (made) => {
    const client = made as Client;
    const { send } = client;
    const { protocol } = client.config;
    // Not a copy: a configuration has so many parts that it would take longer than a call.
    const context = Object.assign(Object.create(client.config), { endpoint: async () => undefined });
    const own = new Map<Schema, Promise<AwsRequest['headers']>>();

    /** Which operation, and who asks. */
    async function headersFor(schema: Schema): Promise<AwsRequest['headers']> {
      const known = headersOf.get(schema) ?? protocol.serializeRequest(operationOf(schema), {}, context);
      headersOf.set(schema, known);
      const { headers } = await known;
      return { ...headers, authorization: signatureOf(await client.config.credentials()) };
    }

    client.send = async (command, ...options) => {
      const { schema } = command;
      if (!schema || options.length > 0) return send.call(client, command, ...options);
      const headers = own.get(schema) ?? headersFor(schema);
      own.set(schema, headers);
      const input = withTokens(schema[4], command.input);
      let output: Read | undefined;
      const read = (answer: unknown) => {
        output = outputOf(schema[5], answer);
        return output ? '' : toWire(answer);
      };
      const asking = unwritten(schema[4], input);
      const text = asking ? '' : (await protocol.serializeRequest(operationOf(schema), input, context)).body;

      const ask = async (as: Unwritten['read']) => {
        const signed = await headers;
        return aws(
          asking ? { headers: signed, body: { input: asking, read: as } } : { headers: signed, body: text },
        );
      };
      const first = ask(read);
      const answer = await first.catch(() => undefined);
      if (answer?.status !== 200) return wholeWay(client, command, first, () => ask(toWire));
      output ??= await protocol.deserializeResponse(operationOf(schema), context, responseOf(answer));
      const metadata = protocol.deserializeMetadata({ statusCode: answer.status, headers: answer.headers });
      output.$metadata = { ...metadata, attempts: 1, totalRetryDelay: 0 };
      return output;
    };
  };
}

function operationOf([, namespace, name, traits, input, output]: Schema) {
  return { namespace, name, traits, input, output };
}

/** What a request says, another one each time. Undefined where the SDK itself has to write it. */
function unwritten(schema: object, input: object): Unwritten['input'] | undefined {
  const write = () => writerOf(schema)(input) as Record<string, unknown>;
  let first = shaped(write);
  if (!first) return undefined;
  return () => {
    const copy = first ?? write();
    first = undefined;
    return copy;
  };
}

/** Undefined where the SDK itself has to read it. */
const outputOf = (schema: object, answer: unknown) => shaped(() => readerOf(schema)(answer ?? {}) as Read);

function shaped<Result>(convert: () => Result): Result | undefined {
  try {
    return convert();
  } catch (error) {
    if (error instanceof Unshaped) return undefined;
    throw error;
  }
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
