/** What AWS accepts and this interpreter does not implement. Refused by name, never half done. */
import { isObject } from '../json.ts';
import { expressionIn } from '../jsonata.ts';
import { resourceOf } from '../lambda.ts';
import { jsonPathFields } from './fields.ts';
import type { Problem } from './problem.ts';
import type { Found } from './walk.ts';

const unsupported = (message: string, location: string): Problem => ({
  code: 'NOT_IMPLEMENTED',
  message,
  location,
});

const invokeArguments = [
  'FunctionName',
  'Payload',
  'InvocationType',
  'Qualifier',
  'LogType',
  'ClientContext',
];

export function* checkLimits(found: Found): Generator<Problem> {
  const { state, path, language } = found;
  if (language === 'JSONPath' && !neutral(found)) {
    yield unsupported(`The QueryLanguage 'JSONPath' is not implemented`, path);
  }
  if (state.Type === 'Task') yield* checkTask(found);
  for (const field of ['ItemReader', 'ItemBatcher', 'ResultWriter']) {
    if (state[field] !== undefined)
      yield unsupported('Distributed Map is not implemented', `${path}/${field}`);
  }
  const { ItemProcessor } = state;
  const config = isObject(ItemProcessor) && ItemProcessor.ProcessorConfig;
  if (isObject(config) && config.Mode !== undefined && config.Mode !== 'INLINE') {
    yield unsupported('Distributed Map is not implemented', `${path}/ItemProcessor/ProcessorConfig/Mode`);
  }
}

function* checkTask({ state, path }: Found): Generator<Problem> {
  const resource = typeof state.Resource === 'string' ? resourceOf(state.Resource) : undefined;
  if (!resource) {
    return yield unsupported(
      `The resource ${JSON.stringify(state.Resource)} is not implemented`,
      `${path}/Resource`,
    );
  }
  if (resource.integration !== 'lambda:invoke' || !isObject(state.Arguments)) return;
  for (const field of Object.keys(state.Arguments)) {
    if (!invokeArguments.includes(field)) {
      yield unsupported(`lambda:invoke does not know the argument '${field}'`, `${path}/Arguments/${field}`);
    }
  }
}

/** A state that means the same in either language: it has no paths, no templates and no expressions. */
function neutral({ state }: Found): boolean {
  const own = (value: unknown) => typeof value === 'string' && expressionIn(value) !== undefined;
  const fields = Object.entries(state);
  return (
    !fields.some(([field, value]) => jsonPathFields.has(field) || field === 'Assign' || own(value)) &&
    !['Choices', 'Catch', 'Arguments', 'Output', 'Items', 'ItemSelector'].some(
      (field) => state[field] !== undefined,
    )
  );
}
