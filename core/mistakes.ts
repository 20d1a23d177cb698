/** What is wrong with something that people wrote, in sentences. */
import type * as z from 'zod';

/** One for each mistake, with its path: `services.my-api.tags: …`. Of what was parsed with `reportInput`. */
export const mistakesIn = ({ issues }: z.ZodError): string[] =>
  issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${sentence(issue)}`);

/** Zod's own words where ours are not better. */
function sentence(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `has no setting ${issue.keys.join(', ')}: misspelled, or in the wrong place?`;
    case 'invalid_key':
      return issue.issues.map(({ message }) => message).join('; ');
    case 'invalid_type':
      if (issue.expected === 'never') return issue.message;
      return issue.input === undefined
        ? `is missing: ${wantedKind(issue.expected)} expected`
        : `is ${kindOf(issue.input)}: ${wantedKind(issue.expected)} expected`;
    case 'invalid_value':
      return issue.values.length > 1 ? `must be one of ${issue.values.join(', ')}` : issue.message;
    case 'too_small':
      if (isNumber(issue.origin))
        return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
      if (issue.minimum === 1) return 'must not be empty';
      return issue.message.startsWith('Too small')
        ? `must have at least ${issue.minimum} ${counted(issue.origin)}`
        : issue.message;
    case 'too_big':
      return isNumber(issue.origin)
        ? `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`
        : issue.message.startsWith('Too big')
          ? `must have at most ${issue.maximum} ${counted(issue.origin)}`
          : issue.message;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return issue.message;
  }
}

const counted = (origin: string) => (origin === 'string' ? 'characters' : 'entries');
const isNumber = (origin: string) => ['number', 'int', 'bigint'].includes(origin);

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const wantedKind = (kind: string) => kinds[kind] ?? kind;

/** As a message calls it: what is short, as it is written. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : (kinds[typeof value] ?? typeof value);
}
