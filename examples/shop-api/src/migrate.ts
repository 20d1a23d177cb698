/** `migrate`: the release task that runs once, before traffic moves to the new version. */
import { Client } from 'pg';
import type { Log } from './log.ts';
import { applyMigrations, readMigrations } from './migrations.ts';

export async function migrate(databaseUrl: string, log: Log): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    application_name: 'shop-api migrate',
  });
  await client.connect();
  try {
    const applied = await applyMigrations(client, await readMigrations());
    if (applied.length === 0) log.info('nothing to migrate');
    else log.info('migrated', { applied: applied.join(', ') });
  } finally {
    await client.end();
  }
}
