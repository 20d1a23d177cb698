/** What a waiver is written like, and what it is about. */
import { describe, expect, test } from 'vitest';
import { matchesPath } from '../../core/scan/path-pattern.ts';
import { concerns, holds, waiverSchema } from '../../core/scan/waiver.ts';

const ours = {
  ...{ id: 'CVE-2025-1', statement: 'the function is never called', owner: 'ada', expires: '2027-03-31' },
};

describe('a waiver', () => {
  test.each([
    { it: 'limited to a package', given: { ...ours, purl: 'pkg:npm/a' }, has: { purls: ['pkg:npm/a'] } },
    { it: 'limited to a path', given: { ...ours, path: 'app/**' }, has: { paths: ['app/**'] } },
    { it: 'for everywhere', given: ours, has: { purls: [], paths: [], expires: '2027-03-31' } },
  ])('$it is read', ({ given, has }) => {
    expect(waiverSchema.parse(given)).toMatchObject(has);
  });

  test('may be an entry of .trivyignore.yaml with an owner, and holds on the same days as there', () => {
    const entry = {
      id: 'CVE-2025-1',
      paths: ['usr/**', 'app/*.json'],
      purls: ['pkg:npm/a', 'pkg:npm/b'],
      expired_at: '2027-04-01',
      statement: 'the function is never called',
    };

    const waiver = waiverSchema.parse({ ...entry, owner: 'ada' });

    expect(waiver).toMatchObject({ paths: entry.paths, purls: entry.purls, expires: '2027-03-31' });
    expect(holds(waiver, Date.parse('2027-03-31T23:59:59.999Z'))).toBe(true);
    expect(holds(waiver, Date.parse('2027-04-01T00:00:00Z'))).toBe(false);
    expect(waiverSchema.safeParse(entry).success).toBe(false);
  });

  test.each([
    {
      it: 'without a last day',
      given: { ...ours, expires: undefined },
      says: 'is missing: a waiver without a last day',
    },
    { it: 'with two ends', given: { ...ours, expired_at: '2027-04-01' }, says: 'leave one of them out' },
    {
      it: 'with an end that is no day',
      given: { ...ours, expires: 'soon' },
      says: 'a date such as 2027-03-31',
    },
    { it: 'without a reason', given: { ...ours, statement: 'no' }, says: 'say in a sentence' },
    { it: 'of nobody', given: { ...ours, owner: '' }, says: 'name who answers' },
    {
      it: 'for a package that is none',
      given: { ...ours, purl: 'minimist' },
      says: 'a package URL such as',
    },
    { it: 'for a path that is no pattern', given: { ...ours, path: 'a[z-a]' }, says: 'a pattern such as' },
    { it: 'for a path with a \\', given: { ...ours, path: 'a\\*' }, says: 'no \\' },
    {
      it: 'for a path with too many choices',
      given: { ...ours, path: '{a,b}'.repeat(5) },
      says: 'at most four',
    },
  ])('$it is refused, saying why', ({ given, says }) => {
    const read = waiverSchema.safeParse(given);

    expect(read.error?.issues.map(({ message }) => message).join()).toContain(says);
  });

  const limited = waiverSchema.parse({ ...ours, purls: ['pkg:npm/a'], paths: ['app/**'] });
  test.each([
    {
      it: 'its package at its path',
      of: { purl: 'pkg:npm/a@1', paths: ['app/x/package.json', 'Node.js'] },
      is: true,
    },
    {
      it: 'its package elsewhere',
      of: { purl: 'pkg:npm/a@1', paths: ['opt/a/package.json'] },
      is: false,
    },
    { it: 'another package at its path', of: { purl: 'pkg:npm/b@1', paths: ['app/b'] }, is: false },
    { it: 'a place that the report does not name', of: { purl: 'pkg:npm/a@1' }, is: false },
  ])('for a package at a path concerns $it: $is', ({ of, is }) => {
    expect(concerns(limited, { id: 'CVE-2025-1', ...of })).toBe(is);
  });
});

test.each([
  ['a/b.json', 'a/b.json', true],
  ['a/b.json', '/a/b.json', true],
  ['/a/b.json', 'a/b.json', true],
  ['a/b.json', 'x/a/b.json', false],
  ['a/*.json', 'a/b.json', true],
  ['a/*.json', 'a/b/c.json', false],
  ['a/?.json', 'a/b.json', true],
  ['a/?.json', 'a/bb.json', false],
  ['**/b.json', 'b.json', true],
  ['**/b.json', 'x/y/b.json', true],
  ['**/b.json', 'x/yb.json', false],
  ['a/**', 'a', true],
  ['a/**', 'a/b/c', true],
  ['a/**', 'ab', false],
  ['a/**/c', 'a/c', true],
  ['a/**/c', 'a/b/b/c', true],
  ['a/**/c', 'a/bc', false],
  ['**', 'any/thing at all', true],
  ['{usr,opt}/lib/*', 'opt/lib/x', true],
  ['{usr,opt}/lib/*', 'var/lib/x', false],
  ['a{/b,}/c', 'a/c', true],
  ['a{/b,}/c', 'a/b/c', true],
  ['a/[b-d]x', 'a/cx', true],
  ['a/[!b-d]x', 'a/cx', false],
  ['a/[!b-d]x', 'a/ex', true],
  ['a+(b)|c$', 'a+(b)|c$', true],
  ['a.c', 'abc', false],
  ['Node.js', 'Node.js', true],
  ['出荷/*', '出荷/い', true],
])('the pattern %s is about %s: %s', (pattern, path, matches) => {
  expect(matchesPath(pattern, path)).toBe(matches);
});

test('no path keeps a pattern busy', () => {
  const folders = `${'a/'.repeat(499)}b`;
  const name = `${'a'.repeat(999)}b`;

  expect(matchesPath('**/a/'.repeat(39), folders)).toBe(false);
  expect(matchesPath(`${'*a'.repeat(99)}c`, name)).toBe(false);
  expect(matchesPath('**', 'x'.repeat(1001))).toBe(false);
});
