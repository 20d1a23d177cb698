import { expect, test, vi } from 'vitest';
import { onFirstUse } from '../../aws/on-first-use.ts';

test('a part is made when it is first asked for, once, and the others are not', () => {
  const table = vi.fn(() => ({ name: 'table' }));
  const logs = vi.fn(() => ({ name: 'logs' }));

  const parts = onFirstUse({ table, logs });
  const before = table.mock.calls.length;
  const [first, second] = [parts.table, parts.table];

  expect(before).toBe(0);
  expect(first).toEqual({ name: 'table' });
  expect(second).toBe(first);
  expect(table).toHaveBeenCalledTimes(1);
  expect(logs).not.toHaveBeenCalled();
});
