/** Files that somebody names, up to a size. */
import { createReadStream } from 'node:fs';
import { type ScanResult, scanResult } from '../../core/scan/finding.ts';
import { maxReportBytes, parseReport } from '../../core/scan/report.ts';
import { NotUsable } from './not-usable.ts';

const mebibyte = 1024 * 1024;

/** `-` is standard input. Rejects with a `NotUsable`. */
export async function readText(file: string, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new NotUsable(`${file} is larger than ${maxBytes / mebibyte} MiB`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof NotUsable) throw error;
    throw new NotUsable(`${file} cannot be read: ${(error as Error).message}`);
  }
  return Buffer.concat(chunks).toString();
}

/** Rejects with a `NotUsable`. */
export async function readResult(file: string): Promise<ScanResult> {
  const read = parseReport(await readText(file, maxReportBytes));
  if (!read.ok) throw new NotUsable(`${file} is ${read.reason}`);
  return scanResult(read.report);
}
