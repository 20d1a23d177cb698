/** What `trivy --format cosign-vuln` writes, and an attestation has as its predicate: a Trivy report with a little around it. */
import * as z from 'zod';
import { type ParsedReport, readReport } from './report.ts';

const predicateSchema = z.object({
  scanner: z.object({ version: z.string().optional(), result: z.record(z.string(), z.unknown()) }),
  metadata: z.object({ scanFinishedOn: z.string().optional() }).optional(),
});

/** The report in it; never throws. `text`: that it was read from. */
export function reportIn(predicate: unknown, text: string): ParsedReport {
  const read = predicateSchema.safeParse(predicate);
  if (!read.success) {
    const [{ path, message } = { path: [], message: 'unreadable' }] = read.error.issues;
    return {
      ok: false,
      reason: `no scan as cosign attests it: ${path.join('.') || 'the document'}: ${message}`,
    };
  }
  const { scanner, metadata } = read.data;
  const { result } = scanner;
  // Old versions of Trivy say these only here.
  const around = {
    ...(scanner.version && result.Trivy === undefined && { Trivy: { Version: scanner.version } }),
    ...(metadata?.scanFinishedOn && result.CreatedAt === undefined && { CreatedAt: metadata.scanFinishedOn }),
  };
  return readReport({ ...result, ...around }, text);
}
