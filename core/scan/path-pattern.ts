/** Patterns for paths, as `.trivyignore.yaml` has them: `*`, `?`, `[a-z]` within a name, `**` for any folders, `{a,b}` anywhere. */
import * as z from 'zod';

export const pathPatternSchema = z
  .string()
  .min(1)
  .max(200)
  .refine((pattern) => !pattern.includes('\\') && (pattern.match(/\{/g) ?? []).length <= 4, {
    error: 'a pattern such as app/**/*.json: no \\, and at most four {a,b}',
    abort: true,
  })
  .refine(isPattern, { error: 'a pattern such as app/[a-z]*.json' });

/** Longer paths come from no image, and nobody waits for them. */
const longestPath = 1000;

/** In as many steps as pattern and path are long, taken together, and not more: paths are what strangers wrote. */
export function matchesPath(pattern: string, path: string): boolean {
  if (path.length > longestPath) return false;
  const names = namesIn(path);
  return alternatives(pattern).some((each) => follows(namesIn(each), names, '**', matchesName));
}

const matchesName = (pattern: string, name: string) => follows(partsOf(pattern), [...name], '*', matchesPart);

function matchesPart(part: string, character: string): boolean {
  if (part === '?') return true;
  return part.length > 2 ? classOf(part).test(character) : part === character;
}

/** `many` stands for any number of what was found, each other one for one that it matches. */
function follows(
  wanted: readonly string[],
  found: readonly string[],
  many: string,
  matches: (wanted: string, found: string) => boolean,
): boolean {
  /** How many may have been found by now. */
  let reached = [0];
  for (const each of wanted) {
    const [least = found.length + 1] = reached;
    reached =
      each === many
        ? Array.from({ length: Math.max(0, found.length + 1 - least) }, (_, index) => least + index)
        : reached.flatMap((at) => (at < found.length && matches(each, found[at] ?? '') ? at + 1 : []));
  }
  return reached.at(-1) === found.length;
}

/** Some scanners write the root, some do not. */
const namesIn = (path: string) => path.replace(/^\//, '').split('/');
const partsOf = (name: string) => name.match(/\[[!^]?[^\]]+\]|./gsu) ?? [];

/** Throws where it is none. */
const classOf = (part: string) =>
  new RegExp(`[${part.slice(1, -1).replace(/^!/, '^').replaceAll('[', '\\[')}]`, 'u');

/** `a{b,c}` as `ab` and `ac`. */
function alternatives(pattern: string): string[] {
  const [, before, choices, after] = /^(.*?)\{([^{}]*)\}(.*)$/su.exec(pattern) ?? [];
  if (choices === undefined) return [pattern];
  return choices.split(',').flatMap((choice) => alternatives(`${before}${choice}${after}`));
}

function isPattern(pattern: string): boolean {
  try {
    for (const part of alternatives(pattern).flatMap(partsOf)) if (part.length > 2) classOf(part);
    return true;
  } catch {
    return false;
  }
}
