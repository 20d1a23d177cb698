/** Who waits for the slot, and how, by `queue`; and where a rollback stands. */
import { describe, expect, test } from 'vitest';
import { longestLine } from '../../core/queue.ts';
import { ask, type Contender, leave, type Slot, successor, takesItsPlace } from '../../core/slot.ts';

const contender = (tag: string, pushedAt: number, more: Partial<Contender> = {}): Contender => ({
  ...{ execution: `execution-${tag}`, tag, digest: `digest-${tag}`, pushedAt, taskToken: `token-${tag}` },
  ...more,
});
const [v1, v2, v3, v4] = [1, 2, 3, 4].map((at) => contender(`v${at}`, at)) as [
  Contender,
  Contender,
  Contender,
  Contender,
];
/** To `v1`, asked for after `v3` was pushed. */
const back = contender('v1', 3.5, { execution: 'execution-back', rollback: true });
const deployed = ({ pushedAt, tag, execution }: Contender) =>
  ({ pushedAt, tag, execution }) as Slot['deployed'];

const said = ({ answers }: ReturnType<typeof ask>) =>
  answers.map(({ execution, answer: { status, by } }) =>
    [execution.replace('execution-', ''), status, by].filter(Boolean).join(' '),
  );

describe('in a line', () => {
  test('each waits, in the order of the pushes, whenever it comes', () => {
    const first = ask({ holder: v1 }, v3, 'fifo');
    const second = ask(first.slot, v2, 'fifo');

    expect(second.slot).toEqual({ holder: v1, line: [v2, v3] });
    expect([...said(first), ...said(second)]).toEqual([]);
  });

  test('nobody gives way', () => {
    expect(successor({ holder: v1, line: [v2, v3] }, v1)).toBeUndefined();
  });

  test('the oldest push is next, and the others stay', () => {
    const left = leave({ holder: v1, line: [v2, v3] }, v1.execution, { at: 9, deployed: deployed(v1) });

    expect(left.slot).toEqual({ deployed: deployed(v1), holder: v2, line: [v3] });
    expect(said(left)).toEqual(['v2 granted']);
  });

  test('a push that is older than what is being deployed ends at once', () => {
    expect(said(ask({ holder: v2, line: [v3] }, v1, 'fifo'))).toEqual(['v1 superseded v2']);
  });

  test('who asks again stands where it stood, with its new task token', () => {
    const again = { ...v2, taskToken: 'token-again' };

    expect(ask({ holder: v1, line: [v2, v3] }, again, 'fifo')).toEqual({
      slot: { holder: v1, line: [again, v3] },
      answers: [],
    });
  });

  test('who is stopped leaves the line', () => {
    expect(leave({ holder: v1, line: [v2, v3] }, v2.execution, { at: 9 }).slot).toEqual({
      holder: v1,
      line: [v3],
    });
  });

  test('has an end: the oldest one gives up its place', () => {
    const line = Array.from({ length: longestLine }, (_, index) => contender(`w${index}`, 10 + index));

    const asked = ask({ holder: v1, line }, contender('last', 999), 'fifo');

    expect(asked.slot.line).toHaveLength(longestLine);
    expect(said(asked)).toEqual(['w0 superseded last']);
  });

  test('that was left by another setting, what is too old by then ends when the slot is free', () => {
    const left = leave({ holder: v3, line: [v2, v4] }, v3.execution, { at: 9, deployed: deployed(v3) });

    expect(left.slot).toEqual({ deployed: deployed(v3), holder: v4 });
    expect(said(left)).toEqual(['v4 granted', 'v2 superseded v3']);
  });

  test('the newest takes all places where nobody stands in line any more', () => {
    const asked = ask({ holder: v1, line: [v2, v3] }, v4, 'newest');

    expect(asked.slot).toEqual({ holder: v1, waiting: v4 });
    expect(said(asked)).toEqual(['v2 superseded v4', 'v3 superseded v4']);
  });
});

describe('where nobody waits', () => {
  test('a release is rejected while another one holds the slot', () => {
    const asked = ask({ holder: v1 }, v2, 'reject');

    expect(asked.slot).toEqual({ holder: v1 });
    expect(said(asked)).toEqual(['v2 rejected v1']);
  });

  test('it is granted when the slot is free', () => {
    expect(said(ask({ deployed: deployed(v1) }, v2, 'reject'))).toEqual(['v2 granted']);
  });

  test('an older one is superseded, not rejected', () => {
    expect(said(ask({ holder: v2 }, v1, 'reject'))).toEqual(['v1 superseded v2']);
  });
});

describe.each(['newest', 'fifo', 'reject'] as const)('a rollback, with queue: %s,', (queue) => {
  test('takes the place of everything that waits and was pushed before', () => {
    const asked = ask({ holder: v1, line: [v2, v3] }, back, queue);

    expect(asked.slot).toEqual({ holder: v1, waiting: back });
    expect(said(asked)).toEqual(['v2 superseded the rollback to v1', 'v3 superseded the rollback to v1']);
  });

  test('lets the release that is being deployed give way', () => {
    const { slot } = ask({ holder: v2 }, back, queue);

    expect(takesItsPlace(String(successor(slot, v2)))).toBe(
      'the rollback to v1, asked for later, takes its place',
    );
  });

  test('goes before what was pushed before, and not before what is pushed after', () => {
    const waits = { holder: v2, waiting: back };
    const older = ask(waits, v3, queue);
    const newer = ask({ deployed: deployed(back) }, v4, queue);

    expect(said(older)).toEqual(['v3 superseded the rollback to v1']);
    expect(said(newer)).toEqual(['v4 granted']);
  });
});
