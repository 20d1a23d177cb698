/** What one release can grow to at most: the events of its loops, and the largest payload that the steps' schemas allow. */
import * as z from 'zod';
import type { Step } from '../../functions/step.ts';
import { steps } from '../../functions/steps/table.ts';
import definition from '../../state-machines/deploy.asl.json' with { type: 'json' };

const { States: states } = definition;

/** How long a release may wait where it waits in a loop, in seconds. */
export interface Waits {
  approval: number;
  releaseTask: number;
  deployment: number;
  smoke: number;
}

/** The defaults of core/config.ts, and the most that it accepts. */
export const defaultWaits: Waits = { approval: 86_400, releaseTask: 600, deployment: 1800, smoke: 90 };
export const longestWaits: Waits = {
  ...{ approval: 5 * 86_400, releaseTask: 6 * 3600 },
  ...{ deployment: 2 * 86_400, smoke: 3 * 3600 },
};

/** What every way through the state machine writes at most, loops and further attempts left out. */
const eventsOnce = 150;
/** A Wait is entered and left, a Task also scheduled, started and answered, a Choice entered and left. */
const eventsARound = 9;
/** Entered, scheduled, started, submitted, timed out, left. */
const eventsATimeout = 6;
const eventsAnAttempt = 3;
/** Of the judge, however long the window is. */
const looks = 11;

/**
 * Of the longest release: it waits for another that takes as long as itself, goes round every loop to its end, and is
 * then taken back, which may take as long as the deployment.
 */
export function mostEvents(waits: Waits, refusedAttempts: number): number {
  const { approval, releaseTask, deployment, smoke } = waits;
  const slot = releaseTask + deployment + smoke + deployment;
  const rounds = (seconds: number, each: number) => Math.ceil(seconds / each);
  return (
    eventsOnce +
    eventsATimeout * rounds(approval, states.RequestApproval.TimeoutSeconds) +
    eventsATimeout * rounds(slot, states.AcquireSlot.TimeoutSeconds) +
    eventsARound * rounds(releaseTask, states.WaitForReleaseTask.Seconds) +
    eventsATimeout * rounds(deployment, states.AwaitDeployment.TimeoutSeconds) +
    eventsARound * rounds(smoke, states.WaitForSmokeTests.Seconds) +
    eventsARound * looks +
    eventsATimeout * rounds(deployment, states.AwaitRollback.TimeoutSeconds) +
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
