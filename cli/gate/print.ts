/** A decision for people: what to do first, then everything that was found and why it counts or does not. */
import { bySeverity } from '../../core/scan/counting.ts';
import type { Finding } from '../../core/scan/finding.ts';
import { upgrades } from '../../core/scan/upgrade.ts';
import { listed, moment } from '../../core/scan/wording.ts';
import { foreignText } from '../../core/source/foreign-text.ts';
import type { Decision } from './decide.ts';

const shownIds = 3;
const shownRows = 200;
/** What strangers wrote may be wide. */
const widest = 60;

export function printed({ by, policy, result, sorted, verdict }: Decision): string {
  const { blocking, warned, secrets, inGrace } = sorted;
  const { ignored, waived } = verdict;
  const scanner = [result.scanner.name, result.scanner.version].filter(Boolean).join(' ');
  return [
    [`${verdict.status} by ${by}: ${verdict.summary}`],
    section(policy.mode === 'warn' ? 'Would block' : 'Blocks', packages(blocking)),
    section('Warned of', packages(warned)),
    section(
      policy.secrets === 'block' ? 'Secrets, which block' : 'Secrets',
      secrets.map(({ id, path, line }) => [id, line === undefined ? path : `${path}:${line}`]),
    ),
    section(
      'Waived',
      waived.map(({ id, owner, expires, statement }) => [id, `until ${expires}`, owner, statement]),
    ),
    section('Does not count', [
      ...(ignored?.unfixable ? [[`${ignored.unfixable} without a fix: nothing can be done yet`]] : []),
      ...(ignored?.running ? [[`${ignored.running} that what runs has too`]] : []),
      ...(ignored?.suppressed ? [[`${ignored.suppressed} that the scanner was told to leave out`]] : []),
      ...inGrace
        .slice(0, 20)
        .map(({ finding, until }) => [finding.id, finding.package, `in grace until ${moment(until)}`]),
      ...(inGrace.length > 0 ? [['As if each were seen for the first time now.']] : []),
    ]),
    [
      ...(policy.signedBy.length > 0 && !verdict.signedBy
        ? [
            'The policy asks for a signature, which a report alone has not: --bundle takes one that is signed.',
          ]
        : []),
      `In all ${bySeverity(result.findings) || 'no vulnerability'} found by ${scanner}${verdict.signedBy ? `, signed by ${verdict.signedBy}` : ''}`,
    ],
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** A row for each package, with what to upgrade it to. */
function packages(findings: readonly Finding[]): string[][] {
  if (findings.length === 0) return [];
  const rows = upgrades(findings).map(({ package: name, installed, to, found, ids }) => [
    ...[name, installed.join(', '), to ?? 'no fix yet', found],
    listed(ids, shownIds),
  ]);
  return [['package', 'installed', 'upgrade to', 'found', ''], ...rows];
}

/** Nothing where there are no rows. A cell that is alone in its row has all the room. */
function section(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, shownRows).map((row) => row.map((cell) => foreignText(cell, widest) ?? ''));
  const more = rows.length - shown.length;
  const inColumns = shown.filter((row) => row.length > 1);
  const width = (column: number) => Math.max(0, ...inColumns.map((row) => (row[column] ?? '').length));
  const widths = Array.from({ length: Math.max(...shown.map((row) => row.length)) }, (_, column) =>
    width(column),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [
    title,
    ...shown.map((row) => `  ${line(row).trimEnd()}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
