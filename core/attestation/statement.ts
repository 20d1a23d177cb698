/** What is signed: an in-toto statement, that a scanner found something in images with these digests. */
import * as z from 'zod';

export const statementPayloadType = 'application/vnd.in-toto+json';
export const vulnerabilityPredicateType = 'https://cosign.sigstore.dev/attestation/vuln/v1';

const statementSchema = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1']),
  predicateType: z.string().max(500),
  subject: z
    .array(z.object({ digest: z.record(z.string(), z.string()) }))
    .min(1)
    .max(100),
  predicate: z.record(z.string(), z.unknown()),
});

export interface Statement {
  predicateType: string;
  /** `sha256:…` of each image that it is about. Other kinds of digests say nothing here. */
  subjects: string[];
  predicate: Record<string, unknown>;
}

export type ReadStatement = { ok: true; statement: Statement } | { ok: false; reason: string };

/** Reads a statement; never throws. */
export function readStatement(text: string): ReadStatement {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'no in-toto statement: not JSON' };
  }
  const read = statementSchema.safeParse(value);
  if (!read.success) {
    const [{ path, message } = { path: [], message: 'unreadable' }] = read.error.issues;
    return { ok: false, reason: `no in-toto statement: ${path.join('.') || 'the document'}: ${message}` };
  }
  const { predicateType, predicate, subject } = read.data;
  const subjects = subject.flatMap(({ digest: { sha256 } }) => (sha256 ? `sha256:${sha256}` : []));
  return { ok: true, statement: { predicateType, predicate, subjects } };
}
