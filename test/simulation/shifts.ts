/** Services whose traffic ECS shifts: which, how, and what happens to the function that ECS asks. */
import * as fc from 'fast-check';
import type { ConfigInput } from '../../core/config.ts';
import { type FunctionFault, functionFaultKinds } from './function-faults.ts';

type Rollout = NonNullable<ConfigInput['services'][string]['environments'][number]['rollout']>;

export const strategies = ['ROLLING', 'BLUE_GREEN', 'CANARY', 'LINEAR'] as const;
export type StrategyName = (typeof strategies)[number];

export interface ShiftsPlan {
  /** Of the environments of all services, in turn. */
  strategies: StrategyName[];
  /** What runs alongside has its strategy too; else it is replaced task by task. */
  alongside: boolean;
  /** Of what is called only here, and after a way back. */
  faults: FunctionFault[];
}

const faults = fc.record({
  function: fc.constantFrom('on-lifecycle-hook', 'on-lifecycle-hook', 'ProveWayBack', 'CompareMetrics'),
  from: fc.nat(3),
  times: fc.constantFrom(1, 1, 3, 60),
  kind: fc.constantFrom(...functionFaultKinds),
});

/** A quarter of the plans. */
export const shifts: fc.Arbitrary<ShiftsPlan | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      strategies: fc
        .tuple(fc.constantFrom(...strategies.slice(1)), fc.constantFrom(...strategies))
        .map(([first, second]) => [first, second]),
      alongside: fc.boolean(),
      faults: fc.oneof(
        { weight: 3, arbitrary: fc.constant<FunctionFault[]>([]) },
        { weight: 1, arbitrary: fc.array(faults, { minLength: 1, maxLength: 2 }) },
      ),
    }),
  },
);

export const strategyAt = (shifts: ShiftsPlan | undefined, place: number): StrategyName =>
  shifts?.strategies[place % shifts.strategies.length] ?? 'ROLLING';

/** As short as an analysis allows where there is one. */
export function rolloutOf(strategy: StrategyName, analysis: boolean): Rollout {
  const long = '9m';
  switch (strategy) {
    case 'ROLLING':
      return { strategy };
    case 'BLUE_GREEN':
      return { strategy, bakeTime: analysis ? long : '2m' };
    case 'CANARY':
      return { strategy, percent: 25, canaryBakeTime: analysis ? long : '2m', bakeTime: '1m' };
    case 'LINEAR':
      return { strategy, stepPercent: 40, stepBakeTime: analysis ? '5m' : '1m', bakeTime: '1m' };
  }
}

/** Plans with less of it. */
export function* fewerShifts(shifts: ShiftsPlan | undefined): Generator<ShiftsPlan | undefined> {
  if (!shifts) return;
  yield undefined;
  if (shifts.faults.length > 0) yield { ...shifts, faults: [] };
  if (shifts.alongside) yield { ...shifts, alongside: false };
  for (const [index, one] of shifts.strategies.entries())
    if (one !== 'ROLLING') yield { ...shifts, strategies: shifts.strategies.with(index, 'ROLLING') };
}

export const shiftLines = (shifts: ShiftsPlan | undefined): string[] =>
  shifts
    ? [
        `strategies: ${shifts.strategies.join(', ')}${shifts.alongside ? ', also of what runs alongside' : ''}`,
        ...shifts.faults.map(
          (fault) => `function ${fault.function} ${fault.from} +${fault.times} ${fault.kind}`,
        ),
      ]
    : [];
