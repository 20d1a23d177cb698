/** Findings by number: an identifier that is found in many places is one. */
import type { Finding } from './finding.ts';
import { type Severity, severities } from './severity.ts';

type Counted = Pick<Finding, 'id' | 'severity'>;

export const distinct = (of: readonly { id: string }[]): number => new Set(of.map(({ id }) => id)).size;

export function counted(findings: readonly Counted[]): Record<Severity, number> {
  const ids = Map.groupBy(findings, ({ severity }) => severity);
  const of = (severity: Severity) => distinct(ids.get(severity) ?? []);
  return {
    CRITICAL: of('CRITICAL'),
    HIGH: of('HIGH'),
    MEDIUM: of('MEDIUM'),
    LOW: of('LOW'),
    UNKNOWN: of('UNKNOWN'),
  };
}

/** `2 CRITICAL, 1 HIGH`. */
export function bySeverity(findings: readonly Counted[], said = (severity: Severity): string => severity) {
  const counts = counted(findings);
  return severities
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${said(severity)}`)
    .join(', ');
}

/** The same finding in several files of an image is one row. `severityOf`: how bad one is taken to be. */
export function worstFirst(findings: readonly Finding[], severityOf: (of: Finding) => Severity): Finding[] {
  const rank = (of: Finding) => severities.indexOf(severityOf(of));
  const sorted = firstOfEach(findings, (of) => `${of.id} ${of.package} ${of.installed}`);
  return sorted.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      order(a.id, b.id) ||
      order(a.package, b.package) ||
      order(a.installed, b.installed),
  );
}

export function firstOfEach<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => seen.size < seen.add(key(item)).size);
}

const order = (a: string, b: string) => Number(a > b) - Number(a < b);
