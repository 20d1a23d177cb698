/** The language of Logs Insights, as far as it goes here: filters of @message, and a count by time. */
import { AwsError } from '../aws-service.ts';

export interface CountQuery {
  matches(message: string): boolean;
  binMs: number;
  /** As rows call them. */
  binField: string;
  countField: string;
}

const filterPattern =
  /^filter\s+@message\s+(?<not>not\s+)?like\s+(?:\/(?<expression>.+)\/|"(?<text>[^"]+)"|'(?<quoted>[^']+)')$/;
const statsPattern =
  /^stats\s+count\(\*?\)(?:\s+as\s+(?<name>[A-Za-z]\w*))?\s+by\s+(?<bin>bin\((?<size>\d+)(?<unit>[smhd])\))$/;
const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Of Insights: more of a unit is taken for less. */
const most = { s: 60, m: 60, h: 24, d: 3 } as const;

/** Throws `MalformedQueryException`, as AWS does, of whatever is not known here. */
export function parseQuery(text: string): CountQuery {
  const commands = commandsOf(text);
  const filters = commands.slice(0, -1).map(filterOf);
  const {
    name = 'count(*)',
    bin = '',
    size = '',
    unit = '',
  } = statsPattern.exec(commands.at(-1) ?? '')?.groups ?? {};
  if (!bin || !(unit in units)) throw malformed(commands.at(-1) ?? '');
  const kind = unit as keyof typeof units;
  if (Number(size) < 1 || Number(size) > most[kind]) throw malformed(bin);
  return {
    matches: (message) => filters.every((filter) => filter(message)),
    binMs: Number(size) * units[kind],
    binField: bin,
    countField: name,
  };
}

/** Divided by `|`, but for those within an expression or a text. */
function commandsOf(text: string): string[] {
  const parts = text.match(/(?:\/(?:\\.|[^/\\])*\/|"[^"]*"|'[^']*'|[^|/"'])+/g) ?? [];
  if (parts.join('|') !== text) throw malformed(text);
  return parts.map((part) => part.trim());
}

function filterOf(command: string): (message: string) => boolean {
  const { not, expression, text, quoted } = filterPattern.exec(command)?.groups ?? {};
  const literal = text ?? quoted;
  if (expression === undefined && literal === undefined) throw malformed(command);
  const isLike =
    literal === undefined ? tester(expression ?? '') : (message: string) => message.includes(literal);
  return (message) => isLike(message) !== (not !== undefined);
}

function tester(expression: string): (message: string) => boolean {
  try {
    // `(?i)` in front is Java's way to say it.
    const insensitive = expression.startsWith('(?i)');
    const pattern = new RegExp(
      insensitive ? expression.slice('(?i)'.length) : expression,
      insensitive ? 'i' : '',
    );
    return (message) => pattern.test(message);
  } catch {
    throw malformed(expression);
  }
}

const malformed = (part: string) =>
  new AwsError(
    'MalformedQueryException',
    `unexpected symbol found at: ${part}: the local world knows filter @message like /…/ and | stats count(*) as name by bin(1m) only`,
  );
