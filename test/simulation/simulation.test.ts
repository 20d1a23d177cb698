import { describe, expect, test } from 'vitest';
import { check, planOf } from './check.ts';
import { checkAll } from './crew.ts';
import { broken } from './invariants/index.ts';
import kept from './kept.json' with { type: 'json' };
import { mutants } from './mutants.ts';
import type { Plan } from './plan.ts';
import { mutated } from './plant.ts';
import { play } from './play.ts';

/** A short form: `npm run check` plays 400 more new ones, `npm run simulate -- --runs 10000` as many as there is time for. */
const runs = { same: 20, fresh: 5 };
const fresh = Math.floor(Math.random() * 2 ** 31);

async function failures(first: number, length: number): Promise<string[]> {
  const found: string[] = [];
  await checkAll({
    seeds: Array.from({ length }, (_, index) => first + index),
    checked({ seed, sentences }) {
      if (sentences.length > 0) found.push(`npm run simulate -- --seed ${seed} --runs 1`, ...sentences);
      return found.length > 20;
    },
  });
  return found;
}

describe('whatever fails, nothing is lost', () => {
  test(`in ${runs.same} plans that are always the same`, async () => {
    expect(await failures(1, runs.same)).toEqual([]);
  }, 300_000);

  test(`in ${runs.fresh} new plans, from seed ${fresh} on`, async () => {
    expect(await failures(fresh, runs.fresh)).toEqual([]);
  }, 300_000);

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
