/** First sightings, and what of a result is kept. */
import { describe, expect, test } from 'vitest';
import type { Finding, ScanResult } from '../../core/scan/finding.ts';
import { firstSeenIn, seeing } from '../../core/scan/first-seen.ts';
import { keptResultSchema, smaller } from '../../core/scan/kept.ts';

const now = Date.parse('2026-03-05T10:05:00.900Z');
const seconds = Math.floor(now / 1000);
const ids = (count: number, prefix = 'CVE-2025-') => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const seenAt = (names: string[], at: (index: number) => number) =>
  Object.fromEntries(names.map((id, index) => [id, at(index)]));

describe('a finding', () => {
  test('is first seen once', () => {
    const first = seeing({}, ['CVE-1', 'CVE-1'], now);
    const again = seeing(first.known, ['CVE-1', 'CVE-2'], now + 60_000);

    expect(first).toEqual({ known: { 'CVE-1': seconds }, news: true });
    expect(again).toEqual({ known: { 'CVE-1': seconds, 'CVE-2': seconds + 60 }, news: true });
    expect(seeing(again.known, ['CVE-2'], now + 120_000)).toEqual({ known: again.known, news: false });
    expect(firstSeenIn(again.known)('CVE-1')).toBe(seconds * 1000);
  });

  test.each([['__proto__'], ['constructor '], ['x'.repeat(65)], ['出荷'], ['']])(
    'that is called %j is not kept, and counts as seen long ago',
    (id) => {
      const { known, news } = seeing({}, [id], now);

      expect(news).toBe(false);
      expect(firstSeenIn(known)(id)).toBe(0);
    },
  );

  test('that everything has a field of is one like others', () => {
    expect(firstSeenIn({})('constructor')).toBe(0);
    expect(seeing({}, ['constructor'], now).known).toEqual({ constructor: seconds });
  });
});

describe('where there are more than can be kept', () => {
  test('those go first that were seen first and are not there any more', () => {
    const known = seenAt(ids(2000), (index) => index);

    const { known: after } = seeing(known, ['CVE-2025-0', 'CVE-2026-1'], now);

    expect(Object.keys(after)).toHaveLength(2000);
    expect(after).toMatchObject({ 'CVE-2025-0': 0, 'CVE-2025-2': 2, 'CVE-2026-1': seconds });
    expect(after).not.toHaveProperty('CVE-2025-1');
  });

  test('none goes whose time of grace would begin again when it is seen once more', () => {
    const { known } = seeing({}, ['CVE-1'], now);
    const later = seeing(known, ids(2000), now + 10 * 86_400_000);

    expect(firstSeenIn(later.known)('CVE-1')).toBe(seconds * 1000);
    expect(Object.keys(later.known)).toHaveLength(2000);
  });

  test('in one image, the rest counts as seen long ago', () => {
    const { known } = seeing({}, ids(2500), now);

    expect(Object.keys(known)).toHaveLength(2000);
    expect(firstSeenIn(known)('CVE-2025-2400')).toBe(0);
    expect(seeing(known, ids(2500), now)).toEqual({ known, news: false });
  });
});

describe('a result that is kept', () => {
  const finding = (n: number): Finding => ({
    ...{ id: `CVE-${n}`, severity: n < 500 ? 'LOW' : 'CRITICAL', package: 'p', installed: '1' },
    ...{ fixable: true, fixed: '2', paths: ['app'] },
  });
  const result: ScanResult = {
    ...{ scanner: { name: 'Trivy' }, lookedIntoPackages: true, suppressed: 0, packages: ['p 1'] },
    findings: Array.from({ length: 1000 }, (_, n) => finding(n)),
    secrets: [{ id: 'private-key', severity: 'HIGH', path: 'key.pem' }],
  };

  test('is whole, and reads as it was written', () => {
    expect(smaller(result, 0)).toBe(result);
    expect(keptResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  test('is made smaller by its packages first, then by its mildest findings, which is said', () => {
    expect(smaller(result, 1)).toMatchObject({ packages: [], findings: { length: 1000 } });
    expect(smaller(result, 1).cutFrom).toBeUndefined();
    const half = smaller(result, 2);
    expect(half).toMatchObject({ cutFrom: 1000, findings: { length: 500 } });
    expect(new Set(half.findings.map(({ severity }) => severity))).toEqual(new Set(['CRITICAL']));
    expect(smaller(result, 30)).toMatchObject({ cutFrom: 1000, findings: [], secrets: [] });
  });
});
