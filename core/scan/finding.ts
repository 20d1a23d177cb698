/** What was found in an image, in our own words, the same whichever scanner found it. */
import { foreignText, foreignUrl } from '../source/foreign-text.ts';
import { createdAt, type Leak, type Report, type Vulnerability } from './report.ts';
import type { Severity } from './severity.ts';

export interface Finding {
  id: string;
  severity: Severity;
  package: string;
  installed: string;
  /** The version, or versions, that do not have it. */
  fixed?: string | undefined;
  title?: string | undefined;
  url?: string | undefined;
  /** Somebody could act on it. */
  fixable: boolean;
  /** Package URL, as the scanner wrote it. */
  purl?: string | undefined;
  /** Of the file it was found in, and what the scanner calls the place. */
  paths?: readonly string[] | undefined;
}

/** A password, key or token in the image. */
export interface Secret {
  /** The rule that recognised it, such as `private-key`. */
  id: string;
  severity: Severity;
  path: string;
  line?: number | undefined;
  title?: string | undefined;
}

/** All that a scanner says of an image. */
export interface ScanResult {
  scanner: { name: string; version?: string | undefined };
  /** ms since the epoch. */
  createdAt?: number | undefined;
  os?: { name: string; endOfLife: boolean } | undefined;
  /** Did the scanner recognise any packages? Without, "nothing found" says little. */
  lookedIntoPackages: boolean;
  /** It names the distribution, and says nothing of its packages: it was told to look for something else alone. */
  systemUnseen?: true | undefined;
  /** Also where one is listed in several places. */
  findings: readonly Finding[];
  secrets: readonly Secret[];
  /** How many the scanner itself was told to leave out. */
  suppressed: number;
  /** The scanner does not say what has a fix: nothing is then `fixable`, whether it is or not. */
  fixesUnknown?: true | undefined;
  /** Name and version of every package, where the scanner lists them. */
  packages: readonly string[];
}

/** What is said in place of a name that a report leaves out. */
export const unnamed = { package: 'an unnamed package', version: 'of unknown version' } as const;

/** The advisory's word; a version can be named though the distribution will not ship it. Any other word says nothing of a fix. */
const unfixed: ReadonlySet<string> = new Set([
  'affected',
  'will_not_fix',
  'fix_deferred',
  'end_of_life',
  'under_investigation',
  'not_affected',
]);

/** Longer ones are no names of packages, and no paths. */
const longestName = 1000;

export function scanResult(report: Report): ScanResult {
  const { Results = [], Metadata: { OS } = {}, Trivy } = report;
  const system = [OS?.Family, OS?.Name].filter(Boolean).join(' ');
  return {
    scanner: { name: 'Trivy', version: foreignText(Trivy?.Version ?? '') },
    createdAt: createdAt(report),
    ...(OS && { os: { name: foreignText(system) ?? 'an unnamed system', endOfLife: OS.EOSL === true } }),
    lookedIntoPackages: Results.some(
      ({ Class }) => Class === undefined || Class === 'os-pkgs' || Class === 'lang-pkgs',
    ),
    ...(OS && !Results.some(({ Class = 'os-pkgs' }) => Class === 'os-pkgs') && { systemUnseen: true }),
    findings: findingsOf(report),
    secrets: Results.flatMap(({ Target, Secrets = [] }) => Secrets.map((leak) => secret(leak, Target))),
    suppressed: Results.reduce((sum, { ExperimentalModifiedFindings: all = [] }) => sum + all.length, 0),
    packages: Results.flatMap(({ Packages = [] }) =>
      Packages.flatMap(({ Name, Version }) => (Name && Version ? packageKey(Name, Version) : [])),
    ),
  };
}

/** Every vulnerability of every target, also where one is listed in several places. */
export function findingsOf({ Results = [] }: Report): Finding[] {
  return Results.flatMap(({ Target, Vulnerabilities = [] }) =>
    Vulnerabilities.map((vulnerability) => finding(vulnerability, Target)),
  );
}

function finding(of: Vulnerability, target: string | undefined): Finding {
  const paths = [of.PkgPath, target].filter((path) => path && path.length <= longestName) as string[];
  const purl = of.PkgIdentifier?.PURL;
  return {
    id: foreignText(of.VulnerabilityID) ?? 'a finding without a name',
    severity: of.Severity ?? 'UNKNOWN', // as Trivy's own filter reads it
    package: foreignText(of.PkgName ?? '') ?? unnamed.package,
    installed: foreignText(of.InstalledVersion ?? '') ?? unnamed.version,
    fixed: foreignText(of.FixedVersion ?? ''),
    title: foreignText(of.Title ?? ''),
    url: foreignUrl(of.PrimaryURL ?? '')?.href,
    fixable: of.Status === 'fixed' || (!unfixed.has(of.Status ?? '') && Boolean(of.FixedVersion)),
    ...(purl && purl.length <= longestName && { purl }),
    ...(paths.length > 0 && { paths }),
  };
}

function secret(of: Leak, target: string | undefined): Secret {
  return {
    id: foreignText(of.RuleID) ?? 'a rule without a name',
    severity: of.Severity ?? 'UNKNOWN',
    path: foreignText(target ?? '') ?? 'an unnamed file',
    ...(of.StartLine !== undefined && { line: of.StartLine }),
    title: foreignText(of.Title ?? ''),
  };
}

/** As results list packages. */
export const packageKey = (name: string, version: string): string =>
  `${foreignText(name) ?? ''} ${foreignText(version) ?? ''}`;
