/** The settings of the scan gate: of a service, over that of an environment, and what cannot be meant. */
import { describe, expect, test } from 'vitest';
import { type ConfigInput, defineConfig, environmentOf } from '../../core/config.ts';
import { type ScanPolicy, scanDefaults, scanPolicyOf } from '../../core/scan/policy.ts';

type ServiceInput = ConfigInput['services'][string];
type ScanInput = NonNullable<ServiceInput['scan']>;
const environment = { cluster: 'main', service: 'my-api' };
const keyInKms = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd';
const waiver = {
  ...{ id: 'CVE-2025-1', statement: 'the function is never called', owner: 'ada', expires: '2027-03-31' },
};

/** A service with staging and production, and what is given for them. */
const configWith = (scan?: ScanInput, production?: ScanInput) =>
  defineConfig({
    services: {
      'my-api': {
        ...{ repository: 'my-api', container: 'app', ...(scan && { scan }) },
        environments: [
          { ...environment, name: 'staging', cluster: 'staging' },
          { ...environment, name: 'production', ...(production && { scan: production }) },
        ],
      },
    },
  });

function policyIn(name: string, scan?: ScanInput, production?: ScanInput): ScanPolicy {
  const found = environmentOf(configWith(scan, production), 'my-api', name);
  return scanPolicyOf(found.service, found.environment);
}

describe('the policy of an environment', () => {
  test('has every default, unless something is given', () => {
    expect(policyIn('production')).toEqual(scanDefaults);
    expect(policyIn('production')).toMatchObject({
      ...{ block: ['CRITICAL'], warn: [], fixable: 'only', unknownSeverity: 'UNKNOWN', grace: {} },
      ...{ baseline: 'none', secrets: 'block', endOfLifeOs: 'warn', mode: 'enforce', waivers: [] },
    });
  });

  test('denies the reports of the releases of Trivy that attackers made, unless told otherwise', () => {
    expect(policyIn('production').denyScanners).toEqual(['Trivy 0.69.4', 'Trivy 0.69.5', 'Trivy 0.69.6']);
    expect(policyIn('production', { denyScanners: [] }).denyScanners).toEqual([]);
  });

  test('is that of its service, but for what is given for the environment itself', () => {
    const scan: ScanInput = { block: ['CRITICAL', 'HIGH'], grace: { HIGH: '7d' }, mode: 'warn' };
    const production: ScanInput = { mode: 'enforce', grace: { CRITICAL: '1d' } };

    expect(policyIn('staging', scan, production)).toMatchObject({ mode: 'warn', grace: { HIGH: 604_800 } });
    expect(policyIn('production', scan, production)).toEqual({
      ...scanDefaults,
      ...{ block: ['CRITICAL', 'HIGH'], mode: 'enforce', grace: { CRITICAL: 86_400 } },
    });
  });

  test('takes back a default that its service changed', () => {
    expect(policyIn('production', { baseline: 'running' }, { baseline: 'none' }).baseline).toBe('none');
    expect(policyIn('production', { waivers: [waiver] }, { waivers: [] }).waivers).toEqual([]);
  });

  test('has the waivers that are for it', () => {
    const waivers = [waiver, { ...waiver, id: 'CVE-2025-2', environments: ['staging'] }];

    expect(policyIn('staging', { waivers }).waivers.map(({ id }) => id)).toEqual([
      'CVE-2025-1',
      'CVE-2025-2',
    ]);
    expect(policyIn('production', { waivers }).waivers.map(({ id }) => id)).toEqual(['CVE-2025-1']);
  });

  test('is that of the service itself where no environment is named', () => {
    const { services } = configWith({ warn: ['HIGH'] }, { warn: [] });

    expect(services['my-api'] && scanPolicyOf(services['my-api']).warn).toEqual(['HIGH']);
  });
});

