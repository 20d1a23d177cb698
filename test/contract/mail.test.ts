/** Mail: what Tidegate sends to SES is what the SDK's client sends, and the local SES answers both as SES does. */
import {
  GetAccountCommand,
  GetEmailIdentityCommand,
  SESv2Client,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2';
import { expect, test } from 'vitest';
import { mail } from '../../aws/mail.ts';
import { openAws } from '../../aws/open.ts';
import { defineConfig } from '../../core/config.ts';
import { virtualClock } from '../../local/clock.ts';
import { answering } from '../../local/door/answering.ts';
import { type HttpDoor, httpDoor } from '../../local/door/http-door.ts';
import { type Route, routing } from '../../local/door/route.ts';
import { signerOf } from '../../local/lambda/signed-request.ts';
import { ses as sesModel } from '../../local/ses/ses.ts';
import { surroundings } from '../support/surroundings.ts';

const from = 'deploys@example.com';
const words = { subject: 'my-api v1 waits', text: 'Here: https://page.example/a/x?t=y\n' };

/** `signers`: whose signature each request had, as AWS would check it. */
async function doors(
  use: (ses: ReturnType<typeof model>, door: HttpDoor, signers: (string | undefined)[]) => Promise<void>,
) {
  const ses = model();
  const signers: (string | undefined)[] = [];
  const heard: Route = {
    owns: () => true,
    async fetch(request) {
      const body = new Uint8Array(await request.clone().arrayBuffer());
      const signed = { service: 'ses', secretOf: () => 'local', now: Date.now() };
      signers.push(signerOf(request, body, signed)?.accessKeyId);
      return routing(ses.routes)(request);
    },
  };
  const door = await httpDoor({ port: 0, aws: answering({ services: [] }), routes: [heard] });
  try {
    await use(ses, door, signers);
  } finally {
    await door.close();
  }
}
const model = () =>
  sesModel({
    ...{ clock: virtualClock(), region: 'eu-west-1', verified: ['example.com'] },
    principals: { of: () => undefined },
  });

const theClient = (door: HttpDoor) =>
  new SESv2Client({
    ...{ endpoint: `${door.address}/ses`, region: 'eu-west-1', maxAttempts: 1 },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

const theSdks = (door: HttpDoor, to: string, sender = from) =>
  theClient(door).send(
    new SendEmailCommand({
      FromEmailAddress: sender,
      Destination: { ToAddresses: [to] },
      Content: {
        Simple: {
          Subject: { Data: words.subject, Charset: 'UTF-8' },
          Body: { Text: { Data: words.text, Charset: 'UTF-8' } },
        },
      },
    }),
  );

const ours = ({ fetch = globalThis.fetch, url }: { fetch?: typeof globalThis.fetch; url?: string }) =>
  openAws(
    surroundings({
      config: defineConfig({
        mail: { from },
        services: {
          'my-api': {
            ...{ repository: 'my-api', container: 'app' },
            environments: [{ name: 'production', cluster: 'main', service: 'my-api' }],
          },
        },
      }),
      fetch,
      environment: { ...(url && { SES_URL: url }) },
      client: { region: 'eu-west-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
    }),
    { mail },
  ).mail;

test('the SDK’s client and Tidegate send the same mail', async () => {
  await doors(async (ses, door, signers) => {
    const { MessageId } = await theSdks(door, 'ada@example.com');
    await ours({ url: `${door.address}/ses` }).send({ to: 'ada@example.com', ...words });

    const [first, second] = ses.sent();
    expect(first).toMatchObject({ messageId: MessageId, from, to: ['ada@example.com'], ...words });
    expect(second).toEqual({ ...first, messageId: second?.messageId });
    expect(second?.messageId).not.toBe(MessageId);
    expect(signers).toEqual(['local', 'local']);
  });
});

test('who is not verified does not send, and in the sandbox does not receive, as the SDK’s client and Tidegate hear it', async () => {
  await doors(async (ses, door) => {
    await expect(theSdks(door, 'ada@example.com', 'x@example.net')).rejects.toMatchObject({
      name: 'MessageRejected',
      message:
        'Email address is not verified. The following identities failed the check in region EU-WEST-1: x@example.net',
    });
    ses.sandbox = true;
    await expect(theSdks(door, 'ada@example.net')).rejects.toThrow('EU-WEST-1: ada@example.net');
    const sending = ours({ url: `${door.address}/ses` }).send({ to: 'ada@example.net', ...words });
    await expect(sending).rejects.toThrow('SendEmail: MessageRejected: Email address is not verified.');
    expect(ses.sent()).toEqual([]);
  });
});

test('what is verified, and whether the account is in the sandbox, is read as the SDK’s client reads it', async () => {
  await doors(async (ses, door, signers) => {
    const client = theClient(door);
    const gateway = ours({ url: `${door.address}/ses` });
    ses.verified.add('ada@example.net');
    ses.sandbox = true;

    const asked = new GetEmailIdentityCommand({ EmailIdentity: 'ada@example.net' });
    await expect(client.send(asked)).resolves.toMatchObject({ VerifiedForSendingStatus: true });
    await expect(client.send(new GetAccountCommand({}))).resolves.toMatchObject({
      ProductionAccessEnabled: false,
    });
    await expect(
      client.send(new GetEmailIdentityCommand({ EmailIdentity: 'x@example.net' })),
    ).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    expect(await gateway.identity('ada@example.net')).toBe('verified');
    expect(await gateway.identity('x@example.net')).toBe('unknown');
    expect(await gateway.account()).toEqual({ outOfSandbox: false, sends: true });
    // The @ of a path too is signed as it is signed there.
    expect(signers).toEqual(Array.from({ length: 6 }, () => 'local'));
  });
});

test.each([
  {
    it: 'a limit',
    answer: () => Response.json({ message: 'slow down' }, { status: 429 }),
    name: 'Throttled',
  },
  {
    it: 'a limit by its name',
    answer: () =>
      Response.json(
        { message: 'Maximum sending rate exceeded.' },
        { status: 400, headers: { 'x-amzn-errortype': 'ThrottlingException:http://x/' } },
      ),
    name: 'Throttled',
  },
  { it: 'SES failing', answer: () => new Response('<html>', { status: 503 }), name: 'Transient' },
  {
    it: 'a connection that breaks',
    answer: () => Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNRESET') })),
    name: 'Transient',
  },
  {
    it: 'a redirect',
    answer: () => new Response('', { status: 302, headers: { location: 'https://evil.example' } }),
    name: 'Error',
  },
])('$it is $name', async ({ answer, name }) => {
  await expect(
    ours({ fetch: async () => answer() }).send({ to: 'ada@example.com', ...words }),
  ).rejects.toMatchObject({
    name,
  });
});
