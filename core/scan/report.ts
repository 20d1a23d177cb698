/** A Trivy report, as far as it is read. */
import * as z from 'zod';
import { severitySchema } from './severity.ts';

// Trivy leaves out every empty field, so absence is normal; what is there must be of its type.
const vulnerabilitySchema = z.object({
  VulnerabilityID: z.string().min(1),
  PkgName: z.string().optional(),
  /** The file that a language's package was found in. */
  PkgPath: z.string().optional(),
  PkgIdentifier: z.object({ PURL: z.string().optional() }).optional(),
  InstalledVersion: z.string().optional(),
  FixedVersion: z.string().optional(),
  /** `fixed`, `affected`, `will_not_fix`, `end_of_life` …; old versions have none. */
  Status: z.string().optional(),
  Severity: severitySchema.optional(),
  Title: z.string().optional(),
  PrimaryURL: z.string().optional(),
});
export type Vulnerability = z.infer<typeof vulnerabilitySchema>;

/** The secret itself is not in the report: Trivy masks it. */
const leakSchema = z.object({
  RuleID: z.string().min(1),
  Severity: severitySchema.optional(),
  Title: z.string().optional(),
  StartLine: z.int().optional(),
});
export type Leak = z.infer<typeof leakSchema>;

/** What Trivy was told to leave out, by an ignore file or VEX. */
const suppressedSchema = z.object({
  Finding: z.object({ VulnerabilityID: z.string().optional(), RuleID: z.string().optional() }).optional(),
});

const resultSchema = z.object({
  /** What was looked into: `app (debian 12.11)`, `Node.js`, the path of a file. */
  Target: z.string().optional(),
  Class: z.string().optional(),
  Packages: z.array(z.object({ Name: z.string().optional(), Version: z.string().optional() })).optional(),
  Vulnerabilities: z.array(vulnerabilitySchema).optional(),
  Secrets: z.array(leakSchema).optional(),
  ExperimentalModifiedFindings: z.array(suppressedSchema).optional(),
});

const reportSchema = z.object({
  SchemaVersion: z.literal(2),
  Trivy: z.object({ Version: z.string().optional() }).optional(),
  CreatedAt: z.iso.datetime({ offset: true }).optional(),
  ArtifactType: z.string().optional(),
  Metadata: z
    .object({
      OS: z
        .object({ Family: z.string().optional(), Name: z.string().optional(), EOSL: z.boolean().optional() })
        .optional(),
      ImageID: z.string().optional(),
      RepoDigests: z.array(z.string()).optional(),
      ImageConfig: z.object({ architecture: z.string().optional() }).optional(),
    })
    .optional(),
  Results: z.array(resultSchema).optional(),
});
export type Report = z.infer<typeof reportSchema>;

export type ParsedReport = { ok: true; report: Report } | { ok: false; reason: string };

/** Larger reports are no evidence: whoever reads them would need the memory. */
export const maxReportBytes = 20 * 1024 * 1024;

/** Reads a report; never throws. The caller bounds its size. */
export function parseReport(text: string): ParsedReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'not JSON' };
  }
  return readReport(value, text);
}

/** The same of what was read from a text already, in which it may be a part. */
export function readReport(value: unknown, text: string): ParsedReport {
  const read = reportSchema.safeParse(value);
  if (!read.success) return { ok: false, reason: `not a Trivy v2 report: ${mistake(read.error, value)}` };
  const strays = strayFindings(text, read.data);
  if (strays === 0) return { ok: true, report: read.data };
  const reason = `not a Trivy v2 report that can be read: ${strays} of its findings are where none belong`;
  return { ok: false, reason };
}

function mistake({ issues: [issue] }: z.ZodError, value: unknown): string {
  const { path, message } = issue ?? { path: [], message: '' };
  if (path[0] !== 'SchemaVersion') return `${path.join('.') || 'the document'}: ${message}`;
  const version = (value as { SchemaVersion?: unknown }).SchemaVersion;
  if (version === undefined) return 'SchemaVersion is missing';
  return `SchemaVersion is ${typeof version === 'number' ? version : `a ${typeof version}`}`;
}

/**
 * Findings that the text has and the report has not: under a name that is not known, or one that comes twice, of which JSON
 * keeps the last. Absence is normal, so nothing else would tell such a report from a clean one.
 */
function strayFindings(text: string, { Results = [] }: Report): number {
  let understood = 0;
  for (const { Vulnerabilities = [], Secrets = [], ExperimentalModifiedFindings = [] } of Results) {
    understood += Vulnerabilities.length + Secrets.length;
    for (const { Finding } of ExperimentalModifiedFindings)
      if (Finding?.VulnerabilityID !== undefined || Finding?.RuleID !== undefined) understood += 1;
  }
  return Math.max(0, named(text, '"VulnerabilityID"') + named(text, '"RuleID"') - understood);
}

/** How often a name is that of a field. Within a text its quotes would have a backslash before them; as a text, no colon behind. */
function named(text: string, name: string): number {
  let count = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    if (text[at - 1] !== '\\' && colonFollows(text, at + name.length)) count += 1;
  }
  return count;
}

function colonFollows(text: string, at: number): boolean {
  let next = at;
  while (next < text.length && ' \t\r\n'.includes(text[next] ?? '')) next += 1;
  return text[next] === ':';
}

/** When the report was made, ms since the epoch. */
export function createdAt({ CreatedAt }: Report): number | undefined {
  return CreatedAt === undefined ? undefined : Date.parse(CreatedAt);
}
