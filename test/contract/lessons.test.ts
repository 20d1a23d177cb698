/** docs/lessons.md: every case names a test that is there, or says why it cannot arise. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/lessons.md', root), 'utf8');
const rows = [...page.matchAll(/^\| (\d+) \| .* \| (.*) \|$/gm)].map(([, number, held = '']) => ({
  number: Number(number),
  held,
}));

test('the cases are numbered without a gap', () => {
  expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
  expect(rows.length).toBeGreaterThan(30);
});

test.each(rows)('case $number is held by a test that is there', ({ held }) => {
  const named = [...held.matchAll(/`(test\/[\w./-]+\.test\.ts)`(?:: ([^;]+))?/g)];

  expect(named.length > 0 || held.startsWith('cannot arise: ')).toBe(true);
  for (const [, file = '', title = ''] of named) {
    expect(existsSync(new URL(file, root)), file).toBe(true);
    expect(title.trim(), file).not.toBe('');
    expect(readFileSync(new URL(file, root), 'utf8'), file).toContain(title.trim());
  }
});
