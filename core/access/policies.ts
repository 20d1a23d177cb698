/** IAM's limits for the policies of a role, in characters of JSON. */
import { policyDocument, type Statement } from './statement.ts';

/** All inline policies of a role together, less what SST and this program write differently. */
const inlineLimit = 10_000;
const managedLimit = 6_000;
/** Managed policies of a role, unless AWS was asked for more. */
const mostManaged = 10;

const sizeOf = (statements: readonly Statement[]) => JSON.stringify(policyDocument(statements)).length;

export interface Policies {
  inline: Statement[];
  /** One policy each. */
  managed: Statement[][];
}

/**
 * `own` stays inline, and `access` too where there is room: else it is made into managed policies, and statements with many
 * resources into several. Throws where a role has no room for it at all. `whose`: the role's, for the message.
 */
export function policiesOf(whose: string, own: Statement[], access: Statement[]): Policies {
  if (sizeOf([...own, ...access]) <= inlineLimit) return { inline: [...own, ...access], managed: [] };
  const managed: Statement[][] = [];
  for (const statement of access.flatMap(parts)) {
    const [last = []] = managed.slice(-1);
    if (managed.length > 0 && sizeOf([...last, statement]) <= managedLimit) last.push(statement);
    else managed.push([statement]);
  }
  if (managed.length <= mostManaged && managed.every((one) => sizeOf(one) <= managedLimit))
    return { inline: own, managed };
  throw new Error(
    `${whose} would need ${managed.length} policies of ${managedLimit} characters, and IAM gives a role ${mostManaged}: the configuration names too many environments. permissions: 'clusters' in tidegate.config.ts makes room; where it is set already, install another stage for some of them`,
  );
}

/** Halves of a statement that is too long for one policy, and halves of these. Its conditions are not halved. */
function parts(statement: Statement): Statement[] {
  const { resources } = statement;
  if (sizeOf([statement]) <= managedLimit || resources.length < 2) return [statement];
  const half = Math.ceil(resources.length / 2);
  return [resources.slice(0, half), resources.slice(half)].flatMap((some) =>
    parts({ ...statement, resources: some }),
  );
}
