/** A JSON value as lines of pieces, each of a kind. */

export interface Piece {
  kind: 'plain' | 'key' | 'string' | 'other';
  text: string;
}

const lineWidth = 72;

export function lines(value: unknown): Piece[][] {
  return linesOf(value, '', '');
}

function linesOf(value: unknown, indent: string, comma: string): Piece[][] {
  const short = JSON.stringify(value);
  if (!isTree(value) || (isFlat(value) && short.length + indent.length <= lineWidth) || short.length <= 2) {
    return [[...inline(value), plain(comma)]];
  }
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const entries: [string | undefined, unknown][] = isList
    ? value.map((item) => [undefined, item])
    : Object.entries(value);
  const inner = entries.flatMap(([key, item], index) => {
    const [first = [], ...rest] = linesOf(item, deeper, index < entries.length - 1 ? ',' : '');
    const name: Piece[] = key === undefined ? [] : [{ kind: 'key', text: JSON.stringify(key) }, plain(': ')];
    return [[plain(deeper), ...name, ...first], ...rest];
  });
  return [[plain(isList ? '[' : '{')], ...inner, [plain(`${indent}${isList ? ']' : '}'}${comma}`)]];
}

function inline(value: unknown): Piece[] {
  if (Array.isArray(value)) {
    const items = value.flatMap((item, index) => [...(index > 0 ? [plain(', ')] : []), ...inline(item)]);
    return [plain('['), ...items, plain(']')];
  }
  if (isTree(value)) return [plain(JSON.stringify(value))];
  return [
    { kind: typeof value === 'string' ? 'string' : 'other', text: JSON.stringify(value) ?? 'undefined' },
  ];
}

const plain = (text: string): Piece => ({ kind: 'plain', text });
const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;
/** A list of nothing but simple values, or of such lists. */
const isFlat = (value: object): boolean =>
  Array.isArray(value) && value.every((item) => !isTree(item) || isFlat(item));
