/** Map and Parallel: what is tolerated, how many run at once, and who is ended with whom. */
import { describe, expect, test } from 'vitest';
import { taskError } from '../../local/asl/index.ts';
import { calling, machine, play, taking } from '../support/asl-run.ts';

const overItems = (more: Record<string, unknown>) =>
  machine({
    Each: {
      Type: 'Map',
      Items: '{% $states.input %}',
      ItemProcessor: { StartAt: 'Work', States: { Work: calling('work') } },
      End: true,
      ...more,
    },
  });

/** Fails for the items that are true. */
const work = ({ payload }: { payload: unknown }) => {
  if (payload === true) throw taskError('Boom', 'it happened');
  return 'done';
};

describe('a Map', () => {
  const threshold = 'States.ExceedToleratedFailureThreshold';
  test.each([
    {
      it: 'fails with the error of its iteration where nothing is tolerated',
      more: {},
      items: [true, false],
      ends: 'Boom',
    },
    {
      it: 'lives with as many failures as are tolerated',
      more: { ToleratedFailureCount: 1 },
      items: [true, false],
      ends: 'SUCCEEDED',
    },
    {
      it: 'fails with one failure more than are tolerated',
      more: { ToleratedFailureCount: 1 },
      items: [true, true],
      ends: threshold,
    },
    {
      it: 'lives with exactly the percentage that is tolerated',
      more: { ToleratedFailurePercentage: 50 },
      items: [true, false],
      ends: 'SUCCEEDED',
    },
    {
      it: 'fails with more than the percentage that is tolerated',
      more: { ToleratedFailurePercentage: 49 },
      items: [true, false],
      ends: threshold,
    },
    {
      it: 'fails when either threshold is exceeded',
      more: { ToleratedFailureCount: 0, ToleratedFailurePercentage: 100 },
      items: [true, false],
      ends: threshold,
    },
    {
      it: 'takes a threshold from an expression',
      more: { ToleratedFailureCount: '{% $count($states.input) - 1 %}' },
      items: [true, false],
      ends: 'SUCCEEDED',
    },
  ])('$it', async ({ more, items, ends }) => {
    const execution = await play(overItems(more), { work }, { input: items }).over();

    expect(execution.error ?? execution.status).toBe(ends);
  });

  test('keeps the place of an iteration that failed and was tolerated', async () => {
    const scene = play(overItems({ ToleratedFailureCount: 1 }), { work }, { input: [false, true, false] });

    const { output } = await scene.over();

    expect(output).toEqual(['done', { Error: 'Boom', Cause: 'it happened' }, 'done']);
    expect(scene.types()).toContain('MapIterationFailed');
  });

  test('runs as many iterations at a time as it may', async () => {
    const scene = play(overItems({ MaxConcurrency: 2 }), { work: taking(10) }, { input: [1, 2, 3, 4, 5] });

    const { startTime, stopTime = 0 } = await scene.over();

    expect((stopTime - startTime) / 1000).toBe(30);
  });

  test('gives the pairs of an object one by one', async () => {
    const definition = machine({
      Each: {
        Type: 'Map',
        Items: '{% $states.input %}',
        ItemSelector: '{% $states.context.Map.Item.Key & $states.context.Map.Item.Value %}',
        ItemProcessor: { StartAt: 'Look', States: { Look: { Type: 'Pass', End: true } } },
        End: true,
      },
    });

    const { output } = await play(definition, {}, { input: { a: 1, b: 2 } }).over();

    expect(output).toEqual(['a1', 'b2']);
  });

  test('ends the other iterations when one has failed', async () => {
    const slowly = async (
      call: { payload: unknown },
      clock: { after(ms: number, run: () => void): void },
    ) => {
      await new Promise<void>((resolve) => clock.after(call.payload === true ? 1_000 : 60_000, resolve));
      return work(call);
    };
    const scene = play(overItems({}), { work: slowly }, { input: [false, true] });

    const { startTime, stopTime = 0 } = await scene.over();

    expect((stopTime - startTime) / 1000).toBe(1);
    expect(scene.types().slice(-6)).toEqual([
      ...['TaskStateAborted', 'MapIterationFailed', 'TaskStateAborted', 'MapIterationAborted'],
      ...['MapStateFailed', 'ExecutionFailed'],
    ]);
  });
});

test('a Parallel ends a waiting branch with the one that failed', async () => {
  const branch = (state: object) => ({ StartAt: 'Step', States: { Step: state } });
  const definition = machine({
    Both: {
      Type: 'Parallel',
      Branches: [branch({ Type: 'Wait', Seconds: 3600, End: true }), branch({ Type: 'Fail', Error: 'Boom' })],
      End: true,
    },
  });
  const scene = play(definition);

  const { error } = await scene.over();

  expect(error).toBe('Boom');
  expect(scene.types().slice(-3)).toEqual(['WaitStateAborted', 'ParallelStateFailed', 'ExecutionFailed']);
});
