/** Waivers: findings that may be deployed, for a reason, in the name of somebody, until a day. */
import * as z from 'zod';
import { matchesPath, pathPatternSchema } from './path-pattern.ts';

const day = 86_400_000;
const date = z.iso.date({ error: 'a date such as 2027-03-31' });
const purl = z.string().regex(/^pkg:/, { error: 'a package URL such as pkg:npm/minimist' });

/** Our own words, or those of an entry of `.trivyignore.yaml`; what we ask for beyond them is somebody who answers for it. */
export const waiverSchema = z
  .strictObject({
    /** The finding's identifier, such as CVE-2025-12345; of a secret its rule, such as private-key. */
    id: z.string().min(1),
    /** Only in this package; every package when absent. */
    purl: purl.optional(),
    purls: z.array(purl).optional(),
    /** Only at this path: a file of the image, or what the report calls its target. */
    path: pathPatternSchema.optional(),
    paths: z.array(pathPatternSchema).optional(),
    /** Only there; in every environment when absent. */
    environments: z.array(z.string()).min(1).optional(),
    /** Why the risk is taken. */
    statement: z.string().min(10, { error: 'say in a sentence why this finding may be deployed' }),
    owner: z.string().min(1, { error: 'name who answers for this waiver' }),
    /** The last day, UTC, on which it holds. */
    expires: date.optional(),
    /** As Trivy reads it: the first day, UTC, on which it does not hold. */
    expired_at: date.optional(),
  })
  .superRefine(({ expires, expired_at }, context) => {
    if ((expires === undefined) !== (expired_at === undefined)) return;
    const message =
      expires === undefined
        ? 'is missing: a waiver without a last day is never looked at again'
        : 'and expired_at are two ends: leave one of them out';
    context.addIssue({ code: 'custom', path: ['expires'], message });
  })
  .transform(
    ({ id, statement, owner, environments, ...of }): Waiver => ({
      ...{ id, statement, owner, environments },
      purls: [...(of.purls ?? []), ...(of.purl === undefined ? [] : [of.purl])],
      paths: [...(of.paths ?? []), ...(of.path === undefined ? [] : [of.path])],
      expires: of.expires ?? dayBefore(String(of.expired_at)),
    }),
  );

export interface Waiver {
  id: string;
  /** One of them, unless there is none. */
  purls: readonly string[];
  paths: readonly string[];
  environments?: readonly string[] | undefined;
  statement: string;
  owner: string;
  /** The last day, UTC, on which it holds. */
  expires: string;
}

/** Of a finding, what a waiver may be limited to. */
export interface Waivable {
  id: string;
  /** Package URL, as the scanner wrote it. */
  purl?: string | undefined;
  paths?: readonly string[] | undefined;
}

const dayBefore = (text: string) => new Date(Date.parse(text) - day).toISOString().slice(0, 10);

/** A waiver holds to the end of its last day, UTC. `now` in ms since the epoch. */
export function holds({ expires }: Waiver, now: number): boolean {
  return now < Date.parse(expires) + day;
}

/** Is the waiver about this finding? One that is limited to a package or path is not where the report does not name it. */
export function concerns({ id, purls, paths }: Waiver, finding: Waivable): boolean {
  if (id !== finding.id) return false;
  const { purl: found, paths: at = [] } = finding;
  return (
    (purls.length === 0 || purls.some((wanted) => samePackage(wanted, found))) &&
    (paths.length === 0 || paths.some((wanted) => at.some((path) => matchesPath(wanted, path))))
  );
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
