/** What one release can grow to at most: the events of its loops, and the largest payload that the steps' schemas allow. */
import * as z from 'zod';
import type { Step } from '../../functions/step.ts';
import { steps } from '../../functions/steps/table.ts';
import definition from '../../state-machines/deploy.asl.json' with { type: 'json' };

const waitSeconds = (state: 'WaitForReleaseTask' | 'WaitForSmokeTests') => definition.States[state].Seconds;
const timeoutSeconds = (state: 'AwaitDeployment' | 'AwaitRollback') =>
  definition.States[state].TimeoutSeconds;

/** How long a release waits where it waits in a loop, in seconds. */
export interface Waits {
  releaseTask: number;
  deployment: number;
  smoke: number;
}

/** What every way through the state machine writes at most, loops and further attempts left out. */
const eventsOnce = 150;
/** A Wait is entered and left, a Task also scheduled, started and answered, a Choice entered and left. */
const eventsARound = 9;
/** Entered, scheduled, started, submitted, timed out, left. */
const eventsATimeout = 6;
const eventsAnAttempt = 3;

/** Of the longest release: every loop to its end, and then the rollback, which may take as long as the deployment. */
export function mostEvents({ releaseTask, deployment, smoke }: Waits, refusedAttempts: number): number {
  const rounds = (seconds: number, each: number) => Math.ceil(seconds / each);
  return (
    eventsOnce +
    eventsARound * rounds(releaseTask, waitSeconds('WaitForReleaseTask')) +
    eventsATimeout * rounds(deployment, timeoutSeconds('AwaitDeployment')) +
    eventsARound * rounds(smoke, waitSeconds('WaitForSmokeTests')) +
    eventsATimeout * rounds(deployment, timeoutSeconds('AwaitRollback')) +
    eventsAnAttempt * refusedAttempts
  );
}

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
