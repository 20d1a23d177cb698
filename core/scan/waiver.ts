/** Waivers: findings that may be deployed, for a reason, in the name of somebody, until a day. */
import type { Waiver } from '../config.ts';
import type { Finding } from './finding.ts';

const day = 86_400_000;

/** A waiver holds to the end of its last day, UTC. `now` in ms since the epoch. */
export function holds({ expires }: Waiver, now: number): boolean {
  return now < Date.parse(expires) + day;
}

/** Is the waiver about this finding? One that is limited to a package is not where the report does not name the package. */
export function concerns({ id, purl }: Waiver, finding: Finding): boolean {
  return id === finding.id && (purl === undefined || samePackage(purl, finding.purl));
}

/** What the wanted package URL leaves out, version or qualifiers, may be anything. */
function samePackage(wanted: string, found: string | undefined): boolean {
  if (found === undefined) return false;
  const [want, have] = [parts(wanted), parts(found)];
  return (
    want.name === have.name &&
    (want.version === undefined || want.version === have.version) &&
    [...want.qualifiers].every(([key, value]) => have.qualifiers.get(key) === value)
  );
}

function parts(purl: string) {
  const [path = '', query = ''] = (purl.split('#')[0] ?? '').split('?');
  const [, name = path, version] = /^(.+)@([^@/]+)$/.exec(path) ?? [];
  // In qualifiers `+` is no blank: Debian's versions are full of it.
  const qualifiers = new URLSearchParams(query.replaceAll('+', '%2B'));
  return { name: decoded(name), version: version && decoded(version), qualifiers };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
