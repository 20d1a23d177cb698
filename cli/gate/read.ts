/** Files that somebody names, up to a size. */
import { createReadStream } from 'node:fs';
import type { ScanResult } from '../../core/scan/finding.ts';
import { formatOf, read } from '../../core/scan/reading.ts';
import { maxReportBytes } from '../../core/scan/report.ts';
import { NotUsable } from './not-usable.ts';

const mebibyte = 1024 * 1024;

/** `-` is standard input. Rejects with a `NotUsable`. */
export async function readText(file: string, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new NotUsable(`${called(file)} is larger than ${maxBytes / mebibyte} MiB`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof NotUsable) throw error;
    throw new NotUsable(`${called(file)} cannot be read: ${(error as Error).message}`);
  }
  return Buffer.concat(chunks).toString();
}

/** A report of Trivy, a predicate as cosign attests it, or an answer of ECR about a scan. Rejects with a `NotUsable`. */
export async function readResult(file: string): Promise<ScanResult> {
  const text = await readText(file, maxReportBytes);
  const value = json(text);
  if (value === undefined) throw new NotUsable(`${called(file)} is not JSON`);
  // What says nothing of itself is told what it lacks to be a report of Trivy.
  const format = formatOf(value) ?? 'trivy';
  if (format === 'sigstore-bundle' || format === 'dsse-envelope')
    throw new NotUsable(
      `${called(file)} is an attestation: name it with --bundle, and its image with --digest`,
    );
  const found = read(format, value, text);
  if (!found.ok) throw new NotUsable(`${called(file)} ${found.reason.replace(/^it /, '')}`);
  return found.result;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const called = (file: string): string => (file === '-' ? 'standard input' : file);
