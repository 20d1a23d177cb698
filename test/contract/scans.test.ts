/** What is kept of scans fits into an item of DynamoDB, however much was found, and is read as it was written. */
import { describe, expect, test } from 'vitest';
import { openAws } from '../../aws/open.ts';
import { scans } from '../../aws/scans.ts';
import type { Finding, ScanResult } from '../../core/scan/finding.ts';
import { scanDefaults } from '../../core/scan/policy.ts';
import { judgeScan } from '../../core/scan/verdict.ts';
import { virtualClock } from '../../local/clock.ts';
import { answering } from '../../local/door/answering.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';
import { dynamodb } from '../../local/dynamodb/dynamodb.ts';
import { seeded } from '../support/seeded.ts';
import { surroundings } from '../support/surroundings.ts';

const image = {
  ...{ service: 'my-api', environment: 'production', architecture: 'amd64' },
  digest: `sha256:${'a'.repeat(64)}`,
};
const repository = { registryId: '123456789012', region: 'eu-west-1', repository: 'my-api' };
const now = Date.parse('2026-03-05T10:05:00Z');

/** An empty table, which refuses items that are too large, as DynamoDB does. */
async function emptyTable() {
  const tables = [{ TableName: 'tidegate', key: { hash: 'key' } }];
  const { service } = await dynamodb({ clock: virtualClock(), tables });
  const calls: string[] = [];
  const client = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: inProcessHandler(
      answering({
        services: [service],
        log: () => {},
        around({ operation }, next) {
          calls.push(operation);
          return next();
        },
      }),
    ),
  };
  return { kept: openAws(surroundings({ client }), { scans }).scans, calls };
}

const random = seeded(1);
/** What no compression makes shorter. */
const noise = (length: number) =>
  Array.from({ length: length / 10 + 1 }, () => random().toString(36).slice(2).padEnd(10, 'x'))
    .join('')
    .slice(0, length);
function resultOf(count: number): ScanResult {
  const findings = Array.from(
    { length: count },
    (_, n): Finding => ({
      ...{ id: `CVE-2025-${n}`, severity: n % 50 ? 'LOW' : 'CRITICAL', package: noise(20), installed: '1' },
      ...{ fixable: false, title: noise(60) },
    }),
  );
  return {
    ...{ scanner: { name: 'Trivy', version: '0.69.3' }, lookedIntoPackages: true, secrets: [] },
    ...{ suppressed: 0, findings, packages: findings.map(({ package: name }) => `${name} 1`) },
  };
}
const judged = (result: ScanResult, policy = scanDefaults) => judgeScan(result, policy, { now });

describe('of a scan', () => {
  test.each([
    { it: 'nothing', count: 0, cut: false },
    { it: 'as much as a large image has', count: 1000, cut: false },
    { it: 'more than there is room for', count: 10_000, cut: true },
  ])('that found $it, what fits is kept', async ({ count, cut }) => {
    const { kept } = await emptyTable();
    const result = resultOf(count);
    const verdict = judged(result);

    await kept.keep(image, { execution: 'e', at: now, verdict, result });

    const read = await kept.result(image);
    expect(read?.cutFrom).toBe(cut ? count : undefined);
    if (!cut) expect(read).toEqual(result);
    expect(read?.findings.filter(({ severity }) => severity === 'CRITICAL')).toHaveLength(count / 50);
    expect(await kept.passed(image)).toEqual({ passed: true, execution: 'e', at: now, verdict });
  });

  test('that failed or was only warned of, the result is kept, and it has not passed', async () => {
    const { kept } = await emptyTable();
    const result = resultOf(50);
    const strict = { ...scanDefaults, fixable: 'any' } as const;

    for (const policy of [strict, { ...strict, mode: 'warn' } as const]) {
      await kept.keep(image, { execution: 'e', at: now, verdict: judged(result, policy), result });

      expect(await kept.passed(image)).toBeUndefined();
      expect((await kept.result(image))?.findings).toHaveLength(50);
    }
  });

  test('that passed, nothing takes the place', async () => {
    const { kept } = await emptyTable();
    const pass = judged(resultOf(0));
    const fail = judged(resultOf(50), { ...scanDefaults, fixable: 'any' });

    await kept.keep(image, { execution: 'first', at: now, verdict: fail, result: resultOf(50) });
    await kept.keep(image, { execution: 'second', at: now, verdict: pass, result: resultOf(0) });
    await kept.keep(image, { execution: 'third', at: now, verdict: fail, result: resultOf(50) });

    expect(await kept.passed(image)).toMatchObject({ execution: 'second' });
    expect(await kept.passed({ ...image, environment: 'staging' })).toBeUndefined();
    expect(await kept.passed({ ...image, architecture: 'arm64' })).toBeUndefined();
  });
});

describe('first sightings', () => {
  test('stay, by repository, for one read and, where something is new, one write', async () => {
    const { kept, calls } = await emptyTable();

    const first = await kept.firstSeen(repository, ['CVE-1'], now);
    const again = await kept.firstSeen(repository, ['CVE-1', 'CVE-2'], now + 60_000);
    const nothingNew = await kept.firstSeen(repository, ['CVE-2'], now + 120_000);
    const elsewhere = await kept.firstSeen({ ...repository, repository: 'other' }, ['CVE-1'], now + 180_000);

    expect([first('CVE-1'), again('CVE-1'), again('CVE-2')]).toEqual([now, now, now + 60_000]);
    expect([nothingNew('CVE-1'), elsewhere('CVE-1')]).toEqual([now, now + 180_000]);
    expect(calls.join()).toBe('GetItem,PutItem,GetItem,PutItem,GetItem,GetItem,PutItem');
  });

  test('are written again in time, so that they are not forgotten while they are asked for', async () => {
    const { kept, calls } = await emptyTable();
    const days = (count: number) => now + count * 86_400_000;

    await kept.firstSeen(repository, ['CVE-1'], now);
    for (const at of [29, 31, 32].map(days)) await kept.firstSeen(repository, ['CVE-1'], at);

    expect(calls.filter((operation) => operation === 'PutItem')).toHaveLength(2);
  });

  test('of as many findings as are kept fit into an item', async () => {
    const { kept } = await emptyTable();
    const ids = Array.from({ length: 2500 }, (_, n) => `GHSA-${String(n).padEnd(59, 'x')}`);

    const seen = await kept.firstSeen(repository, ids, now);

    expect(ids.filter((id) => seen(id) === now)).toHaveLength(2000);
  });
});
