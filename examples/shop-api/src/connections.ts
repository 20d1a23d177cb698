/** Connections to PostgreSQL and Redis, which come and go without ending the process. */
import { createClient } from '@redis/client';
import { Pool } from 'pg';
import type { Log } from './log.ts';

export function openPool(databaseUrl: string, log: Log): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 10,
    connectionTimeoutMillis: 3000,
    statement_timeout: 5000,
    application_name: 'shop-api',
  });
  // Of connections that wait in the pool: without a listener, their end would be the end of the process.
  pool.on('error', (error) => log.warn('a connection to PostgreSQL was lost', { reason: error.message }));
  return pool;
}

/** Does not wait for the connection: until it is there, and when it is lost, commands fail at once. */
export function openRedis(redisUrl: string, log: Log) {
  const client = createClient({
    url: redisUrl,
    disableOfflineQueue: true,
    commandOptions: { timeout: 500 },
    socket: { connectTimeout: 3000, reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, 5000) },
  });
  client.on('error', (error) => log.warn('Redis does not answer', { reason: String(error) }));
  client.connect().catch((error) => log.warn('Redis does not answer', { reason: String(error) }));
  return client;
}
