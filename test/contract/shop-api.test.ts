/** examples/shop-api: its own unit tests, which need none of its packages, and what has to agree with each other in it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import manifest from '../../examples/shop-api/package.json' with { type: 'json' };
import definition from '../../examples/shop-api/task-definition.json' with { type: 'json' };

const folder = new URL('../../examples/shop-api/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const dockerfile = read('Dockerfile');
const [container] = definition.containerDefinitions;

test('its unit tests pass, with nothing installed', async () => {
  const args = ['--disable-warning=ExperimentalWarning', '--test', 'test/unit/*.test.ts'];

  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: fileURLToPath(folder) });

  expect(stdout).toMatch(/pass [1-9]\d+\n/);
  expect(stdout).toMatch(/fail 0\n/);
});

test('ECS checks its health as Docker does', () => {
  const [, options = '', command = ''] = /^HEALTHCHECK (.*) CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  const seconds = (option: string) => Number(new RegExp(`--${option}=(\\d+)`).exec(options)?.[1]);

  expect(container?.healthCheck).toEqual({
    command: ['CMD', ...JSON.parse(command)],
    interval: seconds('interval'),
    timeout: seconds('timeout'),
    startPeriod: seconds('start-period'),
    retries: seconds('retries'),
  });
});

test('ECS gives it longer to stop than it takes', () => {
  const [, seconds] = /'SHUTDOWN_SECONDS', (\d+)/.exec(read('src/config.ts')) ?? [];

  expect(Number(seconds)).toBeLessThan(container?.stopTimeout ?? 0);
});

test('its image is made from a base by digest, of its own stages, and not run by root', () => {
  const from = [...dockerfile.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)];
  const stages = from.map(([, , name]) => name);
  const bases = from.flatMap(([, base]) => (base && !stages.includes(base) ? base : []));

  expect(from.length).toBeGreaterThan(1);
  expect(bases).toEqual([expect.stringMatching(/^node:24[\w.-]*@sha256:[0-9a-f]{64}$/)]);
  expect(dockerfile).toMatch(/^USER node$/m);
});

test('its image says what it was built from', () => {
  for (const [label, argument] of Object.entries({
    version: 'VERSION',
    revision: 'REVISION',
    source: 'SOURCE',
    created: 'CREATED',
  })) {
    expect(dockerfile).toMatch(new RegExp(`^ARG ${argument}\\b`, 'm'));
    expect(dockerfile).toContain(`org.opencontainers.image.${label}="$${argument}"`);
  }
});

test('its packages are of exact versions, and its lock names no registry', () => {
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });

  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  expect(read('package-lock.json')).not.toMatch(/"resolved"|registry/);
});
