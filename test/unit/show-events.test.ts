/** What the show reads from the event bus, and what users see of a service in several environments. */
import { expect, test } from 'vitest';
import type { AwsEvent } from '../../local/event.ts';
import { ignoredPush, readEnded } from '../../local/show/events.ts';
import { usersOf, usersWords } from '../../local/show/users.ts';

const event = (source: string, detail: object): AwsEvent => ({
  version: '0',
  id: '1',
  'detail-type': source === 'aws.ecr' ? 'ECR Image Action' : 'Release Ended',
  source,
  account: '123456789012',
  time: '2026-01-05T09:30:15Z',
  region: 'eu-west-1',
  resources: [],
  detail,
});
const pushed = (detail: object) =>
  event('aws.ecr', {
    'action-type': 'PUSH',
    result: 'SUCCESS',
    'repository-name': 'my-api',
    'image-digest': `sha256:${'0'.repeat(64)}`,
    ...detail,
  });

test('a tagged push that starts no release is shown with the reason', () => {
  const tag = `sha256-${'0'.repeat(64)}.sig`;

  expect(ignoredPush(pushed({ 'image-tag': tag }), 7)).toEqual({
    at: 7,
    repository: 'my-api',
    tag,
    reason: expect.stringContaining('cosign'),
  });
});

test.each([
  { it: 'a report that is attached to an image', of: pushed({}) },
  { it: 'a push that starts a release', of: pushed({ 'image-tag': 'v1' }) },
  { it: 'an event of something else', of: event('tidegate', { 'image-tag': 'v1' }) },
])('$it is not shown as an ignored push', ({ of }) => {
  expect(ignoredPush(of, 7)).toBeUndefined();
});

test('the end of a release is read from Tidegate’s own event, and from nothing else', () => {
  const detail = { execution: 'arn', outcome: 'NeedsHuman', reason: 'stopped' };

  expect(readEnded(event('tidegate', detail))).toEqual({
    execution: 'arn',
    end: { outcome: 'NeedsHuman', reason: 'stopped' },
  });
  expect(readEnded(event('aws.states', detail))).toBeUndefined();
  expect(readEnded(event('tidegate', { ...detail, outcome: 'Gone' }))).toBeUndefined();
});

test('users are counted where the releases of a service end', () => {
  const place = (service: string, requests: number, errors: number, p99Ms: number | undefined) => ({
    ...{ service, environment: 'any', name: 'any', port: 1, url: 'http://127.0.0.1:1' },
    seen: { requests, errors, p50Ms: undefined, p99Ms },
  });
  const seen = () => [place('shop', 100, 1, 20), place('shop', 100, 3, 40), place('cart', 50, 50, 900)];

  expect(usersWords(usersOf({ seen }, 'shop', 5))).toBe('100 requests, 3 errors (3.00 %), p99 40 ms');
  expect(usersWords(usersOf({ seen: () => [] }, 'shop', 5))).toBe('0 requests, 0 errors (0 %), p99 – ms');
});
