/** How the bench counts what is billed, and what comes out of it, in relations: prices change. */
import { beforeAll, describe, expect, test } from 'vitest';
import { billOf, codePipeline, githubRunner, polling } from '../../bench/cost/alternatives.ts';
import { sweepOver, sweepsAMonth } from '../../bench/cost/idle.ts';
import { itemBytes } from '../../bench/cost/item-bytes.ts';
import { type Played, playOutcomes } from '../../bench/cost/outcomes.ts';
import { cases } from '../support/asl-corpus.ts';
import { isTransition } from '../support/history.ts';

describe('a state transition', () => {
  const transitionsOf = (types: string[]) => types.filter((type) => isTransition({ type })).length;
  const recorded = (name: string): string[] =>
    cases('execution').find(({ id }) => id.endsWith(name))?.expectedHistory ?? [];

  test.each([
    { it: 'is each attempt at a state', name: 'test_retry_interval_features_jitter_none', count: 3 },
    { it: 'is a single attempt that is not repeated', name: 'test_lambda_empty_retry', count: 1 },
  ])('$it, in a history that AWS recorded', ({ name, count }) => {
    expect(transitionsOf(recorded(name))).toBe(count);
  });

  test('is also a state that calls nothing, and an end', () => {
    const history = ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ChoiceStateEntered'];

    expect(transitionsOf([...history, 'ChoiceStateExited', 'FailStateEntered', 'ExecutionFailed'])).toBe(3);
  });
});

test.each([
  { it: 'text, by its bytes', item: { ab: { S: 'né' } }, bytes: 5 },
  { it: 'a number, by two digits a byte', item: { a: { N: '12345' } }, bytes: 5 },
  { it: 'a list of two flags', item: { a: { L: [{ BOOL: true }, { NULL: true as const }] } }, bytes: 8 },
  { it: 'a map', item: { a: { M: { bc: { S: 'def' } } } }, bytes: 10 },
])('DynamoDB counts $it', ({ item, bytes }) => {
  expect(itemBytes(item)).toBe(bytes);
});

describe('a release', () => {
  const assumptions = { callMs: 40, requestMs: 100, ownMs: 20, coldStartMs: 500 };
  let deployed: Played;
  let approved: Played;
  let superseded: Played;

  beforeAll(async () => {
    const names = ['Deployed', 'Deployed, approved after ten minutes', 'Superseded during the rollout'];
    const played = await playOutcomes(assumptions, 30, names);
    [deployed, approved, superseded] = played as [Played, Played, Played];
  });

  test('that is deployed costs about half of what polling costs, and far less than waiting', () => {
    const ours = billOf(deployed).all;

    expect(billOf(polling(deployed)).all).toBeGreaterThan(1.8 * ours);
    expect(codePipeline(deployed)).toBeGreaterThan(5 * ours);
    expect(githubRunner(deployed)).toBeGreaterThan(15 * ours);
  });

  test('waits for its report at little cost: some looks more', async () => {
    const [scannedAtOnce] = await playOutcomes(assumptions, 0, ['Deployed']);

    const looks = (of: Played | undefined) => of?.invocations.CheckScan ?? 0;
    expect(looks(deployed)).toBeGreaterThan(looks(scannedAtOnce));
    expect(deployed.transitions - (scannedAtOnce?.transitions ?? 0)).toBe(
      looks(deployed) - looks(scannedAtOnce),
    );
  });

  test('costs nobody the time in which a person thinks', () => {
    expect(approved.approvalSeconds).toBeGreaterThan(550);
    expect(approved.transitions - deployed.transitions).toBeLessThan(5);
    expect(codePipeline(approved)).toBeLessThan(1.1 * codePipeline(deployed));
  });

  test('that is superseded is told by itself, without the one that took its place', () => {
    expect(superseded.invocations.StartDeployment).toBe(1);
    expect(superseded.invocations.ConfirmRelease).toBe(0);
    expect(billOf(superseded).all).toBeLessThan(billOf(deployed).all);
  });

  test('costs more than a day of waiting for the next one', async () => {
    const sweep = await sweepOver(1, assumptions);

    const daily = billOf({ ...sweep, transitions: 0 }).all * (sweepsAMonth / 30);
    expect(daily).toBeGreaterThan(0);
    expect(daily).toBeLessThan(billOf(deployed).all);
  });
});
