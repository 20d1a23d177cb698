import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { runSchedules } from '../../local/events/schedules.ts';

test('a schedule invokes its function at its rate, also when that fails, until it is ended', async () => {
  const clock = virtualClock(0);
  const invoked: string[] = [];
  const end = runSchedules({
    clock,
    random: () => 0,
    rules: { LostPushes: { function: 'reconcile-pushes', everyMinutes: 15, timeoutSeconds: 300 } },
    invokeLambda: async (name, { source, time }, { timeoutSeconds }) => {
      invoked.push(`${name} ${source} ${time} ${timeoutSeconds}`);
      throw new Error('no room');
    },
  });

  await clock.advance(31 * 60_000);
  end();
  await clock.advance(31 * 60_000);

  expect(invoked).toEqual([
    'reconcile-pushes aws.events 1970-01-01T00:15:00Z 300',
    'reconcile-pushes aws.events 1970-01-01T00:30:00Z 300',
  ]);
});
