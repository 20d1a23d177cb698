import { describe, expect, test } from 'vitest';
import { ask, begin, type Contender, leave, type Slot } from '../../core/slot.ts';

const contender = (tag: string, pushedAt: number): Contender => ({
  execution: `execution-${tag}`,
  tag,
  digest: `digest-${tag}`,
  pushedAt,
  taskToken: `token-${tag}`,
});
const [v1, v2, v3] = [contender('v1', 1), contender('v2', 2), contender('v3', 3)];

const granted = ({ execution, taskToken }: Contender) => ({
  execution,
  taskToken,
  answer: { status: 'granted' },
});
const superseded = ({ execution, taskToken }: Contender, by: string) => ({
  execution,
  taskToken,
  answer: { status: 'superseded', by },
});

const deployedV2 = {
  pushedAt: 2,
  tag: 'v2',
  execution: v2.execution,
  push: {
    ...{ eventId: 'e', pushedAt: 2, registryId: '123456789012', region: 'eu-west-1', repository: 'api' },
    ...{ tag: 'v2', digest: `sha256:${'0'.repeat(64)}` },
  },
};

describe('asking for the slot', () => {
  test.each([
    {
      it: 'is granted at once when it is free',
      slot: {},
      asks: v1,
      becomes: { holder: v1 },
      answers: [granted(v1)],
    },
    {
      it: 'waits while an older release holds it',
      slot: { holder: v1 },
      asks: v2,
      becomes: { holder: v1, waiting: v2 },
      answers: [],
    },
    {
      it: 'ends at once when a newer release holds it',
      slot: { holder: v2 },
      asks: v1,
      becomes: { holder: v2 },
      answers: [superseded(v1, 'v2')],
    },
    {
      it: 'takes the place of an older one that waits',
      slot: { holder: v1, waiting: v2 },
      asks: v3,
      becomes: { holder: v1, waiting: v3 },
      answers: [superseded(v2, 'v3')],
    },
    {
      it: 'ends at once when a newer one waits',
      slot: { holder: v1, waiting: v3 },
      asks: v2,
      becomes: { holder: v1, waiting: v3 },
      answers: [superseded(v2, 'v3')],
    },
    {
      it: 'ends at once when something newer was deployed',
      slot: { deployed: deployedV2 },
      asks: v1,
      becomes: { deployed: deployedV2 },
      answers: [superseded(v1, 'v2')],
    },
    {
      it: 'is granted after something older was deployed',
      slot: { deployed: { pushedAt: 1, tag: 'v1' } },
      asks: v2,
      becomes: { deployed: { pushedAt: 1, tag: 'v1' }, holder: v2 },
      answers: [granted(v2)],
    },
  ])('$it', ({ slot, asks, becomes, answers }) => {
    expect(ask(slot as Slot, asks)).toEqual({ slot: becomes, answers });
  });

  test('asking again with a new task token grants it to the new token', () => {
    const again = { ...v1, taskToken: 'token-again' };

    expect(ask({ holder: v1 }, again)).toEqual({ slot: { holder: again }, answers: [granted(again)] });
  });

  test('a waiter that asks again waits with its new task token, and is not superseded by itself', () => {
    const again = { ...v2, taskToken: 'token-again' };

    expect(ask({ holder: v1, waiting: v2 }, again)).toEqual({
      slot: { holder: v1, waiting: again },
      answers: [],
    });
  });
});

describe('leaving the slot', () => {
  test('frees it when nobody waits', () => {
    expect(leave({ holder: v1 }, v1.execution, { at: 9 })).toEqual({ slot: {}, answers: [] });
  });

  test('passes it on to the one that waits', () => {
    expect(leave({ holder: v1, waiting: v2 }, v1.execution, { at: 9 })).toEqual({
      slot: { holder: v2 },
      answers: [granted(v2)],
    });
  });

  test('a second time answers the new holder again, in case the first answer was lost', () => {
    const { slot } = leave({ holder: v1, waiting: v2 }, v1.execution, { at: 9 });

    expect(leave(slot, v1.execution, { at: 9 })).toEqual({ slot: { holder: v2 }, answers: [granted(v2)] });
  });

  test('a waiter that ended leaves the holder where it is', () => {
    expect(leave({ holder: v1, waiting: v2 }, v2.execution, { at: 9 }).slot).toEqual({ holder: v1 });
  });

  test('a release that never held it changes nothing', () => {
    expect(leave({ holder: v1, waiting: v2 }, 'somebody else', { at: 9 }).slot).toEqual({
      holder: v1,
      waiting: v2,
    });
  });

  test("late, when the slot is somebody else's by now, neither keeps an older version nor forgets the way back", () => {
    const slot = {
      holder: v3,
      unproved: { taskDefinitionArn: 'my-api:3', wayBack: 'my-api:2', execution: v3.execution, since: 5 },
    };

    expect(leave(slot, v2.execution, { at: 9, deployed: deployedV2 }).slot).toEqual(slot);
  });

  test('forgets the way back only once what was deployed is proved', () => {
    const unproved = {
      taskDefinitionArn: 'my-api:2',
      wayBack: 'my-api:1',
      execution: v2.execution,
      since: 5,
    };

    const spoiled = [{ from: 5, to: 9 }];
    expect(leave({ holder: v2, unproved }, v2.execution, { at: 9 }).slot).toEqual({
      unproved: { ...unproved, since: 9 },
      spoiled,
    });
    expect(leave({ holder: v2, unproved }, v2.execution, { at: 9, returned: true }).slot).toEqual({
      spoiled,
    });
    expect(leave({ holder: v2, unproved }, v2.execution, { at: 9, deployed: deployedV2 }).slot).toEqual({
      deployed: deployedV2,
    });
  });

  test('a release that deployed nothing spoils no time, whatever an earlier one left', () => {
    const unproved = {
      taskDefinitionArn: 'my-api:2',
      wayBack: 'my-api:1',
      execution: v1.execution,
      since: 5,
    };

    expect(leave({ holder: v2, unproved }, v2.execution, { at: 900 }).slot).toEqual({ unproved });
  });

  test('what a stopped release left is no time to compare with until the next one replaces it', () => {
    const left = { taskDefinitionArn: 'my-api:2', wayBack: 'my-api:1', execution: v2.execution, since: 5 };
    const next = { taskDefinitionArn: 'my-api:3', wayBack: 'my-api:1', execution: v3.execution, since: 90 };
    const began = begin({ holder: v3, unproved: left }, v3.execution, next, true);

    expect(began).toEqual({ holder: v3, unproved: next, spoiled: [{ from: 5, to: 90 }] });
    expect(begin(began, v3.execution, next, true)).toEqual(began);
  });

  test('a release that lost the slot may not begin', () => {
    const unproved = {
      taskDefinitionArn: 'my-api:2',
      wayBack: 'my-api:1',
      execution: v2.execution,
      since: 5,
    };

    expect(() => begin({ holder: v3 }, v2.execution, unproved, false)).toThrow('belongs to execution-v3');
  });

  test('keeps what was deployed, so that nothing older follows', () => {
    const { slot } = leave({ holder: v2 }, v2.execution, { at: 9, deployed: deployedV2 });

    expect(ask(slot, v1).answers).toEqual([superseded(v1, 'v2')]);
  });
});
