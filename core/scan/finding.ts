/** Findings in our own words, the same whichever scanner found them. */
import type { Severity } from '../config.ts';
import { foreignText, foreignUrl } from '../source/foreign-text.ts';
import type { Report, Vulnerability } from './report.ts';

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
}

/** Every vulnerability of every target, also where one is listed in several places. */
export function findingsOf({ Results = [] }: Report): Finding[] {
  return Results.flatMap(({ Vulnerabilities = [] }) => Vulnerabilities.map(finding));
}

function finding(of: Vulnerability): Finding {
  return {
    id: foreignText(of.VulnerabilityID) ?? 'a finding without a name',
    severity: of.Severity ?? 'UNKNOWN', // as Trivy's own filter reads it
    package: foreignText(of.PkgName ?? '') ?? 'an unnamed package',
    installed: foreignText(of.InstalledVersion ?? '') ?? 'of unknown version',
    fixed: foreignText(of.FixedVersion ?? ''),
    title: foreignText(of.Title ?? ''),
    url: foreignUrl(of.PrimaryURL ?? '')?.href,
    // The status is the advisory's word; a version can be named though the distribution will not ship it.
    fixable: of.Status ? of.Status === 'fixed' : Boolean(of.FixedVersion),
    purl: of.PkgIdentifier?.PURL,
  };
}

/** Did the scanner recognise any packages? Without, "nothing found" says little. */
export function lookedIntoPackages({ Results = [] }: Report): boolean {
  return Results.some(({ Class }) => Class === undefined || Class === 'os-pkgs' || Class === 'lang-pkgs');
}
