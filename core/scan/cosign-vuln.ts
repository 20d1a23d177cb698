/** What `trivy --format cosign-vuln` writes, and cosign attests: a report, and by what and when it was made. */
import * as z from 'zod';
import { type ParsedReport, readReport } from './report.ts';

const predicateSchema = z.object({
  scanner: z.object({ version: z.string().optional(), result: z.record(z.string(), z.unknown()) }),
  metadata: z.object({ scanFinishedOn: z.iso.datetime({ offset: true }).optional() }).optional(),
});

/** Reads a predicate of the type https://cosign.sigstore.dev/attestation/vuln/v1. `text`: all that it was found in. */
export function reportIn(value: unknown, text: string): ParsedReport {
  const read = predicateSchema.safeParse(value);
  if (!read.success) {
    const [{ path, message } = { path: [], message: '' }] = read.error.issues;
    return {
      ok: false,
      reason: `not a result of a scanner: ${path.join('.') || 'the document'}: ${message}`,
    };
  }
  const { scanner, metadata } = read.data;
  const parsed = readReport(scanner.result, text);
  if (!parsed.ok) return parsed;
  const { report } = parsed;
  const { Version = scanner.version } = report.Trivy ?? {};
  if (scanner.version !== undefined && Version !== undefined && plain(scanner.version) !== plain(Version)) {
    return { ok: false, reason: 'not to be understood: it names two versions of its scanner' };
  }
  const { CreatedAt = metadata?.scanFinishedOn } = report;
  return {
    ok: true,
    report: {
      ...report,
      ...(Version !== undefined && { Trivy: { Version } }),
      ...(CreatedAt !== undefined && { CreatedAt }),
    },
  };
}

const plain = (version: string) => version.replace(/^v/, '');
