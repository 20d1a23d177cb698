/** Mail by Amazon SES: few operations of its API, signed by hand, for its client of the SDK is not worth its weight for them. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { Throttled, Transient } from '../core/errors.ts';
import { bounded } from './bounded.ts';
import { within } from './deadline.ts';
import type { Means } from './means.ts';
import { signedHeaders } from './signed-request.ts';

const timeoutMs = 5000;
const maxAnswerBytes = 64 * 1024;

/** SES says no, and would again. */
class SesRefused extends Error {
  /** SES's name for it. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface OutgoingMail {
  to: string;
  subject: string;
  text: string;
}

export function mail(means: Means) {
  const { config, environment, fetch, home, makeClient, now } = means;

  async function ask(what: string, method: 'GET' | 'POST', path: string, body = ''): Promise<Response> {
    // Whose credentials they are, and how they are had, is what every client of the SDK knows.
    const credentials = await makeClient(DynamoDBClient, {}).config.credentials();
    const url = `${environment.SES_URL ?? endpointIn(home.region)}${path}`;
    const headers = signedHeaders({
      ...{ url, method, body, service: 'ses', region: home.region, credentials, now: now() },
      headers: { 'content-type': 'application/json' },
    });
    return within(timeoutMs, async (signal) => {
      const sent = { method, headers, signal, redirect: 'manual', ...(body && { body }) } as const;
      const answer = await fetch(url, sent).catch((error) => brokenOff(what, error));
      if (answer.status === 200) return answer;
      throw await refusal(what, answer);
    });
  }

  return {
    /**
     * Hands a mail to SES; whether it arrives is not known. Repeating it sends it again. Throws `Transient` or `Throttled` where
     * it may work later, and after `Transient` it may have been sent; else SES's own error.
     */
    async send({ to, subject, text }: OutgoingMail): Promise<void> {
      if (!config.mail) throw new Error('mail.from is not configured: nothing can be sent');
      const Charset = 'UTF-8';
      const body = JSON.stringify({
        FromEmailAddress: config.mail.from,
        // What is undefined is left out.
        ConfigurationSetName: config.mail.configurationSet,
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: { Subject: { Data: subject, Charset }, Body: { Text: { Data: text, Charset } } },
        },
      });
      await ask('SendEmail', 'POST', '/v2/email/outbound-emails', body);
    },

    /** Whether SES knows an address or a domain, and may send as it. Read-only: may be repeated. */
    async identity(name: string): Promise<'verified' | 'not verified' | 'unknown'> {
      try {
        const answer = await ask(
          'GetEmailIdentity',
          'GET',
          `/v2/email/identities/${encodeURIComponent(name)}`,
        );
        const { VerifiedForSendingStatus: verified } = identitySchema.parse(await answer.json());
        return verified ? 'verified' : 'not verified';
      } catch (error) {
        if (error instanceof SesRefused && error.code === 'NotFoundException') return 'unknown';
        throw error;
      }
    },

    /** Whether mail may go to addresses that are not verified, and whether any may go at all. Read-only. */
    async account(): Promise<{ outOfSandbox: boolean; sends: boolean }> {
      const answer = await ask('GetAccount', 'GET', '/v2/email/account');
      const { ProductionAccessEnabled, SendingEnabled } = accountSchema.parse(await answer.json());
      return { outOfSandbox: ProductionAccessEnabled, sends: SendingEnabled };
    },
  };
}

const endpointIn = (region: string) =>
  `https://email.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

const identitySchema = z.looseObject({ VerifiedForSendingStatus: z.boolean() });
const accountSchema = z.looseObject({ ProductionAccessEnabled: z.boolean(), SendingEnabled: z.boolean() });
const errorSchema = z.looseObject({ message: z.string().optional(), Message: z.string().optional() });

/** As SES says it: the name in a header, the sentence in the body. */
async function refusal(what: string, answer: Response): Promise<Error> {
  const text = (await bounded(answer, maxAnswerBytes).catch(() => '')).toString();
  const [name = 'HTTP'] = (answer.headers.get('x-amzn-errortype') ?? `HTTP ${answer.status}`).split(':');
  const said = errorSchema.safeParse(json(text)).data;
  const sentence = `${what}: ${name}: ${said?.message ?? said?.Message ?? `HTTP ${answer.status}`}`;
  if (answer.status === 429 || /Throttling|TooManyRequests/.test(name)) return new Throttled(sentence);
  return answer.status >= 500 ? new Transient(sentence) : new SesRefused(name, sentence);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function brokenOff(what: string, error: Error): never {
  const { message, cause } = error;
  throw new Transient(`${what}: ${cause instanceof Error ? cause.message : message}`, { cause: error });
}
