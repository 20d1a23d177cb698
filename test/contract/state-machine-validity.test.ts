/** A second opinion on the state machine: the validator published for the language, which has only jsonata in common with ours. */
import validate from 'asl-validator';
import { expect, test } from 'vitest';
import { checkDefinition } from '../../local/asl/index.ts';
import definition from '../../state-machines/deploy.asl.json' with { type: 'json' };

type Definition = typeof definition;

/** Without what it cannot know: functions are placeholders, and paths are JSONPath's. */
const errorsOf = (machine: object) =>
  validate(structuredClone(machine), { checkArn: false, checkPaths: false }).errors.map(
    ({ Message }) => Message,
  );

test('the state machine is valid', () => {
  expect(errorsOf(definition)).toEqual([]);
});

test.each<{ it: string; plant: (machine: Definition) => void; says: RegExp }>([
  {
    it: 'a Next that leads nowhere',
    plant: ({ States }) => Object.assign(States.ConfirmRelease, { Next: 'Confirmd' }),
    says: /target: Confirmd/,
  },
  {
    it: 'a Catch that leads nowhere',
    plant: ({ States }) => Object.assign(States.AwaitDeployment.Catch[0] ?? {}, { Next: 'Again' }),
    says: /target: Again/,
  },
  {
    it: 'a state that nothing leads to',
    plant: ({ States }) => Object.assign(States, { Forgotten: { Type: 'Succeed' } }),
    says: /Forgotten is not reachable/,
  },
  {
    it: 'a state without a way out',
    plant: ({ States }) => void Reflect.deleteProperty(States.Promote, 'Next'),
    says: /"Promote" MUST contain exactly one of "End", "Next"/,
  },
  {
    it: 'a field that no state has',
    plant: ({ States }) => Object.assign(States.CheckScan, { Timeout: 60 }),
    says: /^\/States\/CheckScan is invalid/,
  },
  {
    it: 'a condition that is not JSONata',
    plant: ({ States }) => Object.assign(States.ToChange.Choices[0] ?? {}, { Condition: '{% $plan = %}' }),
    says: /^\/States\/ToChange\/Choices\/0\/Condition is invalid.*jsonata/,
  },
  {
    it: 'a payload that is not JSONata',
    plant: ({ States }) => Object.assign(States.RollBack.Arguments.Payload, { release: '{% $release. %}' }),
    says: /^\/States\/RollBack\/Arguments\/Payload\/release is invalid/,
  },
])('$it is found, by the local world too', ({ plant, says }) => {
  const machine = structuredClone(definition);

  plant(machine);

  expect(errorsOf(machine).join('\n')).toMatch(says);
  expect(checkDefinition(machine)).not.toEqual([]);
});
