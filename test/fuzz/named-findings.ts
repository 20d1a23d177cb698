/**
 * What a document names as findings, wherever they are in it: read by a parser of its own, which keeps a name that comes
 * twice, and by no schema. What the gate's reader overlooks, this one sees.
 */

/** An object with every field that it was written with, in their order. */
interface Written {
  fields: [name: string, value: Value][];
}
type Value = Written | Value[] | string | number | boolean | null;

export interface NamedFinding {
  kind: 'vulnerability' | 'secret';
  severity: unknown;
  fixable: boolean;
}

/** Of valid JSON. What Trivy was told to leave out is none. */
export function namedFindings(text: string): NamedFinding[] {
  const found: NamedFinding[] = [];
  const visit = (value: Value): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null) {
      const last = (name: string) => value.fields.findLast(([each]) => each === name)?.[1];
      const has = (name: string) => value.fields.some(([each]) => each === name);
      if (has('VulnerabilityID') || has('RuleID')) {
        const [status, version] = [last('Status'), last('FixedVersion')];
        found.push({
          kind: has('VulnerabilityID') ? 'vulnerability' : 'secret',
          severity: last('Severity'),
          fixable: status ? status === 'fixed' : Boolean(version),
        });
      }
      for (const [name, inside] of value.fields) if (name !== 'ExperimentalModifiedFindings') visit(inside);
    }
  };
  visit(read(text));
  return found;
}

const token = /\s*([[\]{},:]|"(?:[^"\\]|\\.)*"|[^\s[\]{},:"]+)/gy;

function read(text: string): Value {
  token.lastIndex = 0;
  const next = () => token.exec(text)?.[1] ?? '';
  let now = next();
  const step = () => {
    const before = now;
    now = next();
    return before;
  };
  function value(): Value {
    const first = step();
    if (first === '[') {
      const items: Value[] = [];
      while (now !== ']') {
        items.push(value());
        if (now === ',') step();
      }
      step();
      return items;
    }
    if (first === '{') {
      const fields: Written['fields'] = [];
      while (now !== '}') {
        const name = JSON.parse(step()) as string;
        step(); // the colon
        fields.push([name, value()]);
        if (now === ',') step();
      }
      step();
      return { fields };
    }
    return JSON.parse(first) as string | number | boolean | null;
  }
  return value();
}
