/** A Trivy report, as far as it is read. */
import * as z from 'zod';
import { severitySchema } from '../config.ts';

// Trivy leaves out every empty field, so absence is normal; what is there must be of its type.
const vulnerabilitySchema = z.object({
  VulnerabilityID: z.string().min(1),
  PkgName: z.string().optional(),
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

const reportSchema = z.object({
  SchemaVersion: z.literal(2),
  Trivy: z.object({ Version: z.string().optional() }).optional(),
  CreatedAt: z.iso.datetime({ offset: true }).optional(),
  ArtifactType: z.string().optional(),
  Metadata: z
    .object({
      ImageID: z.string().optional(),
      RepoDigests: z.array(z.string()).optional(),
      ImageConfig: z.object({ architecture: z.string().optional() }).optional(),
    })
    .optional(),
  Results: z
    .array(
      z.object({ Class: z.string().optional(), Vulnerabilities: z.array(vulnerabilitySchema).optional() }),
    )
    .optional(),
});
export type Report = z.infer<typeof reportSchema>;

export type ParsedReport = { ok: true; report: Report } | { ok: false; reason: string };

/** Reads a report; never throws. The caller bounds its size. */
export function parseReport(text: string): ParsedReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'not JSON' };
  }
  const read = reportSchema.safeParse(value);
  if (read.success) return { ok: true, report: read.data };
  const [{ path, message } = { path: [], message: '' }] = read.error.issues;
  const what =
    path[0] === 'SchemaVersion' ? schemaVersion(value) : `${path.join('.') || 'the document'}: ${message}`;
  return { ok: false, reason: `not a Trivy v2 report: ${what}` };
}

function schemaVersion(value: unknown): string {
  const version = (value as { SchemaVersion?: unknown }).SchemaVersion;
  if (version === undefined) return 'SchemaVersion is missing';
  return `SchemaVersion is ${typeof version === 'number' ? version : `a ${typeof version}`}`;
}

/** When the report was made, ms since the epoch. */
export function createdAt({ CreatedAt }: Report): number | undefined {
  return CreatedAt === undefined ? undefined : Date.parse(CreatedAt);
}
