import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Timer, timerQueue } from '../../local/timer-queue.ts';

const nothing = () => {};
const step = fc.oneof(
  fc.record({ what: fc.constant('add' as const), at: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ what: fc.constant('cancel' as const), place: fc.nat(20) }),
  fc.record({ what: fc.constant('take' as const) }),
);

test('of all timers that are not cancelled the first is the earliest, and of equals the one added first', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = timerQueue();
      let left: Timer[] = [];
      for (const [order, one] of steps.entries()) {
        if (one.what === 'add') {
          const timer = { at: one.at, order, run: nothing, cancelled: false };
          queue.add(timer);
          left.push(timer);
        } else if (one.what === 'cancel') {
          const timer = left[one.place];
          if (timer) timer.cancelled = true;
          left = left.filter(({ cancelled }) => !cancelled);
        } else {
          const first = queue.first();
          expect(first).toBe(left.toSorted((a, b) => a.at - b.at || a.order - b.order)[0]);
          queue.removeFirst();
          left = left.filter((timer) => timer !== first);
        }
      }
    }),
  );
});
