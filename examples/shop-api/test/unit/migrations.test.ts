import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMigrations } from '../../src/migrations.ts';

test('migrations have a number each, without a gap, and are in order', async () => {
  const names = (await readMigrations()).map(({ name }) => name);

  assert.ok(names.length > 0);
  names.forEach((name, index) => {
    assert.match(name, new RegExp(`^${String(index + 1).padStart(4, '0')}-[a-z0-9-]+\\.sql$`));
  });
});
