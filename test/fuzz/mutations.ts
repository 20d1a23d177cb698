/** What can become of a report on its way: bytes that are lost, and documents that are nearly Trivy's. */

export type Random = () => number;

export interface Mutant {
  /** What was done to it. */
  how: string;
  text: string;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Where a value is, and what holds it. */
interface Place {
  holder: Json[] | { [name: string]: Json };
  key: string | number;
}

const below = (random: Random, limit: number) => Math.floor(random() * limit);
const oneOf = <Item>(random: Random, items: readonly Item[]): Item =>
  items[below(random, items.length)] as Item;

/** One to three changes of a report: of its text, or of its values. */
export function mutant(report: string, random: Random): Mutant {
  if (random() < 0.25) return changedText(report, random);
  const document = { root: JSON.parse(report) as Json };
  const done: string[] = [];
  for (let left = 1 + below(random, 3); left > 0; left -= 1) {
    const places = placesIn(document);
    if (places.length === 0) break;
    const place = oneOf(random, places);
    const [name, change] = oneOf(random, Object.entries(changes));
    change(place, random, places);
    done.push(`${name} at ${String(place.key)}`);
  }
  const text = JSON.stringify(document.root) ?? '';
  // A name that comes twice can only be written, not be held.
  if (random() < 0.2) return { how: [...done, 'a name twice'].join(', '), text: doubled(text, random) };
  return {
    how: done.join(', '),
    text: random() < 0.1 ? (JSON.stringify(document.root, null, 1) ?? '') : text,
  };
}

/** Those that hold findings, and those that say what one is, come as often as all others together. */
function placesIn(document: { root: Json }): Place[] {
  const found: Place[] = [];
  const visit = (holder: Place['holder']): void => {
    for (const key of Array.isArray(holder) ? holder.keys() : Object.keys(holder)) {
      found.push({ holder, key });
      const value = valueAt({ holder, key });
      if (typeof value === 'object' && value !== null) visit(value);
    }
  };
  visit(document);
  const holding = found.filter(({ key }) =>
    /^(root|Results|Vulnerabilities|Secrets|SchemaVersion)$/.test(String(key)),
  );
  const telling = found.filter(({ key }) =>
    /^(VulnerabilityID|RuleID|Severity|Status|FixedVersion|Class)$/.test(String(key)),
  );
  const times = (of: Place[]) => (of.length === 0 ? 0 : Math.ceil(found.length / 2 / of.length));
  const often = (of: Place[]) => Array.from({ length: Math.min(times(of), 500) }, () => of).flat();
  return [...found, ...often(holding), ...often(telling)];
}

const valueAt = ({ holder, key }: Place): Json | undefined => (holder as Record<string | number, Json>)[key];
const put = ({ holder, key }: Place, value: Json) => {
  (holder as Record<string | number, Json>)[key] = value;
};
function remove({ holder, key }: Place) {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

const odd: readonly Json[] = [
  ...[null, true, false, 0, -1, 2, 3, 1e308, '', '2', 'CRITICAL', 'critical', 'fixed', '\u0000', '\ud800'],
  ...[[], {}, [[]], [null], { Vulnerabilities: [] }, { length: 0 }, 'x'.repeat(5000)],
];
const spellings: readonly ((name: string) => string)[] = [
  (name) => name.toLowerCase(),
  (name) => name.toUpperCase(),
  (name) => `${name} `,
  (name) => ` ${name}`,
  (name) => `${name}s`,
  (name) => name.slice(0, -1),
  (name) => `${name}\u200b`,
  // Looks the same: a Cyrillic letter.
  (name) => name.replace(/e/, '\u0435'),
  () => '__proto__',
  () => 'constructor',
];

const changes: Record<string, (place: Place, random: Random, places: Place[]) => void> = {
  'taken away': remove,
  'something else': (place, random) => put(place, structuredClone(oneOf(random, odd))),
  'another spelling'(place, random) {
    const value = valueAt(place);
    if (Array.isArray(place.holder) || value === undefined) return;
    remove(place);
    Object.defineProperty(place.holder, oneOf(random, spellings)(String(place.key)), {
      ...{ value, enumerable: true, writable: true, configurable: true },
    });
  },
  'in a list'(place) {
    put(place, [valueAt(place) ?? null]);
  },
  'in an object'(place, random) {
    put(place, { [oneOf(random, ['Results', 'Vulnerabilities', 'report', ''])]: valueAt(place) ?? null });
  },
  emptied(place) {
    const value = valueAt(place);
    if (typeof value === 'object' && value !== null) put(place, Array.isArray(value) ? [] : {});
    else put(place, '');
  },
  'the first of it'(place) {
    const [first] = Object.values(valueAt(place) ?? {});
    if (first !== undefined) put(place, first);
  },
  'many times'(place) {
    const value = valueAt(place);
    if (Array.isArray(value)) put(place, Array.from({ length: 5 }, () => structuredClone(value)).flat());
  },
  'as a text'(place) {
    put(place, JSON.stringify(valueAt(place) ?? null));
  },
  'where something else is'(place, random, places) {
    const value = structuredClone(valueAt(place));
    if (value !== undefined) put(oneOf(random, places), value);
  },
};

/** A name once more, before its first value, which then counts, or at the end of the object, where the new one counts. */
function doubled(text: string, random: Random): string {
  const names = [...text.matchAll(/"(Results|Vulnerabilities|Secrets|Severity|Metadata|SchemaVersion)":/g)];
  if (names.length === 0) return text;
  const { index, 1: name } = oneOf(random, names);
  const value = oneOf(random, ['[]', 'null', '{}', '""', '"LOW"', '2']);
  if (random() < 0.4) return `${text.slice(0, index)}"${name}":${value},${text.slice(index)}`;
  const end = endOfHolder(text, index);
  return `${text.slice(0, end)},"${name}":${value}${text.slice(end)}`;
}

/** Where the object ends that holds what begins at `from`. */
function endOfHolder(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
    } else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return text.length;
}

function changedText(text: string, random: Random): Mutant {
  const at = below(random, text.length);
  const length = 1 + below(random, oneOf(random, [3, 30, 3000]));
  const [before, cut, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  const noise = Array.from({ length: Math.min(length, 30) }, () =>
    String.fromCharCode(below(random, 256)),
  ).join('');
  const single = ['"', '{', '}', '[', ']', ',', ':', '\\', '0', '\u0000', '\ufeff'];
  const ways: Record<string, () => string> = {
    'the end is lost': () => before,
    'the beginning is lost': () => cut + after,
    'a part is lost': () => before + after,
    'a part comes twice': () => before + cut + cut + after,
    'noise is in it': () => before + noise + after,
    'another character is in it': () => before + oneOf(random, single) + text.slice(at + 1),
    'a byte is another': () => {
      const bytes = Buffer.from(text);
      bytes[below(random, bytes.length)] = below(random, 256);
      return bytes.toString();
    },
    'it is in UTF-16': () => Buffer.from(text, 'utf16le').toString(),
    'it has a byte order mark': () => `\ufeff${text}`,
    'it comes twice': () => text + text,
    'it is in quotes': () => JSON.stringify(text),
    'a line of a log is before it': () => `INFO scanning\n${text}`,
  };
  const [how, way] = oneOf(random, Object.entries(ways));
  return { how, text: way() };
}
