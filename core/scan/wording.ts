/** A verdict in a sentence: what stops the release first, then what else somebody should know. */
import { foreignText } from '../source/foreign-text.ts';
import { bySeverity, distinct, firstOfEach } from './counting.ts';
import type { Finding, ScanResult, Secret } from './finding.ts';
import type { ScanPolicy } from './policy.ts';
import type { Sorted } from './sorting.ts';

export const summaryLimit = 2500;

/** One line, bounded, without what could disguise it. Still to be escaped where it is shown. */
export const sentence = (words: string): string => foreignText(words, summaryLimit) ?? '';

export interface Said {
  /** Each of them would be enough. Empty where nothing stops the release. */
  reasons: string[];
  /** Told of, and stopping nothing. */
  warnings: string[];
  /** Why what could have counted does not. */
  notes: string[];
}

export function said(result: ScanResult, policy: ScanPolicy, sorted: Sorted): Said {
  const { blocking, warned, secrets } = sorted;
  const of = (consequence: 'block' | 'warn') => [
    ...(policy.secrets === consequence && secrets.length > 0 ? [leaks(secrets)] : []),
    ...(policy.endOfLifeOs === consequence && result.os?.endOfLife ? [endOfLife(result.os.name)] : []),
  ];
  return {
    reasons: [
      ...distrusted(result, policy).map((why) => `the report is no evidence: ${why}`),
      ...(blocking.length > 0 ? [severe(blocking, policy)] : []),
      ...of('block'),
    ],
    warnings: [
      ...(warned.length > 0 ? [severe(warned, policy)] : []),
      ...of('warn'),
      ...(result.systemUnseen && result.os ? [unseen(result.os.name)] : []),
    ],
    notes: notes(sorted),
  };
}

/** Why the policy does not go by this scanner, as the ends of sentences about the report; none where it does. */
export function distrusted(
  { scanner: { name, version }, fixesUnknown }: Pick<ScanResult, 'scanner' | 'fixesUnknown'>,
  { denyScanners, fixable }: Pick<ScanPolicy, 'denyScanners' | 'fixable'>,
): string[] {
  const scanner = `${name} ${version?.replace(/^v/, '') ?? ''}`.trim();
  return [
    ...(denyScanners.some((pattern) => matches(pattern, scanner))
      ? [`it was made by ${scanner}, whose word is no evidence by the policy (denyScanners)`]
      : []),
    ...(fixesUnknown && fixable === 'only'
      ? [`${name} does not say what has a fix, and by the policy nothing else counts (fixable: 'only')`]
      : []),
  ];
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(text);
}

/** What is said where no vulnerability stops the release. */
export function nothingBlocks(result: ScanResult, policy: ScanPolicy, sorted: Sorted): string {
  const found = distinct(result.findings);
  if (found === 0) {
    return result.lookedIntoPackages
      ? 'no vulnerabilities'
      : `no vulnerabilities, but ${result.scanner.name} recognised no packages either`;
  }
  const vulnerabilities = found === 1 ? '1 vulnerability' : `${found} vulnerabilities`;
  if (policy.block.length === 0) return `${vulnerabilities}; the policy blocks none`;
  const excused = sorted.waived.length + sorted.inGrace.length + sorted.inRunning.length > 0;
  return `no ${excused ? 'other ' : ''}${policy.block.join(' or ')}${withFix(policy)} among ${vulnerabilities}`;
}

/** `1 CRITICAL with a fix: CVE-2021-44906 in minimist 1.2.5 → 1.2.6`. */
function severe(worst: Finding[], policy: ScanPolicy): string {
  const numbers = bySeverity(worst, (name) => (name === 'UNKNOWN' ? name + takenAs(policy) : name));
  const named = firstOfEach(worst, ({ id }) => id).map(
    (of) => `${of.id} in ${of.package} ${of.installed}${of.fixed ? ` → ${of.fixed}` : ''}`,
  );
  return `${numbers}${withFix(policy)}: ${listed(named, 3)}`;
}

const takenAs = ({ unknownSeverity }: ScanPolicy) =>
  unknownSeverity === 'UNKNOWN' ? '' : ` (taken as ${unknownSeverity})`;
const withFix = ({ fixable }: ScanPolicy) => (fixable === 'only' ? ' with a fix' : '');

function leaks(secrets: Secret[]): string {
  const named = secrets.map(
    ({ id, path, line }) => `${id} in ${path}${line === undefined ? '' : `:${line}`}`,
  );
  return `${secrets.length === 1 ? '1 secret' : `${secrets.length} secrets`}: ${listed(named, 3)}`;
}

const unseen = (os: string) => `the report names ${os} and says nothing of its packages`;
const endOfLife = (os: string) => `${os} is past its end of life: what is found in it is not all there is`;

function notes({ blocking, ended, waived, unfixable, inRunning, inGrace }: Sorted): string[] {
  const waivedIds = distinct(waived.map(({ finding }) => finding));
  const patient = distinct(inGrace.map(({ finding }) => finding));
  return [
    ...(waivedIds > 0 ? [`${waivedIds} waived`] : []),
    // Where something can be done, that comes first.
    ...(blocking.length === 0 && unfixable.length > 0
      ? [`${distinct(unfixable)} without a fix, about which nothing can be done yet`]
      : []),
    ...(inRunning.length > 0 ? [`${distinct(inRunning)} in what runs already`] : []),
    ...(patient > 0
      ? [`${patient} in grace, ${patient === 1 ? '' : 'the first '}until ${moment(earliest(inGrace))}`]
      : []),
    ...ended.map(({ id, expires, owner }) => `the waiver of ${owner} for ${id} ended on ${expires}`),
  ];
}

/** Of so many that they are no arguments of a function. */
const earliest = (of: readonly { until: number }[]) =>
  of.reduce((first, { until }) => Math.min(first, until), Number.POSITIVE_INFINITY);

export function listed(texts: readonly string[], shown: number): string {
  const more = texts.length - shown;
  return texts.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** `2026-03-12 10:05 UTC`. */
export const moment = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
