/** AWS STS, as far as a role is taken on. It speaks AWS's query protocol: a form in, XML out. */
import { AwsError, home } from '../aws-service.ts';
import type { Around, AwsAnswer, AwsRequest, Call } from '../door/answering.ts';
import { callerOf } from '../door/wire.ts';
import { uuid } from '../lambda/uuid.ts';
import { allowing } from './evaluate.ts';
import { denied, type PermissionListener } from './permitting.ts';
import type { Principals } from './principals.ts';

export interface StsOptions {
  random: () => number;
  principals: Principals;
  around: Around;
  onPermission?: PermissionListener | undefined;
}

/** Of a role whose longest session nobody changed. */
const longestSession = 3600;

/** AWS's query protocol, which STS speaks. */
export const isQuery = ({ headers }: Pick<AwsRequest, 'headers'>): boolean =>
  headers['x-amz-target'] === undefined &&
  (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');

export function sts({ random, principals, around, onPermission }: StsOptions) {
  async function assumeRole(form: URLSearchParams, accessKeyId: string): Promise<string> {
    const roleArn = form.get('RoleArn') ?? '';
    const sessionName = form.get('RoleSessionName') ?? '';
    const seconds = Number(form.get('DurationSeconds') ?? longestSession);
    if (seconds > longestSession)
      throw new AwsError(
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    const principal = principals.of(accessKeyId);
    const wanted = { action: 'sts:AssumeRole', resource: roleArn };
    const allowed = principal !== undefined && allowing(principal.statements, wanted) !== undefined;
    if (principal) onPermission?.(principal.functionName, wanted, allowed);
    const session = allowed && principals.assume(principal, roleArn, sessionName, seconds);
    if (!session) {
      const who = principal ?? {
        arn: `arn:aws:iam::${home.account}:user/${accessKeyId}`,
        account: '',
        functionName: '',
        statements: [],
      };
      throw new AwsError('AccessDenied', denied(who, wanted).message, 403);
    }
    return `<AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>AROA${session.accessKeyId.slice(4)}:${escaped(sessionName)}</AssumedRoleId><Arn>${escaped(session.arn)}</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>${session.accessKeyId}</AccessKeyId><SecretAccessKey>local</SecretAccessKey><SessionToken>local</SessionToken><Expiration>${new Date(session.expiresAt).toISOString()}</Expiration></Credentials>
</AssumeRoleResult>`;
  }

  return async ({ headers, body }: AwsRequest): Promise<AwsAnswer> => {
    const form = new URLSearchParams(typeof body === 'string' ? body : Buffer.from(body).toString());
    const requestId = uuid(random);
    const answer = (status: number, text: string) => ({
      ...{ status, body: text },
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    });
    try {
      const caller = callerOf(headers.authorization);
      if (!caller)
        throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
      if (form.get('Action') !== 'AssumeRole')
        throw new AwsError('InvalidAction', `Could not find operation ${form.get('Action')}`);
      const call: Call = {
        ...{ service: 'STS', operation: 'AssumeRole', input: Object.fromEntries(form), caller },
        by: principals.functionOf(caller.accessKeyId) ?? caller.accessKeyId,
      };
      const result = await around(call, () => assumeRole(form, caller.accessKeyId));
      return answer(
        200,
        `<AssumeRoleResponse xmlns="${namespace}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></AssumeRoleResponse>`,
      );
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return answer(
        error.status,
        `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${error.code}</Code><Message>${escaped(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      );
    }
  };
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
