/** `serve`: the service, until SIGTERM. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Config } from './config.ts';
import { openPool, openRedis } from './connections.ts';
import { createHttpServer } from './http/server.ts';
import type { Log } from './log.ts';
import { missingMigrations, readMigrations } from './migrations.ts';
import { postgresStore } from './postgres-store.ts';
import { redisCache } from './redis-cache.ts';
import { createShop } from './shop.ts';
import { shutDown } from './shutdown.ts';

/** Answers the exit code. */
export async function serve(config: Config, log: Log): Promise<number> {
  const pool = openPool(config.databaseUrl, log);
  const redis = openRedis(config.redisUrl, log);
  const cache = redisCache(redis, { prefix: 'shop:', seconds: config.cacheSeconds });
  const wanted = await readMigrations();
  let stopping = false;

  const server = createHttpServer({
    shop: createShop(postgresStore(pool), cache, log),
    checks: {
      database: async () => {
        const missing = await missingMigrations(pool, wanted);
        if (missing.length > 0) throw new Error(`not migrated: ${missing.join(', ')}`);
      },
      cache: () => redis.ping(),
    },
    about: { version: config.version, revision: config.revision },
    log,
    stopping: () => stopping,
  });
  const stop = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  server.listen(config.port);
  await once(server, 'listening');
  log.info('listening', { port: (server.address() as AddressInfo).port });

  await stop;
  stopping = true;
  log.info('stopping: finishing the requests under way');
  const code = await shutDown({
    server,
    close: [() => redis.destroy(), () => pool.end()],
    seconds: config.shutdownSeconds,
    log,
  });
  log.info('stopped');
  return code;
}
