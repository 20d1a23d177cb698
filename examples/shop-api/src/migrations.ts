/** Changes of the database, in order, each once: the files of `migrations/`. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase, Pool } from 'pg';

export interface Migration {
  name: string;
  sql: string;
  /** A migration that was applied may not change any more. */
  checksum: string;
}

const folder = join(import.meta.dirname, '..', 'migrations');
/** Any number, the same in every task: two that migrate at the same time do so one after the other. */
const lock = 7_461_001;

export async function readMigrations(from = folder): Promise<Migration[]> {
  const names = (await readdir(from)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(from, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** Applies what is missing, each in a transaction of its own; answers the names. May be repeated. */
export async function applyMigrations(client: ClientBase, wanted: readonly Migration[]): Promise<string[]> {
  await client.query('select pg_advisory_lock($1)', [lock]);
  try {
    await client.query(
      `create table if not exists schema_migrations (
         name text primary key, checksum text not null, applied_at timestamptz not null default now()
       )`,
    );
    const missing = await unapplied(client, wanted);
    for (const migration of missing) await applyOne(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lock]);
  }
}

/** What this version needs and the database has not. Migrations of a newer version do no harm. */
export async function missingMigrations(pool: Pool, wanted: readonly Migration[]): Promise<string[]> {
  const { rows } = await pool.query<{ there: boolean }>(
    `select to_regclass('schema_migrations') is not null as there`,
  );
  if (!rows[0]?.there) return wanted.map(({ name }) => name);
  return (await unapplied(pool, wanted)).map(({ name }) => name);
}

async function unapplied(on: Pick<Pool, 'query'>, wanted: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await on.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migrations',
  );
  const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const changed = wanted.find(({ name, checksum }) => (applied.get(name) ?? checksum) !== checksum);
  if (changed) throw new Error(`${changed.name} was changed after it was applied: write a new migration`);
  return wanted.filter(({ name }) => !applied.has(name));
}

async function applyOne(client: ClientBase, { name, sql, checksum }: Migration) {
  await client.query('begin');
  try {
    // The version that serves meanwhile waits for every lock that this one waits for.
    await client.query(`set local lock_timeout = '5s'`);
    await client.query(sql);
    await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`${name} failed: ${(error as Error).message}`, { cause: error });
  }
}
