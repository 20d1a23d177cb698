/** A release's record as the table has it: its own attributes, and one for the answer of each step. */
import { forgetAttribute } from '../core/forgetting.ts';
import { type ReleaseRecord, recordSchema } from '../core/record.ts';

const stepPrefix = 'step ';

/** What keeps the answer of a state. */
export const stepAttribute = (state: string): string => stepPrefix + state;

export const recordKey = (execution: string): string => `release ${execution}`;

export function recordOf({
  key: _,
  [forgetAttribute]: __,
  ...item
}: Readonly<Record<string, unknown>>): ReleaseRecord {
  const isStep = (name: string) => name.startsWith(stepPrefix);
  const rest = Object.entries(item).filter(([name]) => !isStep(name));
  const steps = Object.entries(item).filter(([name]) => isStep(name));
  return recordSchema.parse({
    ...Object.fromEntries(rest),
    steps: Object.fromEntries(steps.map(([name, answer]) => [name.slice(stepPrefix.length), answer])),
  });
}
