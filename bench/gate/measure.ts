/** The gate against plain JSON.parse, on reports of many sizes: each in a process of its own, the two in turns. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scanResult } from '../../core/scan/finding.ts';
import { parseReport } from '../../core/scan/report.ts';
import { reportOf } from './reports.ts';

export interface Figures {
  /** The first time in a process, and the median of the times after it (ms). */
  first: number;
  again: number;
  /** More than before, at the most. */
  bytes: number;
}

export interface Measured {
  bytes: number;
  findings: number;
  parse: Figures;
  gate: Figures;
}

const program = join(import.meta.dirname, 'measure-one.ts');

export function measured(sizes: readonly number[], rounds: number): Measured[] {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-gate-'));
  const file = join(folder, 'report.json');
  const run = (what: 'parse' | 'gate'): Figures =>
    JSON.parse(
      execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', program, what, file], {
        encoding: 'utf8',
      }),
    );
  try {
    return sizes.map((size) => {
      const text = reportOf(size);
      writeFileSync(file, text);
      const read = parseReport(text);
      if (!read.ok) throw new Error(read.reason);
      const runs = Array.from({ length: rounds }, () => ({ parse: run('parse'), gate: run('gate') }));
      return {
        bytes: Buffer.byteLength(text),
        findings: scanResult(read.report).findings.length,
        parse: median(runs.map(({ parse }) => parse)),
        gate: median(runs.map(({ gate }) => gate)),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function median(all: readonly Figures[]): Figures {
  const of = (figure: keyof Figures) =>
    all.map((each) => each[figure]).toSorted((one, other) => one - other)[Math.floor(all.length / 2)] ?? 0;
  return { first: of('first'), again: of('again'), bytes: of('bytes') };
}
