/** `npm run push`: its arguments, and what it says when something is missing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { push, readArguments } from '../../local/show/push.ts';

const now = new Date('2026-01-05T09:30:15Z');

test('a push of a service alone is a good one, tagged with the time', () => {
  expect(readArguments(['my-api'], now, '4f2a')).toEqual({
    service: 'my-api',
    variant: 'good',
    tag: 'v0105-0930-4f2a',
    report: undefined,
  });
});

test('variant, tag and report are taken as given', () => {
  const args = ['my-api', '--variant', 'crash', '--tag', 'v2', '--report', 'trivy.json'];

  expect(readArguments(args, now, '')).toMatchObject({
    variant: 'crash',
    tag: 'v2',
    report: { file: 'trivy.json' },
  });
});

test.each([
  [[], 'which service?'],
  [['a', 'b'], 'one service at a time, not also b.'],
  [['my-api', '--variant', 'fast'], 'there is no variant fast.'],
  [['my-api', '--variant', 'constructor'], 'there is no variant constructor.'],
  [['my-api', '--tag', 'a b'], 'a b is no image tag'],
  [['my-api', '--report', 'x.json', '--no-report'], 'exclude each other'],
  [['my-api', '--force'], "Unknown option '--force'"],
])('%j is explained', (args, message) => {
  expect(() => readArguments(args, now, '')).toThrow(message);
});

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegate-push-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function run(...args: string[]) {
  const lines: string[] = [];
  const code = await push(args, directory, (line) => lines.push(line));
  return { code, text: lines.join('\n') };
}

test('a mistake in the command is told with the usage', async () => {
  const { code, text } = await run('my-api', '--variant', 'fast');

  expect(code).toBe(2);
  expect(text).toMatch(/there is no variant fast\.\n\nUsage: npm run push/);
});

test('without a world it says what to do first', async () => {
  const { code, text } = await run('my-api');

  expect(code).toBe(1);
  expect(text).toBe(
    'npm run push: the local world is not running. Run `npm start` first, in another terminal.',
  );
});

test('a world that has gone is told by its address', async () => {
  mkdirSync(join(directory, '.tidegate'));
  writeFileSync(join(directory, '.tidegate/world.json'), '{"address":"http://127.0.0.1:1"}');

  const { code, text } = await run('my-api');

  expect(code).toBe(1);
  expect(text).toContain('does not answer at http://127.0.0.1:1. Run `npm start` first');
});

test('a report that is not JSON is refused before anything is pushed', async () => {
  const file = join(directory, 'report.txt');
  writeFileSync(file, 'all good');

  const { code, text } = await run('my-api', '--report', file);

  expect(code).toBe(2);
  expect(text).toContain(`${file} is not JSON.`);
});
