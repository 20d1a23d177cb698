/** A table's stream as Lambda reads it for a function: in order, in batches, again until it is taken, or too old. */
import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { dynamodb } from '../../local/dynamodb/dynamodb.ts';
import { stream } from '../../local/dynamodb/stream.ts';

interface Seen {
  eventName: string;
  dynamodb: {
    Keys: { key: { S: string } };
    OldImage?: { n?: { N: string } };
    NewImage?: { n?: { N: string } };
  };
}

async function table(fails: (keys: string[]) => boolean = () => false) {
  const clock = virtualClock();
  const batches: string[][] = [];
  const lost: string[] = [];
  const said = ({ eventName, dynamodb: { Keys, OldImage, NewImage } }: Seen) =>
    `${eventName} ${Keys.key.S} ${OldImage?.n?.N ?? '-'}>${NewImage?.n?.N ?? '-'}`;
  const keyOf = ({ dynamodb }: Seen) => dynamodb.Keys.key.S;
  const changes = stream({
    ...{
      clock,
      hash: 'key',
      keyPrefixes: ['release '],
      batchSize: 3,
      windowSeconds: 1,
      maximumAgeSeconds: 60,
    },
    async invoke({ Records }) {
      const records = Records as unknown as Seen[];
      if (fails(records.map(keyOf))) throw new Error('not now');
      batches.push(records.map(said));
    },
    failed: ({ records }) => lost.push(...(records as unknown as Seen[]).map(keyOf)),
  });
  const { service } = await dynamodb({
    ...{ clock, tables: [{ TableName: 'releases', key: { hash: 'key' } }], streams: { releases: changes } },
  });
  const put = async (key: string, n: number) =>
    service.operations.PutItem?.({ TableName: 'releases', Item: { key: { S: key }, n: { N: String(n) } } });
  const remove = async (key: string) =>
    service.operations.DeleteItem?.({ TableName: 'releases', Key: { key: { S: key } } });
  return { clock, put, remove, batches, lost };
}

test('what was written comes in order, as it was and as it is, a second after the first of a batch', async () => {
  const { clock, put, remove, batches } = await table();
  await put('release a', 1);
  await put('slot a', 1);
  await put('release a', 2);
  expect(batches).toEqual([]);

  await clock.advance(1000);
  await remove('release a');
  await clock.advance(1000);

  expect(batches).toEqual([['INSERT release a ->1', 'MODIFY release a 1>2'], ['REMOVE release a 2>-']]);
});

test('a delete of what is not there is no change', async () => {
  const { clock, put, batches, remove } = await table();
  await remove('release none');
  await put('release a', 1);

  await clock.advance(2000);

  expect(batches.flat()).toEqual(['INSERT release a ->1']);
});

test('many come in batches', async () => {
  const { clock, put, batches } = await table();
  for (let n = 0; n < 7; n += 1) await put(`release ${n}`, n);

  await clock.advance(5000);

  expect(batches.map((batch) => batch.length)).toEqual([3, 3, 1]);
});

test('a batch that fails is halved, and what fails holds up what comes after it until it is too old', async () => {
  const { clock, put, batches, lost } = await table((keys) => keys.includes('release bad'));
  for (const key of ['release a', 'release bad', 'release c']) await put(key, 1);

  await clock.advance(10_000);
  expect(batches.flat()).toEqual(['INSERT release a ->1']);

  await clock.advance(120_000);
  expect(lost).toEqual(['release bad']);
  expect(batches.flat()).toEqual(['INSERT release a ->1', 'INSERT release c ->1']);
});
