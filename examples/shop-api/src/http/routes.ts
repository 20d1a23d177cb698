/** What is answered to whom. */
import type { Log } from '../log.ts';
import { checkOrder, checkProduct } from '../product.ts';
import { type Checks, readiness } from '../readiness.ts';
import type { Placed, Shop } from '../shop.ts';

export interface Asked {
  method: string;
  path: string;
  body(): Promise<unknown>;
}

export interface Answer {
  status: number;
  body: unknown;
}

export interface Service {
  shop: Shop;
  checks: Checks;
  about: { version: string; revision: string };
  log: Log;
  stopping(): boolean;
}

const orderStatus: Record<Placed, number> = {
  placed: 201,
  'placed before': 200,
  'another order has this id': 409,
  'sold out': 409,
  'no such product': 404,
};

export async function route({ method, path, body }: Asked, service: Service): Promise<Answer> {
  const { shop, checks, about, log, stopping } = service;
  const [, collection, name = '', ...more] = path.split('/');
  const what = more.length > 0 ? '' : `${method} /${collection}${path.split('/').length > 2 ? '/…' : ''}`;

  switch (what) {
    case 'GET /':
      return { status: 200, body: { service: 'shop-api', ...about } };
    // Of the process alone: tasks that were replaced because the database is away would not bring it back.
    case 'GET /healthz':
      return stopping()
        ? { status: 503, body: { status: 'stopping' } }
        : { status: 200, body: { status: 'ok' } };
    case 'GET /readyz': {
      const { ready, checks: said } = await readiness(checks, log);
      return { status: ready ? 200 : 503, body: said };
    }
    case 'GET /products/…': {
      const product = await shop.product(name);
      return product ? { status: 200, body: product } : { status: 404, body: { error: 'no such product' } };
    }
    case 'PUT /products/…': {
      const checked = checkProduct(name, await body());
      if (!checked.ok) return { status: 422, body: { error: checked.mistakes.join('; ') } };
      await shop.save(checked.value);
      return { status: 200, body: checked.value };
    }
    case 'PUT /orders/…': {
      const checked = checkOrder(name, await body());
      if (!checked.ok) return { status: 422, body: { error: checked.mistakes.join('; ') } };
      const placed = await shop.place(checked.value);
      const status = orderStatus[placed];
      return { status, body: status < 300 ? checked.value : { error: placed } };
    }
    default:
      return { status: 404, body: { error: 'no such resource' } };
  }
}
