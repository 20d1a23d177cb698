/** The JSON that AWS's provider makes of the statements of a policy document. */

interface Statement {
  sid?: string;
  effect?: string;
  actions?: string[];
  resources?: string[];
  principals?: { type: string; identifiers: string[] }[];
  conditions?: { test: string; variable: string; values: string[] }[];
}

/** The provider writes a list of one without its brackets. */
const short = (values: string[]) => (values.length === 1 ? values[0] : values);

export function policyDocument(statements: unknown): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: ((statements ?? []) as Statement[]).map(written),
  });
}

function written({ sid, effect = 'Allow', actions, resources, principals, conditions }: Statement) {
  const tests: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of conditions ?? []) {
    tests[test] = { ...tests[test], [variable]: short(values) };
  }
  return {
    ...(sid && { Sid: sid }),
    Effect: effect,
    ...(principals && {
      Principal: Object.fromEntries(principals.map(({ type, identifiers }) => [type, short(identifiers)])),
    }),
    ...(actions && { Action: short(actions) }),
    ...(resources && { Resource: short(resources) }),
    ...(conditions && { Condition: tests }),
  };
}
