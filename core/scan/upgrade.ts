/** What to upgrade, and to what: findings by package, with the version that has none of them. */
import { bySeverity } from './counting.ts';
import type { Finding } from './finding.ts';
import { compareVersions, lineOf } from './version-order.ts';

export interface Upgrade {
  package: string;
  /** The versions that have them. */
  installed: string[];
  /** The least version without any of them; all that fix one where they cannot be ordered; undefined where nothing is fixed yet. */
  to?: string | undefined;
  /** Of the findings, each once. */
  ids: string[];
  /** How many distinct ones, by severity: `2 CRITICAL, 1 HIGH`. */
  found: string;
  /** The same package has other versions with other fixes. */
  amongOthers: boolean;
}

/** In the order of the findings, of so many packages at most. What has no fix comes by itself: nobody can act on it. */
export function upgrades(findings: readonly Finding[], packages?: number): Upgrade[] {
  return [...Map.groupBy(findings, (of) => of.package)].slice(0, packages).flatMap(([name, ofPackage]) => {
    const byVersion = Map.groupBy(ofPackage, (of) => JSON.stringify([of.installed, isFixed(of)]));
    const wanted = [...byVersion.values()].map((found) => ({ found, to: versionWithout(found) }));
    const byTarget = [...Map.groupBy(wanted, ({ to }) => to)];
    return byTarget.map(([to, of]): Upgrade => {
      const found = of.flatMap((each) => each.found);
      return {
        ...{ package: name, installed: [...new Set(found.map(({ installed }) => installed))], to },
        ids: [...new Set(found.map(({ id }) => id))],
        ...{ found: bySeverity(found), amongOthers: byTarget.length > 1 },
      };
    });
  });
}

/** `upgrade minimist to 1.2.6 (2 CRITICAL)`. */
export function upgradeLine({ package: name, installed, to, found, amongOthers }: Upgrade): string {
  const which = amongOthers ? `${name} ${installed.join(' and ')}` : name;
  return to === undefined ? `no fix for ${which} yet (${found})` : `upgrade ${which} to ${to} (${found})`;
}

/** Different fixes of one package: a kernel has a hundred. */
const mostOrdered = 200;

const isFixed = ({ fixable, fixed }: Finding) => fixable && fixed !== undefined;

/** Of findings in one version, all with a fix or all without. An advisory names one for each line that is looked after: `1.2.6, 0.2.4`. */
function versionWithout(findings: readonly Finding[]): string | undefined {
  const [first] = findings;
  if (!first || !isFixed(first)) return undefined;
  const texts = [...new Set(findings.flatMap(({ fixed }) => fixed ?? []))];
  const advisories = texts.map(versionsIn);
  const known = advisories.filter((fixes) => fixes !== undefined);
  const later = known
    .flat()
    .filter((version) => compareVersions(version, first.installed) > 0)
    .sort(compareVersions);
  // The last one of all is always one, and found at once.
  const candidates = texts.length > mostOrdered ? later.slice(-1) : later;
  const surely = candidates.find((version) => known.every((fixes) => isIn(version, fixes)));
  return surely !== undefined && known.length === advisories.length ? surely : texts.join(' and ');
}

/** Undefined where one of them is no version. */
function versionsIn(text: string): string[] | undefined {
  const found = text
    .split(',')
    .map((part) => /^\s*(?:[~^>=]+\s*)?(v?\d[\w.+:~-]*)\s*$/i.exec(part)?.[1] ?? '');
  return found.includes('') ? undefined : found;
}

/** Surely: it is one of the fixes, or after the last one of its line, or after all of them. */
function isIn(version: string, fixes: readonly string[]): boolean {
  const notAfter = (fix: string) => compareVersions(version, fix) >= 0;
  const ofLine = fixes.filter((fix) => lineOf(fix) === lineOf(version));
  return (
    fixes.some((fix) => compareVersions(version, fix) === 0) ||
    (ofLine.length > 0 && ofLine.every(notAfter)) ||
    fixes.every(notAfter)
  );
}
