/** Amazon SES's API v2, as far as it is used, with the answers that SES gives: `SendEmail`, `GetEmailIdentity` and `GetAccount`. What it sends stays here. */
import { randomUUID } from 'node:crypto';
import { AwsError, account } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { type Route, under } from '../door/route.ts';
import { callerOf } from '../door/wire.ts';
import { allowing, type Wanted } from '../iam/evaluate.ts';
import { denied, type PermissionListener } from '../iam/permitting.ts';
import type { Principals } from '../iam/principals.ts';
import { mailPage } from './page.ts';

export interface SentMail {
  messageId: string;
  /** ms since the epoch. */
  at: number;
  from: string;
  to: readonly string[];
  subject: string;
  text: string;
}

export interface Ses {
  /** All of `/ses`, and `/mail`, where a person reads what was sent. */
  routes: Route[];
  /** The oldest first. */
  sent(): readonly SentMail[];
  /** Addresses and domains that may be sent from; while it is in the sandbox, that may be sent to as well. */
  verified: Set<string>;
  /** As every new account is. */
  sandbox: boolean;
}

export interface SesOptions {
  clock: Pick<Clock, 'now'>;
  principals: Pick<Principals, 'of'>;
  region: string;
  verified: readonly string[];
  onPermission?: PermissionListener | undefined;
}

/** SES takes no more addresses at once, and no larger messages over this API. */
const mostRecipients = 50;
const largestMessage = 40 * 1024 * 1024;

/** As much of a request as is sent here. */
interface SendEmail {
  ConfigurationSetName?: string;
  FromEmailAddress?: string;
  Destination?: { ToAddresses?: string[]; CcAddresses?: string[]; BccAddresses?: string[] };
  Content?: { Simple?: { Subject?: { Data?: string }; Body?: { Text?: { Data?: string } } } };
}

export function ses({ clock, principals, region, verified, onPermission }: SesOptions): Ses {
  const mails: SentMail[] = [];
  const model: Ses = { routes: [], sent: () => mails, verified: new Set(verified), sandbox: false };

  const identityOf = (address: string): string | undefined =>
    [address, domainOf(address)].find((name) => model.verified.has(name));

  /** Throws what SES answers instead. */
  function send(
    { FromEmailAddress: from = '', Destination = {}, Content, ConfigurationSetName: set }: SendEmail,
    accessKeyId: string,
  ): string {
    const { ToAddresses: to = [], CcAddresses: cc = [], BccAddresses: bcc = [] } = Destination;
    const recipients = [...to, ...cc, ...bcc];
    const { Subject, Body } = Content?.Simple ?? {};
    if (!Subject?.Data || Body?.Text?.Data === undefined)
      throw new AwsError(
        'BadRequestException',
        'Only Simple content with a subject and a text is sent here.',
      );
    if (recipients.length === 0) throw new AwsError('BadRequestException', 'Missing destination');
    if (recipients.length > mostRecipients)
      throw new AwsError('MessageRejected', 'Recipient count exceeds 50.');
    for (const address of [from, ...recipients])
      if (!/^[\x21-\x7e]+@[\x21-\x7e]+$/.test(address))
        throw new AwsError('BadRequestException', `Illegal address: ${address}`);
    if (set !== undefined)
      throw new AwsError('NotFoundException', `Configuration set <${set}> does not exist.`, 404);
    allow(from, recipients, accessKeyId);
    const unverified = [from, ...(model.sandbox ? recipients : [])].filter((one) => !identityOf(one));
    if (unverified.length > 0)
      throw new AwsError(
        'MessageRejected',
        `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${unverified.join(', ')}`,
      );
    const messageId = `0102${randomUUID()}-000000`;
    mails.push({
      ...{ messageId, at: clock.now(), from, to: recipients, subject: Subject.Data, text: Body.Text.Data },
    });
    return messageId;
  }

  /** What the Service Authorization Reference has for it; the identity is the one that is verified. */
  function allow(from: string, recipients: readonly string[], accessKeyId: string): void {
    const principal = principals.of(accessKeyId);
    if (!principal) return;
    const wanted: Wanted = {
      action: 'ses:SendEmail',
      resource: `arn:aws:ses:${region}:${account}:identity/${identityOf(from) ?? from}`,
      context: { 'ses:FromAddress': [from], 'ses:Recipients': recipients },
    };
    const allowed = allowing(principal.statements, wanted) !== undefined;
    onPermission?.(principal.functionName, wanted, allowed);
    if (!allowed) throw new AwsError('AccessDeniedException', denied(principal, wanted).message, 403);
  }

  /** An identity, or the account. No function of Tidegate's asks: people do. */
  function described(name: string, accessKeyId: string): object {
    const principal = principals.of(accessKeyId);
    const action = name === 'account' ? 'ses:GetAccount' : 'ses:GetEmailIdentity';
    if (principal)
      throw new AwsError('AccessDeniedException', denied(principal, { action, resource: '*' }).message, 403);
    if (name === 'account') {
      const most = model.sandbox
        ? { Max24HourSend: 200, MaxSendRate: 1 }
        : { Max24HourSend: 50_000, MaxSendRate: 14 };
      return {
        ...{ EnforcementStatus: 'HEALTHY', ProductionAccessEnabled: !model.sandbox, SendingEnabled: true },
        SendQuota: { ...most, SentLast24Hours: mails.length },
      };
    }
    const identity = name.slice('identities/'.length);
    if (!model.verified.has(identity))
      throw new AwsError('NotFoundException', `Email identity ${identity} does not exist.`, 404);
    const IdentityType = identity.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN';
    return { IdentityType, VerificationStatus: 'SUCCESS', VerifiedForSendingStatus: true };
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const sends = request.method === 'POST' && pathname === '/ses/v2/email/outbound-emails';
    const [, name] = /^\/ses\/v2\/email\/(account|identities\/[^/]+)$/.exec(pathname) ?? [];
    if (!sends && (request.method !== 'GET' || name === undefined))
      return failed(new AwsError('UnknownOperationException', '', 404));
    const caller = callerOf(request.headers.get('authorization') ?? undefined);
    if (!caller)
      return failed(new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403));
    if (caller.region !== '' && caller.region !== region)
      return failed(new AwsError('SignatureDoesNotMatch', `Credential should be scoped to ${region}.`, 403));
    try {
      if (!sends) return Response.json(described(decodeURIComponent(name ?? ''), caller.accessKeyId));
      const text = await request.text();
      if (text.length > largestMessage)
        throw new AwsError('MessageRejected', 'Message length is more than 41943040 bytes long.');
      const MessageId = send(parsed(text), caller.accessKeyId);
      return Response.json({ MessageId }, { headers: { 'x-amzn-requestid': randomUUID() } });
    } catch (error) {
      if (error instanceof AwsError) return failed(error);
      throw error;
    }
  }

  const page = under('/mail', (request) =>
    request.method === 'GET'
      ? mailPage(mails)
      : new Response(null, { status: 405, headers: { allow: 'GET' } }),
  );
  model.routes.push(under('/ses', answer), page);
  return model;
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

function parsed(text: string): SendEmail {
  try {
    return JSON.parse(text) as SendEmail;
  } catch {
    throw new AwsError('SerializationException', '');
  }
}

const failed = ({ code, message, status }: AwsError): Response =>
  Response.json(
    { message },
    { status, headers: { 'x-amzn-errortype': code, 'x-amzn-requestid': randomUUID() } },
  );
