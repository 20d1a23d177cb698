import { describe, expect, test } from 'vitest';
import { check, planOf } from './check.ts';
import { checkAll } from './crew.ts';
import { broken } from './invariants/index.ts';
import kept from './kept.json' with { type: 'json' };
import { mutants } from './mutants.ts';
import type { Plan } from './plan.ts';
import { mutated } from './plant.ts';
import { play } from './play.ts';

/** A short form: `npm run check` plays 400 new ones, `npm run simulate -- --runs 10000` as many as there is time for. */
const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

describe('whatever fails, nothing is lost', () => {
  test.each(seeds)('in the plan of seed %i', async (seed) => {
    expect((await check(seed)).sentences).toEqual([]);
  });

  test.each(kept)('where something once was: $was', async ({ plan }) => {
    expect(broken(await play(plan as Plan))).toEqual([]);
  });
});

test('a seed makes the same plan, and the same story, each time', async () => {
  expect(planOf(7)).toEqual(planOf(7));
  expect(await check(7)).toEqual(await check(7));
});

test.each(mutants)('the planted error still has its place: $name', (mutant) => {
  expect(mutated(mutant)).not.toBe(mutant.find);
});

test('a planted error is found', async () => {
  const found: string[] = [];
  await checkAll({
    seeds: Array.from({ length: 8 }, (_, index) => index + 108),
    mutant: 'failing smoke tests are passed over',
    workers: 1,
    checked({ sentences }) {
      found.push(...sentences);
      return sentences.length > 0;
    },
  });

  expect(found[0]).toContain('smoke tests failed');
}, 60_000);
