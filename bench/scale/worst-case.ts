/** What one release can grow to at most: the events of its loops, and the largest payload that the steps' schemas allow. */
import * as z from 'zod';
import { longestHistory, type Waits } from '../../core/longest-history.ts';
import type { Step } from '../../functions/step.ts';
import { steps } from '../../functions/steps/table.ts';

/** The defaults of core/config.ts. */
export const defaultWaits: Waits = {
  approval: 86_400,
  pauses: { seconds: 0, most: 0 },
  releaseTask: 600,
  deployment: 1800,
  smoke: 90,
};

const eventsAnAttempt = 3;

/** Of the longest release that the configuration lets wait so long, with so many refused attempts. */
export const mostEvents = (waits: Waits, refusedAttempts: number): number =>
  longestHistory(waits) + eventsAnAttempt * refusedAttempts;

/** Texts whose length no schema limits, such as ARNs, are taken for this long. */
export const assumedText = 300;
/** And lists, such as the last lines of a log, for this many. */
const assumedItems = 20;

/** The largest payload or answer of any step, in characters, and whose it is. */
export function largestPayload(): { step: string; characters: number } {
  const sizes = Object.values(steps as unknown as Record<string, Step>).flatMap(({ name, input, output }) =>
    [input, output].map((schema) => ({ step: name, characters: most(jsonSchemaOf(schema)) })),
  );
  return sizes.reduce((one, other) => (other.characters > one.characters ? other : one));
}

interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  maxItems?: number;
  maxLength?: number;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  propertyNames?: { enum?: string[] };
  additionalProperties?: JsonSchema | boolean;
  enum?: unknown[];
  const?: unknown;
}

const jsonSchemaOf = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { unrepresentable: 'any', reused: 'inline', io: 'output' }) as JsonSchema;

function most(schema: JsonSchema): number {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return Math.max(...choices.map(most));
  if ('const' in schema) return JSON.stringify(schema.const).length;
  if (schema.enum) return Math.max(...schema.enum.map((value) => JSON.stringify(value).length));
  switch (schema.type) {
    case 'object': {
      const named = Object.entries(schema.properties ?? {});
      const keys = schema.propertyNames?.enum ?? [];
      const { additionalProperties: more } = schema;
      const each = typeof more === 'object' ? most(more) : 0;
      return (
        2 +
        sum([
          ...named.map(([key, value]) => key.length + 4 + most(value)),
          ...keys.map((key) => key.length + 4 + each),
        ])
      );
    }
    case 'array':
      // Curves are made of pairs of numbers.
      if (!schema.items) return 2 + 2 * 21;
      return 2 + (schema.maxItems ?? assumedItems) * (1 + most(schema.items));
    case 'string':
      return 2 + (schema.maxLength ?? assumedText);
    default:
      return 20;
  }
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
