/** Where each finding goes, by the policy and by what is remembered: it blocks, is told of, or does not count, and why. */
import { worstFirst } from './counting.ts';
import { type Finding, packageKey, type ScanResult, type Secret, unnamed } from './finding.ts';
import type { ScanPolicy } from './policy.ts';
import type { Severity } from './severity.ts';
import { concerns, holds, type Waivable, type Waiver } from './waiver.ts';

/** What a decision takes from outside of the report and the policy. */
export interface Memory {
  /** ms since the epoch. */
  now: number;
  /** When a finding was first seen in this repository, ms since the epoch. Now, unless given. */
  firstSeen?: (id: string) => number;
  /** What is known of the image that runs, for a policy that asks for it. */
  running?: ScanResult | undefined;
}

export interface Sorted {
  /** The worst first. */
  blocking: Finding[];
  /** The worst first. */
  warned: Finding[];
  /** Would have counted, but for a waiver that holds. */
  waived: { finding: Waivable; waiver: Waiver }[];
  /** Would block if anybody could act on it. */
  unfixable: Finding[];
  /** Would block if the running image had it not. */
  inRunning: Finding[];
  /** Would block, and will. `until`: ms since the epoch. */
  inGrace: { finding: Finding; until: number }[];
  /** Were about something that blocks now, until their last day was over. */
  ended: Waiver[];
  /** As the policy takes them: all block, or all are told of, or there are none. */
  secrets: Secret[];
}

/** How bad the policy takes a finding to be. */
export const severityBy = (
  { unknownSeverity }: Pick<ScanPolicy, 'unknownSeverity'>,
  { severity }: { severity: Severity },
): Severity => (severity === 'UNKNOWN' ? unknownSeverity : severity);

/** Whose first sighting decides when it blocks. A finding that nobody could act on has not been seen yet. */
export function waitsForGrace(result: ScanResult, policy: ScanPolicy): string[] {
  const waiting = result.findings.filter(
    (finding) => policy.grace[severityBy(policy, finding)] !== undefined && actionable(policy, finding),
  );
  return [...new Set(waiting.map(({ id }) => id))];
}

const actionable = ({ fixable }: ScanPolicy, finding: Finding) => finding.fixable || fixable === 'any';

export function sort(
  result: ScanResult,
  policy: ScanPolicy,
  { now, firstSeen = () => now, running }: Memory,
): Sorted {
  const sorted: Sorted = {
    ...{ blocking: [], warned: [], waived: [], unfixable: [], inRunning: [], inGrace: [], secrets: [] },
    ended: [],
  };
  const waivers = Map.groupBy(policy.waivers, ({ id }) => id);
  const waiversFor = (of: Waivable) => (waivers.get(of.id) ?? []).filter((each) => concerns(each, of));
  const runs = running && known(running);
  for (const finding of result.findings) {
    const severity = severityBy(policy, finding);
    const blocks = policy.block.includes(severity);
    if (!blocks && !policy.warn.includes(severity)) continue;
    if (!actionable(policy, finding)) {
      if (blocks) sorted.unfixable.push(finding);
      continue;
    }
    const about = waiversFor(finding);
    const waiver = about.find((each) => holds(each, now));
    const until = firstSeen(finding.id) + (policy.grace[severity] ?? 0) * 1000;
    if (waiver) sorted.waived.push({ finding, waiver });
    else if (!blocks) sorted.warned.push(finding);
    else if (runs?.(finding)) sorted.inRunning.push(finding);
    else if (policy.grace[severity] !== undefined && now < until) sorted.inGrace.push({ finding, until });
    else {
      sorted.blocking.push(finding);
      sorted.ended.push(...about);
    }
  }
  if (policy.secrets !== 'ignore') {
    for (const secret of result.secrets) {
      const about = waiversFor({ id: secret.id, paths: [secret.path] });
      const waiver = about.find((each) => holds(each, now));
      if (waiver) sorted.waived.push({ finding: secret, waiver });
      else {
        sorted.secrets.push(secret);
        sorted.ended.push(...about);
      }
    }
  }
  const severityOf = (finding: Finding) => severityBy(policy, finding);
  return {
    ...sorted,
    blocking: worstFirst(sorted.blocking, severityOf),
    warned: worstFirst(sorted.warned, severityOf),
    ended: [...new Set(sorted.ended)],
  };
}

/**
 * Has an image this finding? Also where its report does not say so, but has the same version of the package in it: the report
 * may be older than the finding, and a new advisory is no reason to hold up what changes nothing.
 */
function known({ findings, packages }: ScanResult): (finding: Finding) => boolean {
  const found = new Set(findings.map(({ id, package: name }) => packageKey(id, name)));
  const has = new Set([...packages, ...findings.filter(isNamed).map(versionKey)]);
  return (finding) =>
    found.has(packageKey(finding.id, finding.package)) || (isNamed(finding) && has.has(versionKey(finding)));
}

const versionKey = ({ package: name, installed }: Finding) => packageKey(name, installed);
const isNamed = ({ package: name, installed }: Finding) =>
  name !== unnamed.package && installed !== unnamed.version;
