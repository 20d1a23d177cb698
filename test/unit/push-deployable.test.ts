import { expect, test } from 'vitest';
import { deployable } from '../../core/push/deployable.ts';

test.each([
  { tag: 'v1.4.2', pattern: 'v*' },
  { tag: 'v', pattern: 'v*' },
  { tag: '1.8.3', pattern: '*' },
  { tag: '1.8.3', pattern: '1.8.3' },
  { tag: 'release-7-eu', pattern: 'release-*-eu' },
  { tag: 'a-b-c-d', pattern: '*-*-*' },
  { tag: 'abab', pattern: 'ab*ab' },
  { tag: 'xaybz', pattern: '*a*b*' },
  { tag: 'v1', pattern: 'v**' },
  { tag: 'latest-1', pattern: '*' },
  { tag: 'mysoci', pattern: '*' },
])('$tag deploys by $pattern', ({ tag, pattern }) => {
  expect(deployable(tag, pattern)).toEqual({ yes: true });
});

test.each([
  { tag: 'latest', pattern: 'latest' },
  { tag: 'latest', pattern: '*' },
  { tag: '1.8.3', pattern: 'v*' },
  { tag: 'V1', pattern: 'v*' },
  { tag: 'v1x8', pattern: 'v1.8' },
  { tag: 'aba', pattern: 'ab*ba' },
  { tag: 'aXb', pattern: '*b*a*' },
  { tag: 'release-7', pattern: 'release-*-eu' },
  { tag: 'v1.8.3-soci', pattern: 'v*' },
  { tag: `sha256-${'a'.repeat(64)}.att`, pattern: '*' },
])('$tag does not deploy by $pattern', ({ tag, pattern }) => {
  expect(deployable(tag, pattern).yes).toBe(false);
});

test('latest deploys for a service that asks for it, and never without a warning', () => {
  expect(deployable('latest', 'v*', true)).toEqual({
    yes: true,
    warning: 'deployed as latest, which says nothing about which version it is',
  });
  expect(deployable('v1', 'v*', true)).toEqual({ yes: true });
  expect(deployable('edge', 'v*', true).yes).toBe(false);
});

test.each([
  { tag: 'latest', reason: 'latest never deploys: it says nothing about which version it is' },
  { tag: '1.8.3', reason: 'the tag 1.8.3 does not match v*' },
  { tag: 'v1-soci', reason: 'the tag v1-soci belongs to a SOCI index' },
])('the reason for $tag is said', ({ tag, reason }) => {
  expect(deployable(tag, 'v*')).toEqual({ yes: false, reason });
});

test('a pattern that would send a regular expression backtracking without end is answered at once', () => {
  expect(deployable('a'.repeat(128), `${'a*'.repeat(63)}b`).yes).toBe(false);
});
