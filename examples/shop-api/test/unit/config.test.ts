import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig, readDatabaseUrl } from '../../src/config.ts';

const good = { DATABASE_URL: 'postgresql://shop:secret@db/shop', REDIS_URL: 'rediss://cache:6379' };

test('two addresses are enough', () => {
  const config = readConfig(good);

  assert.equal(config.port, 8080);
  assert.equal(config.cacheSeconds, 60);
  assert.equal(config.version, 'dev');
});

test('every mistake is named at once, and no password', () => {
  const read = () =>
    readConfig({ ...good, DATABASE_URL: 'mysql://shop:secret@db', PORT: '80a', REDIS_URL: '' });

  assert.throws(read, ({ message }) => {
    assert.match(message, /DATABASE_URL.*PORT|PORT.*DATABASE_URL/);
    assert.match(message, /REDIS_URL is not set/);
    assert.doesNotMatch(message, /secret/);
    return true;
  });
});

for (const [seconds, fits] of [
  ['0', false],
  ['1', true],
  ['115', true],
  ['116', false],
] as const) {
  test(`SHUTDOWN_SECONDS=${seconds} is ${fits ? 'taken' : 'refused'}`, () => {
    const read = () => readConfig({ ...good, SHUTDOWN_SECONDS: seconds });

    if (fits) assert.equal(read().shutdownSeconds, Number(seconds));
    else assert.throws(read, /SHUTDOWN_SECONDS/);
  });
}

test('a migration needs the database and nothing else', () => {
  assert.equal(readDatabaseUrl({ DATABASE_URL: good.DATABASE_URL }), good.DATABASE_URL);
  assert.throws(() => readDatabaseUrl({}), /DATABASE_URL is not set/);
});
