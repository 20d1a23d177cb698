/**
 * A short way for the calls of a client in process: values go from the client to the model and back by the SDK's own
 * schemas, and neither text nor what the SDK does for the sake of a network comes between, nearly all the time of a call.
 *
 * Only success comes back on it. With anything else the call goes the whole way, and meets there what was answered already
 * as its first attempt: what becomes of an error, and whether and when to try again, stays the SDK's own business.
 */
import type { HttpResponse } from '@smithy/protocol-http';
import type { Surroundings } from '../../functions/runtime.ts';
import type { AwsAnswer, AwsHandler, AwsRequest, Unwritten } from './answering.ts';
import { inProcessHandler, responseOf, signatureOf } from './in-process.ts';
import { readerOf, Unshaped, withTokens, writerOf } from './shapes.ts';
import { type Caller, toWire } from './wire.ts';

/** As much of the SDK's clients as this needs. */
interface Client {
  config: { protocol: Protocol; credentials(): Promise<Caller> };
  middlewareStack: unknown;
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
}

interface Written {
  headers: Record<string, string>;
  body: string | Uint8Array;
}

interface Read {
  $metadata: object;
}

/** The same for every call of an operation, whichever client makes it. */
const headersOf = new WeakMap<Schema, Promise<Pick<Written, 'headers'>>>();

/**
 * Makes clients that take the short way to `aws`. Their settings must have `inProcessHandler(aws)`, and the name of a key. The
 * SDK's own client, which takes longer to make than a call, is made when a call needs it.
 */
export function shortWay(aws: AwsHandler): NonNullable<Surroundings['makeClient']> {
  return (Client, settings) => {
    let made: InstanceType<typeof Client> | undefined;
    const whole = () => {
      made ??= new Client(settings);
      return made;
    };
    const client = () => whole() as unknown as Client;
    // Not a copy: a configuration has so many parts that it would take longer than a call.
    const contextOf = ({ config }: Client) =>
      Object.assign(Object.create(config), { endpoint: async () => undefined });
    const written = (schema: Schema, input: object) =>
      client().config.protocol.serializeRequest(operationOf(schema), input, contextOf(client()));
    const { credentials } = settings;
    const askedFor =
      typeof credentials === 'function'
        ? credentials
        : async () => credentials as Pick<Caller, 'accessKeyId'>;

    /** Which operation, and who asks: credentials may be others the next time. */
    async function headersFor(schema: Schema): Promise<AwsRequest['headers']> {
      const known = headersOf.get(schema) ?? written(schema, {});
      headersOf.set(schema, known);
      const [{ headers }, identity] = await Promise.all([known, askedFor()]);
      return { ...headers, authorization: signatureOf(identity, String(settings.region)) };
    }

    async function send(command: Command, ...options: unknown[]): Promise<unknown> {
      const { schema } = command;
      if (!schema || options.length > 0) return whole().send(command, ...options);
      const headers = headersFor(schema);
      const input = withTokens(schema[4], command.input);
      let output: Read | undefined;
      const read = (answer: unknown) => {
        output = outputOf(schema[5], answer);
        return output ? '' : toWire(answer);
      };
      const asking = unwritten(schema[4], input);
      const text = asking ? '' : (await written(schema, input)).body;

      const ask = async (as: Unwritten['read']) => {
        const signed = await headers;
        return aws(
          asking ? { headers: signed, body: { input: asking, read: as } } : { headers: signed, body: text },
        );
      };
      const first = ask(read);
      const answer = await first.catch(() => undefined);
      if (answer?.status !== 200) return wholeWay(client(), command, first, () => ask(toWire));
      if (!output) {
        const { protocol } = client().config;
        output = await protocol.deserializeResponse(
          operationOf(schema),
          contextOf(client()),
          responseOf(answer),
        );
      }
      output.$metadata = metadataOf(answer);
      return output;
    }

    return {
      send,
      get config() {
        return whole().config;
      },
    } as unknown as InstanceType<typeof Client>;
  };
}

/** As the SDK puts it together. */
const metadataOf = ({ status, headers }: AwsAnswer) => ({
  httpStatusCode: status,
  requestId: headers['x-amzn-requestid'],
  extendedRequestId: undefined,
  cfId: undefined,
  attempts: 1,
  totalRetryDelay: 0,
});

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
