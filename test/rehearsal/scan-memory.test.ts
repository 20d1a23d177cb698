/** What the scan gate remembers: what passed, what runs, and when a finding was first seen. */
import { describe, expect, test } from 'vitest';
import { forgetAttribute } from '../../core/forgetting.ts';
import { type ScanVerdict, scanVerdictSchema } from '../../core/scan/verdict.ts';
import { fixableCritical } from '../../local/images/findings.ts';
import { type Release, rehearsal } from '../support/rehearsal.ts';

const scanOf = ({ record }: Release): ScanVerdict => scanVerdictSchema.parse(record.steps.CheckScan);
const day = 86_400_000;

describe('an image that passed', () => {
  test('is never judged again in this environment, though the policy has changed and its report is too old', async () => {
    const world = await rehearsal();
    const first = await world.pushOnly('good', 'v1.0.0');
    await world.ended();
    await world.push('good', 'v1.1.0');
    world.reconfigure({ scan: { block: ['LOW'], fixable: 'any', maxReportAge: 1 } });

    await world.retag(first, 'v1.0.1');
    await world.ended();

    const [again, , original] = await world.releases();
    expect(again).toMatchObject({ outcome: 'Deployed' });
    expect(again && scanOf(again).summary).toMatch(
      /^passed here on \d{4}-\d\d-\d\d \d\d:\d\d UTC, and what passed is not judged again: no CRITICAL with a fix/,
    );
    expect(again && scanOf(again).reportDigest).toBe(original && scanOf(original).reportDigest);
    expect(await world.push('good', 'v1.2.0')).toMatchObject({ outcome: 'Rejected' });
  });

  test('only because the policy warns is judged again once it does more', async () => {
    const world = await rehearsal({ environment: { scan: { mode: 'warn' } } });
    const first = await world.pushOnly('vulnerable', 'v1.0.0');
    await world.ended();
    await world.push('good', 'v1.1.0');
    world.reconfigure({ scan: { mode: 'enforce' } });

    await world.retag(first, 'v1.0.1');
    await world.ended();

    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.1.0 Deployed', 'v1.0.1 Rejected']);
    const warned = (await world.releases()).at(-1);
    expect(warned && scanOf(warned)).toMatchObject({
      onlyWarned: true,
      upgrades: ['upgrade minimist to 1.2.6 (1 CRITICAL)'],
    });
  });

  test('passed in its environment alone', async () => {
    const production = { name: 'production', cluster: 'main', service: 'my-api' };
    const staging = { ...production, name: 'staging', cluster: 'staging', scan: { mode: 'warn' as const } };
    const world = await rehearsal({ service: { environments: [staging, production] } });

    await world.push('vulnerable', 'v1.0.0');

    const releases = await world.releases();
    expect(releases.map(({ record, outcome }) => [record.request?.environment, outcome]).sort()).toEqual([
      ['production', 'Rejected'],
      ['staging', 'Deployed'],
    ]);
  });

  test('is told the same when its verdict was reached and not answered', async () => {
    const verdicts: unknown[] = [];
    const world = await rehearsal({
      async aroundFunction(name, run) {
        const answer = await run();
        if (name !== 'CheckScan') return answer;
        verdicts.push(answer, await run());
        return verdicts.at(-1);
      },
    });

    const { outcome } = await world.push('good', 'v1.0.0');

    expect(outcome).toBe('Deployed');
    expect(verdicts.at(-1)).toMatchObject({ status: 'pass' });
    expect(verdicts.at(-1)).toEqual(verdicts.at(-2));
  });
});

describe('a finding', () => {
  test('may be deployed until its time of grace is over, counted from when it was first seen here', async () => {
    const world = await rehearsal({ environment: { scan: { grace: { CRITICAL: '2d' } } } });

    const first = await world.push('vulnerable', 'v1.0.0');
    await world.clock.advance(day);
    const second = await world.push('vulnerable', 'v1.1.0');
    await world.clock.advance(day);
    const third = await world.push('vulnerable', 'v1.2.0');

    expect([first, second, third].map(({ outcome }) => outcome)).toEqual([
      'Deployed',
      'Deployed',
      'Rejected',
    ]);
    const [until] = scanOf(first).ignored?.inGrace ?? [];
    expect(scanOf(second).ignored?.inGrace).toEqual([until]);
    expect(third.reason).toMatch(/^1 CRITICAL with a fix: CVE-2021-44906/);
    // Seen once, and asked for three times within a month.
    const written = world.calls.filter(
      ({ operation, input }) =>
        operation === 'PutItem' && JSON.stringify(input).includes('"seen 123456789012/eu-west-1/my-api"'),
    );
    expect(written).toHaveLength(1);
    expect(JSON.stringify(written[0]?.input)).toContain(forgetAttribute);
  });
});

describe('compared with what runs', () => {
  const another = { ...fixableCritical, VulnerabilityID: 'CVE-2026-1', PkgName: 'lodash' };
  const config = { Entrypoint: ['node', 'server.mjs'], WorkingDir: '/app', Env: ['PORT=8080'] };

  test('an image that is no worse is deployed, and one that is worse is not', async () => {
    const world = await rehearsal({ environment: { scan: { mode: 'warn' } } });
    await world.push('vulnerable', 'v1.0.0');
    world.reconfigure({ scan: { baseline: 'running' } });

    const same = await world.push('vulnerable', 'v1.1.0');
    const worse = await world.pushImage('v1.2.0', { config, findings: [fixableCritical, another] });

    expect(same).toMatchObject({ outcome: 'Deployed' });
    expect(scanOf(same)).toMatchObject({
      summary: expect.stringContaining('; 1 in what runs already'),
      ignored: { running: 1 },
    });
    expect(worse).toMatchObject({
      outcome: 'Rejected',
      reason: expect.stringMatching(/^1 CRITICAL .* CVE-2026-1 /),
    });
  });

  test('nothing is excused where nothing is known of what runs, which is looked at only where something blocks', async () => {
    const world = await rehearsal({ environment: { scan: { baseline: 'running' } } });
    const looks = (digest: string) =>
      world.calls.filter(
        ({ operation, input }) =>
          operation === 'ListImageReferrers' && JSON.stringify(input).includes(digest),
      ).length;

    const unknown = await world.push('vulnerable', 'v1.0.0');
    const looked = looks(world.first);
    const clean = await world.push('good', 'v1.1.0');

    expect(unknown).toMatchObject({
      outcome: 'Rejected',
      reason: expect.stringMatching(/; what runs has no report to compare with$/),
    });
    expect(clean.outcome).toBe('Deployed');
    expect([looked, looks(world.first)]).toEqual([1, 1]);
  });

  test('what was kept of its scan counts where its report is gone', async () => {
    const removed = new Set<unknown>();
    const world = await rehearsal({
      environment: { scan: { mode: 'warn' } },
      async around({ operation, input }, next) {
        const { subjectId } = input as { subjectId?: { imageDigest: string } };
        const gone = operation === 'ListImageReferrers' && removed.has(subjectId?.imageDigest);
        return gone ? { referrers: [] } : next();
      },
    });
    removed.add((await world.push('vulnerable', 'v1.0.0')).digest);
    world.reconfigure({ scan: { baseline: 'running' } });

    const same = await world.push('vulnerable', 'v1.1.0');

    expect(same).toMatchObject({ outcome: 'Deployed' });
    expect(scanOf(same)).toMatchObject({ ignored: { running: 1 } });
  });
});
