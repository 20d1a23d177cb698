import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { within } from '../../aws/deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const untilAborted = (signal: AbortSignal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('what takes too long is aborted, as fetch calls it', async () => {
  const asked = within(5000, untilAborted);
  const refused = expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });

  await vi.advanceTimersByTimeAsync(4999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);

  await refused;
});

test.each([
  { it: 'an answer', ask: async () => 'done' },
  {
    it: 'a failure',
    ask: async () => {
      throw new Error('no');
    },
  },
])('nothing waits any more after $it', async ({ ask }) => {
  await within(5000, ask).catch(() => {});

  expect(vi.getTimerCount()).toBe(0);
});
