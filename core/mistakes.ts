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
        ? `is missing: ${issue.expected} expected`
        : `is ${kindOf(issue.input)}: ${issue.expected} expected`;
    case 'invalid_value':
      return issue.values.length > 1 ? `must be one of ${issue.values.join(', ')}` : issue.message;
    case 'too_small':
      if (issue.origin === 'number') return `must be at least ${issue.minimum}`;
      return issue.minimum === 1 ? 'must not be empty' : issue.message;
    case 'too_big':
      return issue.origin === 'number' ? `must be at most ${issue.maximum}` : issue.message;
    default:
      return issue.message;
  }
}

/** As a message calls it. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
