/** A store and a cache in memory, and a log that remembers. */
import type { Log } from '../../src/log.ts';
import type { Order, Product } from '../../src/product.ts';
import type { Cache, Store } from '../../src/shop.ts';

export function memoryStore(products: Product[] = []): Store & { reads: number } {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  const orders = new Map<string, Order>();
  return {
    reads: 0,
    async product(sku) {
      this.reads += 1;
      return bySku.get(sku);
    },
    async save(product) {
      bySku.set(product.sku, product);
    },
    async place(order) {
      const before = orders.get(order.id);
      if (before) {
        return before.sku === order.sku && before.quantity === order.quantity
          ? 'placed before'
          : 'another order has this id';
      }
      const product = bySku.get(order.sku);
      if (!product) return 'no such product';
      if (product.stock < order.quantity) return 'sold out';
      orders.set(order.id, order);
      bySku.set(order.sku, { ...product, stock: product.stock - order.quantity });
      return 'placed';
    },
  };
}

export function memoryCache(): Cache & { content: Map<string, string> } {
  const content = new Map<string, string>();
  return {
    content,
    get: async (key) => content.get(key),
    async set(key, value) {
      content.set(key, value);
    },
    async drop(key) {
      content.delete(key);
    },
  };
}

export const brokenCache: Cache = {
  get: () => Promise.reject(new Error('connection refused')),
  set: () => Promise.reject(new Error('connection refused')),
  drop: () => Promise.reject(new Error('connection refused')),
};

export function rememberingLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => lines.push(`${level} ${message}`);
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
