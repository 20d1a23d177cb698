/** Whether a definition may run. */
import { isObject, type JsonObject } from '../json.ts';
import { checkExpressions } from './expressions.ts';
import { checkFields } from './fields.ts';
import { checkLimits } from './limits.ts';
import { type Problem, schema } from './problem.ts';
import { checkRecovery } from './recovery.ts';
import { checkTransitions } from './transitions.ts';
import { checkVariables } from './variables.ts';
import { type Found, groupsOf, languageOf, statesOf } from './walk.ts';

export { InvalidDefinition, type Problem } from './problem.ts';

/**
 * Every reason why a definition cannot run, empty when it can. First what AWS would refuse; only where AWS
 * would accept it, what is not implemented here (`NOT_IMPLEMENTED`).
 */
export function checkDefinition(definition: unknown): Problem[] {
  const problems = checkRules(definition);
  return problems.length === 0 && isObject(definition) ? eachState(definition, checkLimits) : problems;
}

/** Only what AWS would refuse. */
export function checkRules(definition: unknown): Problem[] {
  if (!isObject(definition)) {
    return [{ code: 'SCHEMA_VALIDATION_FAILED', message: 'Definition must be a valid JSON object' }];
  }
  const groups = [...groupsOf(definition, languageOf(definition, 'JSONPath'))];
  const [machine] = groups;
  return [
    ...checkMachine(definition),
    ...groups.flatMap((group) => [...checkTransitions(group)]),
    ...eachState(definition, checkState),
    ...(machine ? checkVariables(machine) : []),
  ];
}

/** One state, without regard to where it leads. */
export function* checkState(found: Found): Generator<Problem> {
  yield* checkFields(found);
  yield* checkRecovery(found);
  yield* checkExpressions(found);
}

const eachState = (definition: JsonObject, check: (found: Found) => Iterable<Problem>): Problem[] =>
  [...groupsOf(definition, languageOf(definition, 'JSONPath'))]
    .flatMap((group) => [...statesOf(group)])
    .flatMap((found) => [...check(found)]);

const machineFields = ['StartAt', 'States', 'Comment', 'QueryLanguage', 'TimeoutSeconds', 'Version'];

function* checkMachine(definition: JsonObject): Generator<Problem> {
  for (const field of Object.keys(definition)) {
    if (!machineFields.includes(field)) yield schema(`The field '${field}' is not supported`, `/${field}`);
  }
  const { TimeoutSeconds } = definition;
  if (TimeoutSeconds !== undefined && !(Number.isInteger(TimeoutSeconds) && Number(TimeoutSeconds) >= 1)) {
    yield schema('TimeoutSeconds must be an integer of at least 1', '/TimeoutSeconds');
  }
}
