import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOrder, checkProduct } from '../../src/product.ts';

const mug = { name: 'Mug', priceCents: 1250, stock: 3 };
const id = '0b6f1c8e-7a52-4a3c-9d0e-3f6f2a1b9c55';

test('a product is taken as it is, without what does not belong to it', () => {
  const checked = checkProduct('mug-blue', { ...mug, admin: true });

  assert.deepEqual(checked, { ok: true, value: { sku: 'mug-blue', ...mug } });
});

for (const [what, sku, body] of [
  ['no body', 'mug', undefined],
  ['an upper-case sku', 'Mug', mug],
  ['an empty name', 'mug', { ...mug, name: '' }],
  ['a name of 201 characters', 'mug', { ...mug, name: 'x'.repeat(201) }],
  ['a price in fractions', 'mug', { ...mug, priceCents: 12.5 }],
  ['a price as text', 'mug', { ...mug, priceCents: '1250' }],
  ['a stock below nothing', 'mug', { ...mug, stock: -1 }],
] as const) {
  test(`a product with ${what} is refused`, () => {
    assert.equal(checkProduct(sku, body).ok, false);
  });
}

for (const [quantity, fits] of [
  [0, false],
  [1, true],
  [1000, true],
  [1001, false],
] as const) {
  test(`an order of ${quantity} is ${fits ? 'taken' : 'refused'}`, () => {
    assert.equal(checkOrder(id, { sku: 'mug', quantity }).ok, fits);
  });
}

test('an order is named by a UUID', () => {
  assert.equal(checkOrder('first', { sku: 'mug', quantity: 1 }).ok, false);
});
