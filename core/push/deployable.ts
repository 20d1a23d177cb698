/** Which tags deploy. */

/** Tags that tools push beside an image, whatever it is called: signatures and attestations, SOCI indexes. */
const toolTags: [RegExp, string][] = [
  [/^sha256-[0-9a-f]{64}/, 'belongs to a signature or attestation (cosign)'],
  [/-soci$/, 'belongs to a SOCI index'],
];

/** Why a tag can never be a version of a service, as the end of a sentence. */
export function toolTag(tag: string): string | undefined {
  return toolTags.find(([pattern]) => pattern.test(tag))?.[1];
}

export type Deployable =
  | {
      yes: true;
      /** What whoever is told of the release should know, as a sentence. */
      warning?: string;
    }
  | { yes: false; reason: string };

/**
 * Does a push of this tag deploy, for a pattern in which `*` stands for any text, also none? Case counts.
 * `latest`: whether the service asks for pushes of `latest`, whatever its pattern is.
 */
export function deployable(tag: string, pattern: string, latest = false): Deployable {
  if (tag === 'latest')
    return latest
      ? { yes: true, warning: 'deployed as latest, which says nothing about which version it is' }
      : { yes: false, reason: 'latest never deploys: it says nothing about which version it is' };
  const tool = toolTag(tag);
  if (tool) return { yes: false, reason: `the tag ${tag} ${tool}` };
  if (!matches(tag, pattern)) return { yes: false, reason: `the tag ${tag} does not match ${pattern}` };
  return { yes: true };
}

// Not a regular expression: `*-*-*-*` would backtrack without end.
function matches(tag: string, pattern: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  if (end === undefined) return tag === pattern;
  if (!tag.startsWith(start) || !tag.endsWith(end) || tag.length < start.length + end.length) return false;
  let rest = tag.slice(start.length, tag.length - end.length);
  for (const part of parts) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return true;
}
