/** Two known vulnerabilities, as Trivy reports them: one that a release can do nothing about, one with a fix. */

/** The fields of Trivy's `Vulnerability` that do not depend on the image. */
export interface Finding {
  VulnerabilityID: string;
  PkgID: string;
  PkgName: string;
  PkgPath?: string;
  PkgIdentifier: { PURL: string };
  InstalledVersion: string;
  FixedVersion?: string;
  Status: 'affected' | 'fixed';
  SeveritySource: string;
  PrimaryURL: string;
  DataSource: { ID: string; Name: string; URL: string };
  Title: string;
  Description: string;
  Severity: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'UNKNOWN';
  CweIDs: string[];
  CVSS: Record<string, { V3Vector: string; V3Score: number }>;
  References: string[];
  PublishedDate: string;
  LastModifiedDate: string;
}

/** Debian has decided not to fix it: every image with apt has it. */
export const unfixedLow: Finding = {
  VulnerabilityID: 'CVE-2011-3374',
  PkgID: 'apt@2.6.1',
  PkgName: 'apt',
  PkgIdentifier: { PURL: 'pkg:deb/debian/apt@2.6.1?arch=amd64&distro=debian-12.11' },
  InstalledVersion: '2.6.1',
  Status: 'affected',
  SeveritySource: 'debian',
  PrimaryURL: 'https://avd.aquasec.com/nvd/cve-2011-3374',
  DataSource: {
    ID: 'debian',
    Name: 'Debian Security Tracker',
    URL: 'https://salsa.debian.org/security-tracker-team/security-tracker',
  },
  Title: 'apt-key in apt does not verify the master keyring signature properly',
  Description:
    'It was found that apt-key in apt, all versions, do not correctly validate gpg keys with the master keyring, leading to a potential man-in-the-middle attack.',
  Severity: 'LOW',
  CweIDs: ['CWE-347'],
  CVSS: { nvd: { V3Vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N', V3Score: 3.7 } },
  References: [
    'https://security-tracker.debian.org/tracker/CVE-2011-3374',
    'https://nvd.nist.gov/vuln/detail/CVE-2011-3374',
  ],
  PublishedDate: '2019-11-26T00:15:11.03Z',
  LastModifiedDate: '2024-11-21T01:30:22.61Z',
};

/** A dependency of the application with a fixed version: what a release gate is for. */
export const fixableCritical: Finding = {
  VulnerabilityID: 'CVE-2021-44906',
  PkgID: 'minimist@1.2.5',
  PkgName: 'minimist',
  PkgPath: 'app/node_modules/minimist/package.json',
  PkgIdentifier: { PURL: 'pkg:npm/minimist@1.2.5' },
  InstalledVersion: '1.2.5',
  FixedVersion: '1.2.6, 0.2.4',
  Status: 'fixed',
  SeveritySource: 'ghsa',
  PrimaryURL: 'https://avd.aquasec.com/nvd/cve-2021-44906',
  DataSource: {
    ID: 'ghsa',
    Name: 'GitHub Security Advisory npm',
    URL: 'https://github.com/advisories?query=type%3Areviewed+ecosystem%3Anpm',
  },
  Title: 'minimist: prototype pollution',
  Description:
    'Minimist <=1.2.5 is vulnerable to Prototype Pollution via file index.js, function setKey() (lines 69-95).',
  Severity: 'CRITICAL',
  CweIDs: ['CWE-1321'],
  CVSS: { nvd: { V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', V3Score: 9.8 } },
  References: [
    'https://github.com/advisories/GHSA-xvch-5gv4-984h',
    'https://nvd.nist.gov/vuln/detail/CVE-2021-44906',
  ],
  PublishedDate: '2022-03-17T16:15:07.51Z',
  LastModifiedDate: '2024-11-21T06:31:42.117Z',
};
