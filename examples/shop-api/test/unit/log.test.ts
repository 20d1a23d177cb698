import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../src/log.ts';

test('each thing is one line of JSON', () => {
  const lines: string[] = [];

  createLog((line) => lines.push(line), { version: 'v1' }).warn('two\nlines', { port: 80 });

  const [line = ''] = lines;
  assert.doesNotMatch(line, /\n/);
  const { time, ...rest } = JSON.parse(line);
  assert.ok(Date.parse(time) > 0);
  assert.deepEqual(rest, { level: 'warn', message: 'two\nlines', version: 'v1', port: 80 });
});
