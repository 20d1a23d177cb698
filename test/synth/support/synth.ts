/** What was synthesised, as tests ask for it. */
import { inject } from 'vitest';
import type { Name, Resource } from './synthesise.ts';

export interface AllowStatement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export function synth(name: Name) {
  const { app, outputs, handlers, resources } = inject('synthesised')[name];
  const all = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    app,
    outputs,
    handlers,
    resources,
    all,

    /** Throws where there is not exactly one. */
    one(type: string, name: string): Resource['inputs'] {
      const found = all(type).filter((resource) => resource.name === name);
      if (found.length === 1 && found[0]) return found[0].inputs;
      const others = all(type).map((resource) => resource.name);
      throw new Error(`${found.length} of ${type} are called ${name}; there are ${others.join(', ')}`);
    },

    /** What a role may do, by its inline and its managed policies. */
    allowed(role: Resource): AllowStatement[] {
      const inline = (role.inputs.inlinePolicies ?? []) as { policy: string }[];
      const attached = (role.inputs.managedPolicyArns ?? []) as string[];
      const managed = all('aws:iam/policy:Policy').filter(({ inputs }) =>
        attached.some((arn) => arn.endsWith(`/${inputs.name}`)),
      );
      return [...inline.map(({ policy }) => policy), ...managed.map(({ inputs }) => inputs.policy)].flatMap(
        (policy) => JSON.parse(policy).Statement,
      );
    },
  };
}
export type Synth = ReturnType<typeof synth>;

export const listed = <Value>(values: Value | Value[]): Value[] =>
  Array.isArray(values) ? values : [values];

/** One action on one resource each, so that two ways to write the same are the same. */
export const grants = (statements: readonly AllowStatement[]): string[] =>
  statements
    .flatMap(({ Action, Resource, Condition = {} }) => {
      const conditions = Object.entries(Condition).map(([test, variables]) => [
        test,
        Object.entries(variables).map(([variable, values]) => [variable, listed(values)]),
      ]);
      return listed(Action).flatMap((action) =>
        listed(Resource).map((resource) => JSON.stringify([action, resource, conditions])),
      );
    })
    .sort();
