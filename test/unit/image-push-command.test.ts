/** `npm run push`: its arguments, and what it says when something is missing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineConfig } from '../../core/config.ts';
import { realClock } from '../../local/clock.ts';
import { answering } from '../../local/door/answering.ts';
import { type HttpDoor, httpDoor } from '../../local/door/http-door.ts';
import { type Ecr, ecr } from '../../local/ecr/ecr.ts';
import { push, readArguments } from '../../local/show/push.ts';
import { announce, claim } from '../../local/show/world-file.ts';

test('a push of a service alone is a good one', () => {
  expect(readArguments(['my-api'])).toEqual({
    service: 'my-api',
    variant: 'good',
    tag: undefined,
    report: undefined,
  });
});

test('variant, tag and report are taken as given', () => {
  const args = ['my-api', '--variant', 'crash', '--tag', 'v2', '--report', 'trivy.json'];

  expect(readArguments(args)).toMatchObject({
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
  expect(() => readArguments(args)).toThrow(message);
});

test.each(['--help', '-h'])('%s prints the usage and is no mistake', async (flag) => {
  const { code, text } = await run(flag);

  expect(code).toBe(0);
  expect(text).toMatch(/^Usage: npm run push/);
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

describe('with a world', () => {
  const config = defineConfig({
    services: {
      shop: {
        repository: 'team/shop',
        container: 'app',
        tags: 'release-*',
        environments: [
          {
            name: 'production',
            cluster: 'main',
            service: 'shop',
            analysis: {
              loadBalancer: 'app/shop/50dc6c495c0c9188',
              targetGroup: 'targetgroup/shop/6d0ecf831eec9f09',
              baseline: '30m',
            },
          },
        ],
      },
    },
  });
  const clock = realClock();
  let registry: Ecr;
  let server: HttpDoor;

  beforeEach(async () => {
    registry = ecr({ clock, address: () => server.address, emit: () => {} });
    registry.createRepository('team/shop');
    server = await httpDoor({
      port: 0,
      aws: answering({ services: [registry.service] }),
      routes: [registry],
    });
    await claim(join(directory, '.tidegate'), process.pid);
    const { address } = server;
    const environment = { TABLE_NAME: 'table', STATE_MACHINE_ARN: 'arn' };
    const file = { pid: process.pid, address, config, environment, servingSince: Date.now() - 60_000 };
    await announce(join(directory, '.tidegate'), file);
  });
  afterEach(() => server.close());

  test('the service is pushed to its repository, with a tag that deploys', async () => {
    const { code, text } = await run('shop', '--no-report');

    expect(text).toMatch(/shop:release-v\d{4}-\d{4}-[0-9a-f]{4} is sha256:/);
    expect(text).toContain('pushed team/shop:release-v');
    expect(text).toContain('Expect that it is rejected after 10 min without a report.');
    expect(code).toBe(0);
  });

  test.each([
    ['latest', 'nothing is deployed: latest never deploys'],
    ['v1', 'nothing is deployed: the tag v1 does not match release-*'],
  ])('of the tag %s it says that %s', async (tag, words) => {
    const { text } = await run('shop', '--tag', tag, '--no-report');

    expect(text).toContain(`Expect that ${words}`);
  });

  test('what only a comparison notices is too early where users have come for less than the baseline', async () => {
    const { text } = await run('shop', '--variant', 'errors');

    expect(text).toContain('taken back when error rates are compared');
    expect(text).toContain('users have come for only 1 min of the 30 min that it would be compared with');
    expect(text).toContain('it is kept');
  });

  test('a service that it does not have is a mistake', async () => {
    const { code, text } = await run('my-api');

    expect(code).toBe(2);
    expect(text).toContain('there is no service my-api in this world, only shop.');
  });
});
