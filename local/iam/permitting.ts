/** Refuses the calls that a function's policy, or that of the role it took on, does not allow, as AWS refuses them. */
import { AwsError, home } from '../aws-service.ts';
import type { Around } from '../door/answering.ts';
import { allowing, type Wanted } from './evaluate.ts';
import type { Principal, Principals } from './principals.ts';
import { type Asked, wantedBy } from './wanted.ts';

export interface PermittingOptions {
  principals: Pick<Principals, 'of'>;
  rolesOf: Asked['rolesOf'];
  /** Told of each permission that a function asked for, and whether it has it. */
  onPermission?: PermissionListener | undefined;
}

export type PermissionListener = (functionName: string, wanted: Wanted, allowed: boolean) => void;

export function permitting({ principals, rolesOf, onPermission }: PermittingOptions): Around {
  return async (call, next) => {
    const principal = principals.of(call.caller.accessKeyId);
    if (!principal) return next();
    const place = { account: principal.account, region: call.caller.region || home.region };
    for (const wanted of wantedBy(call, { place, rolesOf })) {
      const allowed = allowing(principal.statements, wanted) !== undefined;
      onPermission?.(principal.functionName, wanted, allowed);
      if (!allowed) throw denied(principal, wanted);
    }
    return next();
  };
}

export const denied = ({ arn }: Principal, { action, resource }: Wanted) =>
  new AwsError(
    'AccessDeniedException',
    `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  );
