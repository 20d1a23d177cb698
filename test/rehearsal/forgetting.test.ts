/** What the table keeps of a release, and until when. */
import { expect, test } from 'vitest';
import { forgetAttribute } from '../../core/forgetting.ts';
import type { Call } from '../../local/door/answering.ts';
import { rehearsal } from '../support/rehearsal.ts';

/** An UpdateItem or a PutItem, as far as this asks. */
interface Written {
  Item?: Record<string, { S?: string; N?: string }>;
  Key: { key: { S: string } };
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: Record<string, { N?: string }>;
}

/** The kind of the item, and what it was told, in seconds since the epoch. */
function toldToForget({ input }: Call): { kind: string; at: number }[] {
  const {
    Item,
    Key,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  } = input as unknown as Written;
  if (Item) {
    const [kind = ''] = String(Item.key?.S).split(' ');
    return Item[forgetAttribute] ? [{ kind, at: Number(Item[forgetAttribute].N) }] : [];
  }
  const [name] = Object.entries(names).find(([, attribute]) => attribute === forgetAttribute) ?? [];
  if (name === undefined) return [];
  const [kind = ''] = Key.key.S.split(' ');
  return [{ kind, at: Number(values?.[name.replace('#n', ':v')]?.N) }];
}

test('records, scans, approvals and attempts are forgotten in time, and what is asked for again and again never', async () => {
  const world = await rehearsal({ slack: true, environment: { approval: {} } });

  await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(60_000);
  await world.click('approve');
  await world.ended();

  const told = world.calls
    .filter(({ operation }) => ['UpdateItem', 'PutItem'].includes(operation))
    .flatMap(toldToForget);
  const daysLeft = told.map(({ kind, at }) => [kind, Math.round((at - world.clock.now() / 1000) / 86_400)]);
  // People had a day to approve it.
  expect(Object.fromEntries(daysLeft)).toEqual({
    ...{ scan: 730, approval: 91, audit: 2555, release: 730 },
    telling: 90,
  });
});
