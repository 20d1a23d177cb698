import { describe, expect, test } from 'vitest';
import { abort, ask, type Contender, leave, pause, resume, type Slot, successor } from '../../core/slot.ts';

const contender = (tag: string, pushedAt: number): Contender => ({
  execution: `execution-${tag}`,
  tag,
  digest: `digest-${tag}`,
  pushedAt,
  taskToken: `token-${tag}`,
});
const [v1, v2, v3] = [contender('v1', 1), contender('v2', 2), contender('v3', 3)];
const back: Contender = { ...contender('v0', 9), rollback: true };

const paused = { by: 'ada', reason: 'sale', at: 5 };
const told = ({ execution }: Contender, status: string, more = {}) => ({
  execution,
  taskToken: execution.replace('execution', 'token'),
  answer: { status, ...more },
});

describe('while it is paused', () => {
  test.each([
    {
      it: 'a free slot is waited for',
      slot: { paused },
      asks: v1,
      becomes: { paused, waiting: v1 },
      answers: [],
    },
    {
      it: 'the newest waits in place of others',
      slot: { paused, waiting: v1 },
      asks: v2,
      becomes: { paused, waiting: v2 },
      answers: [told(v1, 'superseded', { by: 'v2' })],
    },
    {
      it: 'who has the slot and asks again keeps it',
      slot: { paused, holder: v1 },
      asks: v1,
      becomes: { paused, holder: v1 },
      answers: [told(v1, 'granted')],
    },
    {
      it: 'a rollback goes, and what waited gives way to it',
      slot: { paused, waiting: v1 },
      asks: back,
      becomes: { paused, holder: back },
      answers: [told(back, 'granted'), told(v1, 'superseded', { by: 'the rollback to v0' })],
    },
  ])('$it', ({ slot, asks, becomes, answers }) => {
    expect(ask(slot, asks)).toEqual({ slot: becomes, answers });
  });

  test('with fifo each waits in the order of the pushes', () => {
    const { slot } = ask({ paused, line: [v2] }, v1, 'fifo');

    expect(slot).toEqual({ paused, line: [v1, v2] });
  });

  test('with reject nobody waits, and each is told why', () => {
    const { slot, answers } = ask({ paused }, v1, 'reject');

    expect(slot).toEqual({ paused });
    expect(answers).toEqual([told(v1, 'rejected', { reason: 'paused by ada: sale' })]);
  });

  test('who leaves passes the slot on to a rollback only', () => {
    const left = leave({ paused, holder: v1, waiting: v2 }, v1.execution, { at: 7 });
    const gone = leave({ paused, holder: v1, waiting: back }, v1.execution, { at: 7 });

    expect(left).toEqual({ slot: { paused, waiting: v2 }, answers: [] });
    expect(gone.slot).toEqual({ paused, holder: back });
  });

  test('who has the slot does not give way to what would not follow', () => {
    expect(successor({ paused, holder: v1, waiting: v2 }, v1)).toBeUndefined();
    expect(successor({ paused, holder: v1, waiting: back }, v1)).toBe('the rollback to v0');
  });
});

describe('pausing and resuming', () => {
  test('leaves who has the slot alone', () => {
    const { slot } = pause({ holder: v1, waiting: v2 }, paused);

    expect(slot).toEqual({ paused, holder: v1, waiting: v2 });
    expect(resume(slot)).toEqual({ slot: { holder: v1, waiting: v2 }, answers: [] });
  });

  test('lets the next one go, and ends what is too old by now', () => {
    const slot = { paused, line: [v1, v2, v3], deployed: { ...v1, pushedAt: 1.5 } } as unknown as Slot;

    const { slot: after, answers } = resume(slot);

    expect(after).toMatchObject({ holder: v2, line: [v3] });
    expect(after).not.toHaveProperty('paused');
    expect(answers.map(({ execution, answer }) => `${execution} ${answer.status}`)).toEqual([
      'execution-v2 granted',
      'execution-v1 superseded',
    ]);
  });

  test('may be repeated', () => {
    const once = resume({ paused, waiting: v1 });

    expect(resume(once.slot)).toEqual({ slot: once.slot, answers: [] });
  });
});

describe('stopping a release', () => {
  const wanted = { execution: v2.execution, by: 'ada', reason: 'wrong branch', at: 5 };
  const why = { reason: 'stopped by ada: wrong branch' };

  test('takes one that waits out of the line, and tells it', () => {
    const { slot, answers } = abort({ holder: v1, waiting: v2, line: [v3] }, wanted);

    expect(slot).toEqual({ holder: v1, line: [v3], aborts: [wanted] });
    expect(answers).toEqual([told(v2, 'rejected', why)]);
  });

  test('only leaves word for who has the slot, and for who has not asked for it yet', () => {
    expect(abort({ holder: v2 }, wanted)).toEqual({ slot: { holder: v2, aborts: [wanted] }, answers: [] });
    expect(ask({ aborts: [wanted] }, v2)).toEqual({
      slot: { aborts: [wanted] },
      answers: [told(v2, 'rejected', why)],
    });
  });

  test('is forgotten when it leaves, whether or not it ever had the slot', () => {
    const other = { ...wanted, execution: v3.execution };

    const held = leave({ holder: v2, aborts: [wanted, other] }, v2.execution, { at: 7 });
    const never = leave({ holder: v1, aborts: [wanted] }, v2.execution, { at: 7 });

    expect(held.slot).toEqual({ aborts: [other] });
    expect(never.slot).toEqual({ holder: v1 });
  });

  test('asked for twice is kept once, with the last reason', () => {
    const again = abort({ holder: v2, aborts: [wanted] }, { ...wanted, reason: 'wrong tag' });

    expect(again.slot.aborts).toEqual([{ ...wanted, reason: 'wrong tag' }]);
  });
});
