/**
 * The part of the Amazon States Language that the house allows: so little that the types of all data can be read
 * off it. A payload holds references, Assign keeps what a state answered, a condition compares one reference with
 * one literal. Anything that must be computed is a step.
 */
import * as z from 'zod';
import { comparisonSchema, plainText, referenceSchema } from './references.ts';

const input = { 'states.context.Execution.Input': '$input' };
const reference = referenceSchema('must be a reference such as {% $plan.running %}', input, 'or a variable');
const comparison = comparisonSchema(
  "must compare one reference with one literal by = or !=, such as {% $scan.status = 'fail' %}",
  input,
);
const seconds = z.union([z.int(), reference], { error: 'must be seconds or a reference to them' });
const text = z.union([plainText, reference], { error: 'must be a text or a reference to one' });
const literal = z.union([plainText.regex(/^[^'\\\n]*$/), z.number(), z.boolean(), z.null()], {
  error: 'must be a JSON literal without quotes in it',
});
const variable = z.string().regex(/^[a-z]\w*$/, { error: 'must be the name of a variable, in camelCase' });

/** Assign of what `source` holds, which the contract calls `root`. */
function keeping(source: string, root: string) {
  const error = `must be a JSON literal without quotes in it, or read {% $${source} %}`;
  const read = referenceSchema(error, { [source]: root }, 'only');
  return z.record(variable, z.union([literal, read], { error })).default({});
}
const literals = z.record(variable, literal).default({});

const catcher = z.strictObject({
  ErrorEquals: z.array(z.string()),
  Assign: keeping('states.errorOutput', '$failure'),
  Next: z.string(),
});
const retrier = z.strictObject({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().optional(),
  BackoffRate: z.number().optional(),
  MaxAttempts: z.number().optional(),
  MaxDelaySeconds: z.number().optional(),
  JitterStrategy: z.string().optional(),
});
const says = <const Text extends string>(expression: Text) =>
  z.literal(expression, { error: `must be ${expression}` });
const execution = says('{% $states.context.Execution.Id %}');
const taskToken = says('{% $states.context.Task.Token %}');

const task = {
  Type: z.literal('Task'),
  Comment: z.string().optional(),
  TimeoutSeconds: seconds.optional(),
  Retry: z.array(retrier).default([]),
  Catch: z.array(catcher).default([]),
  Next: z.string(),
};
const lambda = z.strictObject({
  ...task,
  Resource: z.literal('arn:aws:states:::lambda:invoke'),
  Arguments: z.strictObject({
    FunctionName: plainText,
    Payload: z
      .object({
        execution,
        taskToken: z.undefined({ error: 'exists for .waitForTaskToken only' }).optional(),
      })
      .catchall(reference),
  }),
  Assign: keeping('states.result.Payload', '$result'),
});
const waitingLambda = z.strictObject({
  ...task,
  Resource: z.literal('arn:aws:states:::lambda:invoke.waitForTaskToken'),
  Arguments: z.strictObject({
    FunctionName: plainText,
    Payload: z.object({ execution, taskToken }).catchall(reference),
  }),
  Assign: keeping('states.result', '$result'),
});

const plain = { Comment: z.string().optional(), Assign: literals };
const state = z.discriminatedUnion('Type', [
  z.discriminatedUnion('Resource', [lambda, waitingLambda]),
  z.strictObject({
    ...plain,
    Type: z.literal('Choice'),
    Choices: z.array(z.strictObject({ Condition: comparison, Assign: literals, Next: z.string() })),
    Default: z.string(),
  }),
  z.strictObject({ ...plain, Type: z.literal('Pass'), Next: z.string() }),
  z.strictObject({ ...plain, Type: z.literal('Wait'), Seconds: seconds, Next: z.string() }),
  z.strictObject({
    Type: z.literal('Succeed'),
    Comment: z.string().optional(),
    Output: reference.optional(),
  }),
  z.strictObject({
    Type: z.literal('Fail'),
    Comment: z.string().optional(),
    Error: plainText,
    Cause: text.optional(),
  }),
]);
export type State = z.output<typeof state>;

const definition = z.strictObject({
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONata'),
  StartAt: z.string(),
  TimeoutSeconds: z.int(),
  States: z.record(z.string().regex(/^[A-Z][A-Za-z]*$/, { error: 'must be a name in PascalCase' }), state),
});
export type Definition = z.output<typeof definition>;

/** Throws one error that names every violation of the house rules with its state and field. */
export function readDefinition(asl: unknown): Definition {
  const checked = definition.safeParse(asl);
  if (checked.success) return checked.data;
  const mistakes = checked.error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'the file'}: ${message}`,
  );
  throw new Error(`the state machine breaks the house rules:\n${mistakes.join('\n')}`);
}
