/** The shop's cache in Redis. */
import type { RedisClientType } from '@redis/client';
import type { Cache } from './shop.ts';

export function redisCache(
  client: Pick<RedisClientType, 'get' | 'set' | 'del'>,
  { prefix, seconds }: { prefix: string; seconds: number },
): Cache {
  return {
    get: async (key) => (await client.get(prefix + key)) ?? undefined,
    async set(key, value) {
      await client.set(prefix + key, value, { expiration: { type: 'EX', value: seconds } });
    },
    async drop(key) {
      await client.del(prefix + key);
    },
  };
}
