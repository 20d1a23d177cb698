/** The shop's store in PostgreSQL. */
import type { Pool, PoolClient } from 'pg';
import type { Order, Product } from './product.ts';
import type { Placed, Store } from './shop.ts';

const productColumns = 'sku, name, price_cents as "priceCents", stock';
const foreignKeyViolation = '23503';

export function postgresStore(pool: Pool): Store {
  return {
    async product(sku) {
      const { rows } = await pool.query<Product>(`select ${productColumns} from products where sku = $1`, [
        sku,
      ]);
      return rows[0];
    },

    async save({ sku, name, priceCents, stock }) {
      await pool.query(
        `insert into products (sku, name, price_cents, stock) values ($1, $2, $3, $4)
         on conflict (sku) do update set name = $2, price_cents = $3, stock = $4`,
        [sku, name, priceCents, stock],
      );
    },

    async place(order) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const placed = await placeIn(client, order);
        await client.query(placed === 'placed' ? 'commit' : 'rollback');
        client.release();
        return placed;
      } catch (error) {
        // Whatever state the connection is in, nobody else gets it.
        client.release(true);
        if ((error as { code?: string }).code === foreignKeyViolation) return 'no such product';
        throw error;
      }
    },
  };
}

/** The order first: it waits for a request with the same id that is under way, and sees what became of it. */
async function placeIn(client: PoolClient, { id, sku, quantity }: Order): Promise<Placed> {
  const inserted = await client.query(
    'insert into orders (id, sku, quantity) values ($1, $2, $3) on conflict (id) do nothing',
    [id, sku, quantity],
  );
  if (inserted.rowCount === 0) {
    const same = await client.query('select 1 from orders where id = $1 and sku = $2 and quantity = $3', [
      id,
      sku,
      quantity,
    ]);
    return same.rowCount === 1 ? 'placed before' : 'another order has this id';
  }
  const taken = await client.query(
    'update products set stock = stock - $2 where sku = $1 and stock >= $2 returning sku',
    [sku, quantity],
  );
  return taken.rowCount === 1 ? 'placed' : 'sold out';
}
