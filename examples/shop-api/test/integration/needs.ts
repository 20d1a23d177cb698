/** Which of the real services are there. */
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { Client } from 'pg';

const { DATABASE_URL, REDIS_URL, CI } = process.env;

/** For `test`: skipped and said so where a service is missing; in CI, where all are meant to be there, an error. */
export function needs(...names: ('DATABASE_URL' | 'REDIS_URL')[]): { skip: string | false } {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length === 0) return { skip: false };
  if (CI) throw new Error(`${missing.join(' and ')} must be set in CI`);
  return { skip: `${missing.join(' and ')} not set` };
}

export const redisUrl = REDIS_URL ?? '';

/** The address of an empty schema of the database, which is gone after the test: what else is there stays as it is. */
export async function emptySchema(t: TestContext): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string) => {
    const client = new Client({ connectionString: DATABASE_URL });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await run(`create schema ${name}`);
  t.after(() => run(`drop schema ${name} cascade`));
  const url = new URL(DATABASE_URL ?? '');
  url.searchParams.set('options', `-c search_path=${name}`);
  return url.href;
}

/** So that tests do not meet in Redis. */
export const anySku = () => `test-${randomBytes(6).toString('hex')}`;
