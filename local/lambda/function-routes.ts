/** The functions that people reach by HTTP, each at its address: Slack's clicks, the command line, and the page that a mail links to. */
import { account } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { type Route, under } from '../door/route.ts';
import type { Principals } from '../iam/principals.ts';
import { functionUrl } from './function-url.ts';
import type { LambdaRuntime } from './runtime.ts';
import { signerOf } from './signed-request.ts';

interface Options {
  clock: Clock;
  lambda: LambdaRuntime;
  principals: Principals;
  /** What everybody here signs with. */
  secret: string;
}

export function functionRoutes({ clock, lambda, principals, secret }: Options): Route[] {
  const at = (name: string, ...access: [] | [Parameters<typeof functionUrl>[1]]) =>
    under(
      `/functions/${name}`,
      functionUrl((event) => lambda.invoke(name, event), ...access),
    );
  const commands = at('on-approval-command', (request, body) => {
    const signed = { service: 'lambda', secretOf: () => secret, now: clock.now() };
    const { accessKeyId = '' } = signerOf(request, body, signed) ?? {};
    // No function of Tidegate's is allowed to call it: people are.
    if (!accessKeyId || principals.functionOf(accessKeyId) !== undefined) return undefined;
    const userArn = `arn:aws:iam::${account}:user/${accessKeyId}`;
    return { accountId: account, accessKey: accessKeyId, userArn };
  });
  return [commands, at('on-approval-page'), at('on-approval')];
}
