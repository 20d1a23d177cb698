/** Map: the same states for every item. */
import type { MapState } from '../definition.ts';
import { Aborted, StateError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { QueryFailure } from '../jsonata.ts';
import type { Line } from '../line.ts';
import { unexpectedType } from '../template.ts';
import type { Visit } from '../visit.ts';
import { sideBySide } from './side-by-side.ts';

/** One item: what the iteration receives, and what the context says about it. */
interface Item {
  input: Json;
  context: JsonObject;
}

/** One attempt: the outputs of the iterations, in the order of the items. */
export async function map(visit: Visit<MapState>): Promise<Json> {
  const { ItemProcessor, Iterator: oldName } = visit.state;
  const processor = ItemProcessor ?? oldName;
  const parent = visit.line;
  const items = await itemsOf(visit);
  const inputs = await selected(visit, items);
  const { maxConcurrency, ...tolerance } = await limitsOf(visit);
  visit.record('MapStateStarted', { length: items.length });

  let failed = 0;
  async function run(line: Line, index: number): Promise<Json> {
    const details = { name: visit.name, index };
    line.record('MapIterationStarted', details);
    try {
      const output = processor ? await parent.engine.run(processor, inputs[index] ?? null, line) : null;
      parent.last = line.aside('MapIterationSucceeded', details);
      return output;
    } catch (error) {
      if (error instanceof Aborted) line.aside('MapIterationAborted', details);
      if (!(error instanceof StateError)) throw error;
      failed += 1;
      parent.last = line.last;
      line.aside('MapIterationFailed', details);
      if (!tolerates(tolerance)) throw error;
      if (exceeds(tolerance, failed, items.length)) throw thresholdExceeded();
      return error.output;
    }
  }

  const mapContext = (index: number) => ({ Item: items[index]?.context ?? {} });
  const atOnce = maxConcurrency || items.length;
  const results = await sideBySide(visit, { count: items.length, atOnce, mapContext, run });
  parent.aside('MapStateSucceeded');
  return results;
}

/** The items of an array, or the pairs of an object. */
async function itemsOf(visit: Visit<MapState>): Promise<Item[]> {
  const { Items } = visit.state;
  const value = Items === undefined ? visit.input : await visit.evaluate('Items', Items);
  if (Array.isArray(value))
    return value.map((item, Index) => ({ input: item, context: { Index, Value: item } }));
  if (isObject(value)) {
    return Object.entries(value).map(([Key, Value], Index) => ({
      input: { Key, Value },
      context: { Index, Key, Value },
    }));
  }
  return visit.querying(() => {
    if (Items !== undefined) throw unexpectedType('array', Items, 'Items', value);
    throw new QueryFailure(`Map state input must be an array but was: ${JSON.stringify(value)}`);
  });
}

async function selected(visit: Visit<MapState>, items: Item[]): Promise<Json[]> {
  const { ItemSelector } = visit.state;
  if (ItemSelector === undefined) return items.map(({ input }) => input);
  const inputs: Json[] = [];
  for (const { context } of items) {
    inputs.push(
      visit.small(await visit.evaluate('ItemSelector', ItemSelector, {}, { Map: { Item: context } })),
    );
  }
  return inputs;
}

/** How many iterations may run at a time (0: all), and how many may fail. */
export async function limitsOf(visit: Visit<MapState>) {
  const { MaxConcurrency, ToleratedFailureCount, ToleratedFailurePercentage } = visit.state;
  return {
    maxConcurrency: (await visit.count('MaxConcurrency', MaxConcurrency, 0)) ?? 0,
    toleratedFailureCount: await visit.count('ToleratedFailureCount', ToleratedFailureCount, 0),
    toleratedFailurePercentage: await visit.count(
      'ToleratedFailurePercentage',
      ToleratedFailurePercentage,
      0,
    ),
  };
}

type Tolerance = Omit<Awaited<ReturnType<typeof limitsOf>>, 'maxConcurrency'>;

/** Where neither threshold is given, the first failure of an iteration is the Map's own. */
export const tolerates = ({ toleratedFailureCount, toleratedFailurePercentage }: Tolerance) =>
  toleratedFailureCount !== undefined || toleratedFailurePercentage !== undefined;

/** Reaching a threshold is tolerated; exceeding either is not. */
export function exceeds(tolerance: Tolerance, failed: number, total: number) {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = tolerance;
  const tooMany = count !== undefined && failed > count;
  return tooMany || (percentage !== undefined && failed * 100 > percentage * total);
}

export const thresholdExceeded = () =>
  new StateError(
    'States.ExceedToleratedFailureThreshold',
    'The specified tolerated failure threshold was exceeded',
  );
