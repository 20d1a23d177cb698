/** The shop: what is true is in the store; the cache may be old, empty or gone. */
import type { Log } from './log.ts';
import type { Order, Product } from './product.ts';

export type Placed =
  | 'placed'
  | 'placed before'
  | 'another order has this id'
  | 'no such product'
  | 'sold out';

/** PostgreSQL, or what a test puts in its place. */
export interface Store {
  product(sku: string): Promise<Product | undefined>;
  save(product: Product): Promise<void>;
  /** May be repeated: the same order is placed once. */
  place(order: Order): Promise<Placed>;
}

/** Redis, or what a test puts in its place. */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  drop(key: string): Promise<void>;
}

export function createShop(store: Store, cache: Cache, log: Log) {
  /** Without its cache the shop is slower, not closed. */
  const tolerant = async <Value>(what: string, call: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      return await call();
    } catch (error) {
      log.warn(`the cache could not ${what}`, { reason: String(error) });
      return undefined;
    }
  };
  const key = (sku: string) => `product:${sku}`;
  const forget = (sku: string) => tolerant('forget', () => cache.drop(key(sku)));

  return {
    async product(sku: string): Promise<Product | undefined> {
      const cached = await tolerant('answer', () => cache.get(key(sku)));
      if (cached !== undefined) return JSON.parse(cached);
      const product = await store.product(sku);
      if (product) await tolerant('remember', () => cache.set(key(sku), JSON.stringify(product)));
      return product;
    },

    async save(product: Product): Promise<void> {
      await store.save(product);
      await forget(product.sku);
    },

    async place(order: Order): Promise<Placed> {
      const placed = await store.place(order);
      if (placed === 'placed') await forget(order.sku);
      return placed;
    },
  };
}
export type Shop = ReturnType<typeof createShop>;
