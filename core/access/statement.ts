/** What a policy allows. Nothing is ever denied: what no statement allows is denied already. */

export interface Statement {
  /** Such as `ecs:UpdateService`; never with a `*`. */
  actions: string[];
  resources: string[];
  /** All of them have to hold. */
  conditions?: Condition[];
  /** Why a resource is `*`; absent where none is. */
  reason?: string;
}

export interface Condition {
  /** Such as `ArnLike`. */
  test: string;
  /** The condition key, such as `ecs:cluster`. */
  variable: string;
  values: string[];
}

/** As IAM reads it. */
export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: object[];
}

export const policyDocument = (statements: readonly Statement[]) => ({
  Version: '2012-10-17' as const,
  Statement: statements.map(({ actions, resources, conditions = [] }) => ({
    Effect: 'Allow' as const,
    Action: actions,
    Resource: resources,
    ...(conditions.length > 0 && { Condition: conditionBlock(conditions) }),
  })),
});

function conditionBlock(conditions: readonly Condition[]) {
  const block: Record<string, Record<string, string[]>> = {};
  for (const { test, variable, values } of conditions) {
    block[test] = { ...block[test], [variable]: values };
  }
  return block;
}
