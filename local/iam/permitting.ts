/** Refuses a function's calls that its policy does not allow, as AWS refuses them. */
import type { Statement } from '../../core/access/statement.ts';
import { AwsError, account, region } from '../aws-service.ts';
import type { Around } from '../door/answering.ts';
import { allowing, type Wanted } from './evaluate.ts';
import { type Asked, wantedBy } from './wanted.ts';

export interface PermittingOptions {
  /** By the function's name, which signs its calls. Whoever else calls may do everything: an administrator. */
  access: () => Readonly<Record<string, readonly Statement[]>>;
  rolesOf: Asked['rolesOf'];
  /** Told of each permission that a function asked for, and whether it has it. */
  onPermission?: PermissionListener | undefined;
}

export type PermissionListener = (functionName: string, wanted: Wanted, allowed: boolean) => void;

export function permitting({ access, rolesOf, onPermission }: PermittingOptions): Around {
  return async (call, next) => {
    const name = call.caller.accessKeyId;
    const statements = access()[name];
    if (!statements) return next();
    for (const wanted of wantedBy(call, { place: { account, region }, rolesOf })) {
      const allowed = allowing(statements, wanted) !== undefined;
      onPermission?.(name, wanted, allowed);
      if (!allowed) throw denied(name, wanted);
    }
    return next();
  };
}

const denied = (name: string, { action, resource }: Wanted) =>
  new AwsError(
    'AccessDeniedException',
    `User: arn:aws:sts::${account}:assumed-role/tidegate-local-${name}/${name} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  );
