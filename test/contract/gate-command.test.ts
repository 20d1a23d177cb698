/** `npm run gate`: what it decides and prints and, as CI runs it, a process of its own, its exit code. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type Asked, decide } from '../../cli/gate/decide.ts';
import { NotUsable } from '../../cli/gate/not-usable.ts';
import { printed } from '../../cli/gate/print.ts';
import { scanVerdictSchema } from '../../core/scan/verdict.ts';
import manifest from '../../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../../', import.meta.url));
const sample = (name: string) => join(root, 'test/fixtures/trivy', `${name}.json`);
const folder = mkdtempSync(join(tmpdir(), 'tidegate-gate-'));
afterAll(() => rmSync(folder, { recursive: true }));
function written(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

function gate(args: string[], stdin = ''): Promise<Ran> {
  const [, ...command] = manifest.scripts.gate.split(' ');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...command, ...args], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
    child.stdin?.end(stdin);
  });
}

const buster = sample('critical-fixed-low-unfixed-debian-buster');
const juiceShop = sample('large-critical-unfixed-juice-shop-10.2.0');
const waiver = {
  ...{ id: 'CVE-2019-18224', statement: 'names are never taken from outside', owner: 'ada' },
  expired_at: '2999-12-31',
};

describe('a signed report', () => {
  const registry = join(root, 'test/fixtures/events/registry');
  const { digests } = JSON.parse(readFileSync(join(registry, 'manifest-map.json'), 'utf8'));
  const blob = (digest: string) => join(registry, 'blobs', digest.replace(':', '-'));
  const bundleOf = (referrer: string) =>
    blob(JSON.parse(readFileSync(blob(digests[referrer]), 'utf8')).layers[0].digest);
  const signed = bundleOf('referrerSigned');
  const key = [join(registry, 'attestation-public-key.pem')];
  const digest: string = digests.index;

  test('is decided upon once its signature is verified, and says whose that is', async () => {
    const decision = await decide({ bundle: signed, key, digest }, Date.now());

    expect(decision.verdict).toMatchObject({
      status: 'fail',
      signedBy: expect.stringMatching(/^attestation-public-key.pem \(key \w+\)$/),
    });
    expect(printed(decision)).toContain('found by Trivy 0.69.3, signed by attestation-public-key.pem');
  });

  test('may be signed by a key of the policy', async () => {
    const signedBy = [{ name: 'CI', key: readFileSync(key[0] ?? '', 'utf8') }];

    const decision = await decide(
      { bundle: signed, digest, policy: written('signed-by.json', { signedBy }) },
      Date.now(),
    );

    expect(decision.verdict).toMatchObject({ signedBy: expect.stringMatching(/^CI \(/) });
    expect(printed(decision)).not.toContain('asks for a signature');
  });

  test('is asked for where the policy names signers and a report without a signature is decided upon', async () => {
    const signedBy = [{ name: 'CI', key: readFileSync(key[0] ?? '', 'utf8') }];
    const policy = written('signed-only.json', { signedBy });

    expect(printed(await decide({ report: buster, policy }, Date.now()))).toContain(
      'The policy asks for a signature, which a report alone has not: --bundle takes one that is signed.',
    );
  });

  test.each<{ it: string; asked: Asked; says: string }>([
    {
      it: 'that was tampered with',
      asked: { bundle: bundleOf('referrerSignedTampered'), key, digest },
      says: 'is no evidence: its signature is not by attestation-public-key.pem',
    },
    {
      it: 'of another image',
      asked: { bundle: bundleOf('referrerSignedReplayOtherSubject'), key, digest },
      says: ', but about another image: 210277cb6266',
    },
    { it: 'about any image', asked: { bundle: signed, key }, says: '--digest must say which image' },
    { it: 'by anybody', asked: { bundle: signed, digest }, says: '--key must name a file with a public key' },
    {
      it: 'with a key that is none',
      asked: { bundle: signed, digest, key: [signed] },
      says: 'is no public key in PEM form',
    },
    { it: 'beside another', asked: { bundle: signed, report: buster }, says: 'name one or the other' },
    { it: 'without it', asked: { report: buster, key }, says: '--key and --digest need --bundle' },
  ])('is not usable $it', async ({ asked, says }) => {
    const deciding = decide(asked, Date.now());

    await expect(deciding).rejects.toThrow(NotUsable);
    await expect(deciding).rejects.toThrow(says);
  });
});

describe('a report is decided upon', () => {
  test.each<{ it: string; asked: () => Asked; status: string; says: string[] }>([
    {
      it: 'by the policy of a service and its environment',
      asked: () => ({ report: buster, service: 'my-api', environment: 'production' }),
      status: 'fail',
      says: ['fail by the policy of my-api in production: 1 CRITICAL with a fix'],
    },
    {
      it: 'by a policy in a file, with an entry of a .trivyignore.yaml',
      asked: () => ({ report: buster, policy: written('waived.json', { waivers: [waiver] }) }),
      status: 'pass',
      says: ['1 waived', 'CVE-2019-18224  until 2999-12-30  ada  names are never taken from outside'],
    },
    {
      it: 'compared with what runs',
      asked: () => ({
        ...{ report: juiceShop, running: juiceShop },
        policy: written('baseline.json', { baseline: 'running', secrets: 'warn' }),
      }),
      status: 'pass',
      says: [
        '16 in what runs already',
        '16 that what runs has too',
        '1 without a fix: nothing can be done yet',
        'private-key  /juice-shop/lib/insecurity.js:19',
      ],
    },
    {
      it: 'with patience',
      asked: () => ({ report: buster, policy: written('grace.json', { grace: { CRITICAL: '7d' } }) }),
      status: 'pass',
      says: ['CVE-2019-18224  libidn2-0  in grace until', 'As if each were seen for the first time now.'],
    },
    {
      it: 'that finds nothing',
      asked: () => ({ report: sample('clean-alpine-3.14') }),
      status: 'pass',
      says: ['In all no vulnerability'],
    },
  ])('$it', async ({ asked, status, says }) => {
    const decision = await decide(asked(), Date.now());

    expect(decision.verdict.status).toBe(status);
    for (const words of says) expect(printed(decision)).toContain(words);
  });

  test('by the defaults, in a process whose exit code is that of a failure', async () => {
    const { code, stdout, stderr } = await gate(['--report', buster]);

    expect([code, stderr]).toEqual([1, '']);
    for (const words of [
      'fail by the default policy: 1 CRITICAL with a fix: CVE-2019-18224 in libidn2-0 2.0.5-1 → 2.0.5-1+deb10u1',
      'libidn2-0  2.0.5-1    2.0.5-1+deb10u1  1 CRITICAL  CVE-2019-18224',
      'In all 1 CRITICAL, 1 LOW found by Trivy dev',
    ])
      expect(stdout).toContain(words);
  });

  test('of standard input, as the JSON that a release records', async () => {
    const report = JSON.stringify({ SchemaVersion: 2, Results: [{ Class: 'os-pkgs' }] });

    const { code, stdout } = await gate(['--report', '-', '--json'], report);

    expect(code).toBe(0);
    expect(scanVerdictSchema.parse(JSON.parse(stdout))).toMatchObject({
      status: 'pass',
      summary: 'no vulnerabilities',
    });
    expect((await gate(['--report', '-'], 'no report')).stderr).toContain('standard input is not JSON');
  });
});

describe('what is no report of Trivy is decided upon all the same', () => {
  const api = (name: string) =>
    JSON.parse(readFileSync(join(root, 'test/fixtures/events/scans', name), 'utf8'));
  const basic = api('ecr-describe-image-scan-findings-basic.json');
  const enhanced = api('ecr-describe-image-scan-findings-enhanced.json');
  enhanced.imageScanFindings.findingSeverityCounts = { MEDIUM: 1 };
  const predicate = {
    ...{ invocation: {}, metadata: { scanFinishedOn: '2026-03-05T10:00:40Z' } },
    scanner: { result: JSON.parse(readFileSync(buster, 'utf8')) },
  };
  const severe = { block: ['CRITICAL', 'HIGH', 'MEDIUM'] };

  test.each([
    { it: 'a predicate for cosign', report: predicate, policy: {}, status: 'fail', counts: { CRITICAL: 1 } },
    { it: "Inspector's findings", report: enhanced, policy: severe, status: 'fail', counts: { MEDIUM: 1 } },
    { it: 'the same, by the defaults', report: enhanced, policy: {}, status: 'pass', counts: { MEDIUM: 1 } },
    {
      it: 'findings of basic scanning',
      ...{
        report: basic,
        policy: { ...severe, fixable: 'any' },
        status: 'fail',
        counts: { HIGH: 1, LOW: 1 },
      },
    },
    {
      it: 'findings of basic scanning, of which none would count',
      ...{ report: basic, policy: {}, status: 'fail', counts: { HIGH: 1 } },
    },
  ])('$it', async ({ report, policy, status, counts }) => {
    const asked = { report: written('found.json', report), policy: written('policy.json', policy) };

    expect((await decide(asked, Date.now())).verdict).toMatchObject({ status, counts });
  });
});

describe('nothing is decided', () => {
  test.each<{ it: string; asked: () => Asked; says: string }>([
    { it: 'without a report', asked: () => ({}), says: '--report must name a file' },
    {
      it: 'of a file that is not there',
      asked: () => ({ report: join(folder, 'none') }),
      says: 'cannot be read: ENOENT',
    },
    {
      it: 'of another document',
      asked: () => ({ report: join(root, 'package.json') }),
      says: 'package.json is not a Trivy v2 report: SchemaVersion is missing',
    },
    {
      it: 'of an attestation, whose image nobody named',
      asked: () => ({ report: written('bundle.json', { dsseEnvelope: {} }) }),
      says: 'bundle.json is an attestation: name it with --bundle',
    },
    {
      it: 'of an answer that is not whole',
      asked: () => ({
        report: join(root, 'test/fixtures/events/scans/ecr-describe-image-scan-findings-enhanced.json'),
      }),
      says: 'is not whole: it counts 2 findings and has 1',
    },
    {
      it: 'of a report that no release would read',
      asked: () => ({ report: written('large.json', 'x'.repeat(20 * 1024 * 1024 + 1)) }),
      says: 'large.json is larger than 20 MiB',
    },
    {
      it: 'by a service that there is none of',
      asked: () => ({ report: buster, service: 'shop' }),
      says: 'tidegate.config.ts has no service shop, only my-api',
    },
    {
      it: 'by an environment that there is none of',
      asked: () => ({ report: buster, service: 'my-api', environment: 'moon' }),
      says: 'my-api has no environment moon, only staging, production',
    },
    {
      it: 'by an environment of nothing',
      asked: () => ({ report: buster, environment: 'x' }),
      says: 'needs --service',
    },
    {
      it: 'by two policies',
      asked: () => ({ report: buster, policy: 'p.json', service: 'my-api' }),
      says: 'name one or the other',
    },
    {
      it: 'by a policy with mistakes',
      asked: () => ({
        report: buster,
        policy: written('wrong.json', { waivers: [{ ...waiver, owner: undefined }], warns: [] }),
      }),
      says: 'waivers.0.owner: is missing',
    },
    {
      it: 'by a policy that cannot be meant',
      asked: () => ({ report: buster, policy: written('odd.json', { grace: { HIGH: '7d' } }) }),
      says: 'odd.json has 1 mistake:\n  grace: HIGH is not in block',
    },
    {
      it: 'by a policy that is no JSON',
      asked: () => ({ report: buster, policy: written('text.json', 'block: all') }),
      says: 'text.json is no JSON',
    },
  ])('$it', async ({ asked, says }) => {
    const deciding = decide(asked(), Date.now());

    await expect(deciding).rejects.toThrow(NotUsable);
    await expect(deciding).rejects.toThrow(says);
  });

  test.each([
    {
      it: 'with an option that there is none of',
      args: ['--reprot', 'x'],
      says: "Unknown option '--reprot'",
    },
    { it: 'without a report', args: [], says: '--report must name a file' },
  ])('$it, and the exit code says so', async ({ args, says }) => {
    const { code, stdout, stderr } = await gate(args);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
    // Told, without a stack.
    expect(stderr).not.toContain('    at ');
  });
});

test('what a stranger wrote into a report cannot drive the terminal', async () => {
  const Vulnerabilities = Array.from({ length: 500 }, (_, n) => ({
    ...{ VulnerabilityID: `CVE-${n}\u001b[2J`, PkgName: `${n}${'\u202E<!channel> '.repeat(99)}` },
    ...{ InstalledVersion: '1\r\n', FixedVersion: '2\u0007', Severity: 'CRITICAL' },
  }));
  const report = JSON.stringify({ SchemaVersion: 2, Results: [{ Class: 'os-pkgs', Vulnerabilities }] });

  const stdout = printed(await decide({ report: written('hostile.json', report) }, Date.now()));

  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  expect(stdout.match(/[\u0000-\u0009\u000b-\u001f\u202e]/g)).toBeNull();
  expect(stdout).toContain('  and 301 more');
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(2600);
});

test('--help says what each option and each exit code means', async () => {
  const { code, stdout } = await gate(['--help']);

  expect(code).toBe(0);
  for (const option of ['--report', '--service', '--environment', '--policy', '--running', '--json'])
    expect(stdout).toContain(option);
  expect(stdout).toMatch(/0 {2}pass\n {2}1 {2}fail\n {2}2 {2}not usable/);
});
