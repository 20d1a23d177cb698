/** A scan's whole result as it is kept: in one item of the table, cut where it would not fit. */
import * as z from 'zod';
import { worstFirst } from './counting.ts';
import type { ScanResult } from './finding.ts';
import { severitySchema } from './severity.ts';

const text = z.string();

export const keptResultSchema = z.object({
  scanner: z.object({ name: text, version: text.optional() }),
  createdAt: z.number().optional(),
  os: z.object({ name: text, endOfLife: z.boolean() }).optional(),
  lookedIntoPackages: z.boolean(),
  systemUnseen: z.literal(true).optional(),
  findings: z.array(
    z.object({
      ...{ id: text, severity: severitySchema, package: text, installed: text, fixable: z.boolean() },
      ...{ fixed: text.optional(), title: text.optional(), url: text.optional(), purl: text.optional() },
      paths: z.array(text).optional(),
    }),
  ),
  secrets: z.array(
    z.object({
      ...{ id: text, severity: severitySchema, path: text },
      ...{ line: z.int().optional(), title: text.optional() },
    }),
  ),
  suppressed: z.number(),
  fixesUnknown: z.literal(true).optional(),
  packages: z.array(text),
  /** How many findings there were; absent where all are here. */
  cutFrom: z.int().optional(),
});
export type KeptResult = z.infer<typeof keptResultSchema>;

/** The same, smaller with every attempt: first without packages, then with half as many findings, the mildest left out. */
export function smaller(result: ScanResult, attempt: number): ScanResult & { cutFrom?: number } {
  if (attempt === 0) return result;
  const share = 2 ** (attempt - 1);
  const { findings, secrets } = result;
  const cut = {
    findings: worstFirst(findings, ({ severity }) => severity).slice(0, findings.length / share),
    secrets: secrets.slice(0, secrets.length / share),
  };
  return { ...result, ...cut, packages: [], ...(share > 1 && { cutFrom: findings.length }) };
}
