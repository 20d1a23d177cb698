/** What ECR's own scans answer (`DescribeImageScanFindings`), all pages in one: basic scanning, and enhanced, which is Amazon Inspector. */
import * as z from 'zod';
import { foreignText, foreignUrl } from '../source/foreign-text.ts';
import { type Finding, type ScanResult, unnamed } from './finding.ts';
import type { Severity } from './severity.ts';

export type EcrScanning = 'ecr-enhanced' | 'ecr-basic';

/** In the SDK's words a `Date`, in text ISO 8601, on the wire seconds since the epoch. */
const timeSchema = z.union([
  z.number().transform((seconds) => seconds * 1000),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

/** Basic scanning says INFORMATIONAL and UNDEFINED, Inspector UNTRIAGED. A word that is not here is no evidence. */
const severitySchema = z
  .enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED', 'UNTRIAGED'])
  .transform((word): Severity => {
    if (word === 'INFORMATIONAL') return 'LOW';
    return word === 'UNDEFINED' || word === 'UNTRIAGED' ? 'UNKNOWN' : word;
  });

const basicSchema = z.object({
  name: z.string().min(1),
  uri: z.string().optional(),
  severity: severitySchema,
  attributes: z.array(z.object({ key: z.string(), value: z.string().optional() })).optional(),
});

const enhancedSchema = z.object({
  // Another type would be about something else than packages: what is not understood is not left out.
  type: z.literal('PACKAGE_VULNERABILITY'),
  status: z.enum(['ACTIVE', 'SUPPRESSED', 'CLOSED']),
  severity: severitySchema,
  title: z.string().optional(),
  fixAvailable: z.enum(['YES', 'NO', 'PARTIAL']).optional(),
  packageVulnerabilityDetails: z.object({
    vulnerabilityId: z.string().min(1),
    sourceUrl: z.string().optional(),
    vulnerablePackages: z
      .array(
        z.object({
          name: z.string().optional(),
          version: z.string().optional(),
          release: z.string().optional(),
          epoch: z.int().optional(),
          fixedInVersion: z.string().optional(),
          filePath: z.string().optional(),
        }),
      )
      .optional(),
  }),
});

const scanSchema = z.object({
  imageId: z.object({ imageDigest: z.string() }),
  imageScanStatus: z.object({ status: z.string(), description: z.string().optional() }),
  imageScanFindings: z
    .object({
      imageScanCompletedAt: timeSchema.optional(),
      findingSeverityCounts: z.record(z.string(), z.int().nonnegative()),
      findings: z.array(basicSchema).optional(),
      enhancedFindings: z.array(enhancedSchema).optional(),
    })
    .optional(),
});

export interface EcrScan {
  /** Of the image that was scanned. */
  digest: string;
  result: ScanResult;
}
export type ReadEcrScan =
  | { ok: true; scan: EcrScan }
  /** `pending`: it may be one later. */
  | { ok: false; reason: string; pending?: true };

/** Never throws, and never takes less than a whole answer for a clean one. */
export function readEcrScan(format: EcrScanning, value: unknown): ReadEcrScan {
  const read = scanSchema.safeParse(value);
  if (!read.success) {
    const [{ path, message } = { path: [], message: '' }] = read.error.issues;
    return no(`not an answer of ECR about a scan: ${path.join('.') || 'the document'}: ${message}`);
  }
  const { imageId, imageScanStatus, imageScanFindings: found } = read.data;
  const done = format === 'ecr-enhanced' ? 'ACTIVE' : 'COMPLETE';
  const { status, description = '' } = imageScanStatus;
  if (status !== done) {
    const why = foreignText(`${status}${description && `: ${description}`}`) ?? '';
    if (status === 'PENDING' || status === 'IN_PROGRESS')
      return { ...no(`not done: it is ${why}`), pending: true };
    return no(`none that is ${done}: ${why}`);
  }
  const listed = format === 'ecr-enhanced' ? found?.enhancedFindings : found?.findings;
  if (!found || !listed) {
    const other = format === 'ecr-enhanced' ? found?.findings : found?.enhancedFindings;
    return no(
      `${done} without ${format === 'ecr-enhanced' ? 'enhancedFindings' : 'findings'}${other ? ': the registry has the other kind of scanning' : ''}`,
    );
  }
  // A page that is missing, or a field of another name, would look like a cleaner image.
  const counted = Object.values(found.findingSeverityCounts).reduce((sum, count) => sum + count, 0);
  if (counted > listed.length) return no(`not whole: it counts ${counted} findings and has ${listed.length}`);
  if (found.imageScanCompletedAt === undefined) {
    return { ...no('not done: it does not say when it was completed'), pending: true };
  }
  const of = {
    createdAt: found.imageScanCompletedAt,
    lookedIntoPackages: true,
    ...{ secrets: [], packages: [] },
  };
  const result: ScanResult =
    format === 'ecr-enhanced'
      ? { ...of, ...enhanced(found.enhancedFindings ?? []) }
      : { ...of, ...basic(found.findings ?? []) };
  return { ok: true, scan: { digest: imageId.imageDigest, result } };
}

const no = (reason: string) => ({ ok: false, reason }) as const;

function basic(findings: z.output<typeof basicSchema>[]) {
  return {
    scanner: { name: "ECR's basic scanning" },
    fixesUnknown: true as const,
    suppressed: 0,
    findings: findings.map(({ name, uri = '', severity, attributes = [] }): Finding => {
      const attribute = (wanted: string) =>
        foreignText(attributes.find(({ key }) => key === wanted)?.value ?? '');
      return {
        id: foreignText(name) ?? 'a finding without a name',
        severity,
        package: attribute('package_name') ?? unnamed.package,
        installed: attribute('package_version') ?? unnamed.version,
        url: foreignUrl(uri)?.href,
        fixable: false,
      };
    }),
  };
}

function enhanced(findings: z.output<typeof enhancedSchema>[]) {
  return {
    scanner: { name: 'Amazon Inspector' },
    suppressed: findings.filter(({ status }) => status === 'SUPPRESSED').length,
    findings: findings.filter(({ status }) => status === 'ACTIVE').flatMap(packagesOf),
  };
}

/** One finding of Inspector is about every package that has it. */
function packagesOf(of: z.output<typeof enhancedSchema>): Finding[] {
  const { severity, title = '', fixAvailable, packageVulnerabilityDetails: details } = of;
  const { vulnerabilityId, sourceUrl = '', vulnerablePackages = [] } = details;
  const packages = vulnerablePackages.length > 0 ? vulnerablePackages : [{}];
  return packages.map(({ name = '', filePath, fixedInVersion = '', ...version }): Finding => {
    const fixed = fixedInVersion === 'NotAvailable' ? undefined : foreignText(fixedInVersion);
    return {
      id: foreignText(vulnerabilityId) ?? 'a finding without a name',
      severity,
      package: foreignText(name) ?? unnamed.package,
      installed: foreignText(versionOf(version)) ?? unnamed.version,
      fixed,
      title: foreignText(title),
      url: foreignUrl(sourceUrl)?.href,
      // PARTIAL: for some of its packages.
      fixable: fixAvailable === 'YES' || (fixAvailable !== 'NO' && fixed !== undefined),
      ...(filePath && filePath.length <= 1000 && { paths: [filePath] }),
    };
  });
}

/** As RPM and dpkg write it. */
function versionOf(of: {
  epoch?: number | undefined;
  version?: string | undefined;
  release?: string | undefined;
}) {
  const { epoch = 0, version = '', release } = of;
  return `${epoch > 0 ? `${epoch}:` : ''}${version}${release ? `-${release}` : ''}`;
}