describe('a mistake', () => {
  test.each<{ it: string; scan?: object; production?: object; says: string }>([
    {
      it: 'a severity that both blocks and is told of',
      scan: { warn: ['CRITICAL'] },
      says: 'scan.warn: CRITICAL is in block already: what stops a release is not only told of',
    },
    {
      it: 'patience with what never blocks',
      scan: { grace: { HIGH: '7d' } },
      says: 'scan.grace: HIGH is not in block, so nothing would wait for its time to be over',
    },
    {
      it: 'a severity that nothing has',
      scan: { block: ['UNKNOWN'], unknownSeverity: 'HIGH' },
      says: 'scan.block: UNKNOWN counts as HIGH (unknownSeverity), so it means nothing here: leave it out',
    },
    {
      it: 'a waiver for nowhere',
      scan: { waivers: [{ ...waiver, environments: ['prod'] }] },
      says: 'scan.waivers.0.environments: the waiver for CVE-2025-1 is for prod, and the environments here are staging, production: it would never hold',
    },
    {
      it: 'what is wrong only in one environment',
      scan: { block: ['CRITICAL', 'HIGH'], grace: { HIGH: '7d' } },
      production: { block: ['CRITICAL'] },
      says: 'environments.1.scan.grace: HIGH is not in block',
    },
    {
      it: 'a setting that there is none of',
      production: { blocks: [] },
      says: 'environments.1.scan: has no setting blocks',
    },
    {
      it: 'a severity that there is none of',
      scan: { grace: { SEVERE: '1d' } },
      says: 'scan.grace: has no setting SEVERE',
    },
    { it: 'patience without an end', scan: { grace: { CRITICAL: '366d' } }, says: 'must be at most 365d' },
    {
      it: 'a release without a report where the report must be signed',
      scan: { signedBy: [{ name: 'CI', key: keyInKms }] },
      production: { withoutReport: 'pass' },
      says: 'environments.1.scan.withoutReport: must be reject where signedBy asks for a signature',
    },
    {
      it: 'a key of KMS by its alias',
      scan: { signedBy: [{ name: 'CI', key: 'arn:aws:kms:eu-west-1:123456789012:alias/ci' }] },
      says: 'scan.signedBy.0.key: names an alias, which can be moved to another key',
    },
    {
      it: 'a key that is none',
      production: { signedBy: [{ name: 'CI', key: 'cosign.pub' }] },
      says: 'scan.signedBy.0.key: is no public key in PEM form (-----BEGIN PUBLIC KEY-----), nor the ARN of a key in KMS',
    },
    {
      it: 'a key without a name that people could read',
      scan: { signedBy: [{ name: '<!channel>', key: keyInKms }] },
      says: 'scan.signedBy.0.name: a name of up to 60 letters',
    },
    {
      it: 'a signer without a key and without an identity',
      scan: { signedBy: [{ name: 'CI', issuer: 'https://token.actions.githubusercontent.com' }] },
      says: 'scan.signedBy.0: must have a key, or issuer, subject and trustedRoot',
    },
    {
      it: 'a signer who may be anybody',
      scan: { signedBy: [{ name: 'CI', subject: 'https://github.com/*' }] },
      says: 'scan.signedBy.0.subject: must say whose it is',
    },
    {
      it: 'a trusted root that is none',
      scan: { signedBy: [{ name: 'CI', trustedRoot: { mediaType: 'application/json' } }] },
      says: 'scan.signedBy.0.trustedRoot',
    },
    {
      it: 'two keys of one name',
      scan: { signedBy: [keyInKms, `${keyInKms}2`].map((key) => ({ name: 'CI', key })) },
      says: 'scan.signedBy: two signers have the same name',
    },
    {
      it: "ECR's basic scanning where only what has a fix counts",
      scan: { evidence: 'ecr-basic' },
      says: "scan.fixable: must be 'any' with evidence: 'ecr-basic': basic scanning does not say what has a fix",
    },
    {
      it: 'a signature of what AWS answers',
      scan: { signedBy: [{ name: 'CI', key: keyInKms }] },
      production: { evidence: 'ecr-enhanced' },
      says: 'environments.1.scan.evidence: must not be ecr-enhanced where signedBy asks for a signature',
    },
    {
      it: 'a source that there is none of',
      scan: { evidence: 'inspector' },
      says: "scan.evidence: 'referrer', 'ecr-enhanced', 'ecr-basic' or { bucket: '…' }",
    },
    {
      it: 'a bucket that is none',
      scan: { evidence: { bucket: 'Scan_Reports' } },
      says: 'scan.evidence.bucket: the name of an S3 bucket such as scan-reports',
    },
    {
      it: 'a prefix with a slash at its end',
      scan: { evidence: { bucket: 'scan-reports', prefix: 'reports/' } },
      says: 'scan.evidence.prefix: folders such as reports or security/reports',
    },
    {
      it: 'a scanner without its version',
      scan: { denyScanners: ['Trivy'] },
      says: 'a scanner and its version',
    },
    {
      it: 'a report that is waited for too long',
      production: { waitFor: '26m' },
      says: 'must be at most 25m',
    },
  ])('is told, $it', ({ scan, production, says }) => {
    expect(() => configWith(scan as ScanInput, production as ScanInput)).toThrow(says);
  });

  test('of a service is told once, however many environments have it', () => {
    expect(() => configWith({ warn: ['CRITICAL'] })).toThrow('has 1 mistake:');
  });
});
