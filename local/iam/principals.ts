/** Who calls: Tidegate's functions, and the roles that they take on elsewhere. Whoever else signs may do everything. */
import { accessByRole, accessOf } from '../../core/access/access.ts';
import type { Installation } from '../../core/access/installation.ts';
import type { Statement } from '../../core/access/statement.ts';
import type { Config } from '../../core/config.ts';
import { AwsError } from '../aws-service.ts';
import type { Clock } from '../clock.ts';

export interface Principal {
  arn: string;
  account: string;
  /** The function that calls, also by a role. */
  functionName: string;
  statements: readonly Statement[];
}

export interface Session {
  accessKeyId: string;
  arn: string;
  /** ms since the epoch. */
  expiresAt: number;
}

export interface Principals {
  /** Undefined for an administrator. Throws `ExpiredTokenException`. */
  of(accessKeyId: string): Principal | undefined;
  /** Where it calls to; undefined for an administrator. */
  accountOf(accessKeyId: string): string | undefined;
  /** Which function it is; undefined for an administrator. */
  functionOf(accessKeyId: string): string | undefined;
  /** Of a role that the configuration names; undefined where there is no such role. */
  assume(by: Principal, roleArn: string, sessionName: string, seconds: number): Session | undefined;
  /** Reads the configuration again: what was allowed until now may not be any more, also to sessions. */
  renew(): void;
}

interface PrincipalsOptions {
  clock: Pick<Clock, 'now'>;
  config: Config;
  installation: Installation;
}

export function principals({ clock, config, installation }: PrincipalsOptions): Principals {
  const { account } = installation;
  const sessions = new Map<string, Session & { roleArn: string; principal: Omit<Principal, 'statements'> }>();
  let access = accessOf(config, installation);
  const byRole = new Map<string, Statement[]>();
  function accessOfRole(roleArn: string): Statement[] {
    const found = byRole.get(roleArn) ?? accessByRole(config, installation, roleArn);
    byRole.set(roleArn, found);
    return found;
  }

  return {
    of(accessKeyId) {
      const session = sessions.get(accessKeyId);
      if (session && session.expiresAt <= clock.now())
        throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired');
      if (session) return { ...session.principal, statements: accessOfRole(session.roleArn) };
      const statements = access[accessKeyId];
      if (!statements) return undefined;
      const arn = `arn:aws:sts::${account}:assumed-role/tidegate-local-${accessKeyId}/${accessKeyId}`;
      return { arn, account, functionName: accessKeyId, statements };
    },

    accountOf: (accessKeyId) =>
      sessions.get(accessKeyId)?.principal.account ?? (accessKeyId in access ? account : undefined),

    functionOf: (accessKeyId) =>
      sessions.get(accessKeyId)?.principal.functionName ?? (accessKeyId in access ? accessKeyId : undefined),

    assume({ functionName }, roleArn, sessionName, seconds) {
      if (accessOfRole(roleArn).length === 0) return undefined;
      const there = roleArn.split(':')[4] ?? '';
      const role = roleArn.slice(roleArn.lastIndexOf('/') + 1);
      const session = {
        accessKeyId: `ASIA${String(sessions.size + 1).padStart(16, '0')}`,
        arn: `arn:aws:sts::${there}:assumed-role/${role}/${sessionName}`,
        expiresAt: clock.now() + seconds * 1000,
      };
      const principal = { arn: session.arn, account: there, functionName };
      sessions.set(session.accessKeyId, { ...session, roleArn, principal });
      return session;
    },

    renew() {
      access = accessOf(config, installation);
      byRole.clear();
    },
  };
}
