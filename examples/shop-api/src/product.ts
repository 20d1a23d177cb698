/** What is sold, and what a customer orders; and what they may not be. */

export interface Product {
  sku: string;
  name: string;
  priceCents: number;
  stock: number;
}

export interface Order {
  /** Made up by the customer's side, so that a request may be repeated. */
  id: string;
  sku: string;
  quantity: number;
}

export type Checked<Value> = { ok: true; value: Value } | { ok: false; mistakes: string[] };

const skuForm = /^[a-z0-9][a-z0-9-]{0,39}$/;
const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function checkProduct(sku: string, body: unknown): Checked<Product> {
  const { name, priceCents, stock } = fields(body);
  const mistakes = [
    ...skuMistakes(sku),
    ...(typeof name === 'string' && name.length > 0 && name.length <= 200
      ? []
      : ['name: 1 to 200 characters']),
    ...wholeMistakes('priceCents', priceCents, 0, 100_000_000),
    ...wholeMistakes('stock', stock, 0, 1_000_000),
  ];
  return checked(mistakes, { sku, name, priceCents, stock } as Product);
}

export function checkOrder(id: string, body: unknown): Checked<Order> {
  const { sku, quantity } = fields(body);
  const mistakes = [
    ...(idForm.test(id) ? [] : ['the order is named by a UUID in lower case']),
    ...skuMistakes(sku),
    ...wholeMistakes('quantity', quantity, 1, 1000),
  ];
  return checked(mistakes, { id, sku, quantity } as Order);
}

function fields(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function skuMistakes(sku: unknown): string[] {
  return typeof sku === 'string' && skuForm.test(sku)
    ? []
    : ['sku: up to 40 small letters, digits and hyphens'];
}

function wholeMistakes(name: string, value: unknown, least: number, most: number): string[] {
  const fits = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return fits ? [] : [`${name}: a whole number from ${least} to ${most}`];
}

function checked<Value>(mistakes: string[], value: Value): Checked<Value> {
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, value };
}
