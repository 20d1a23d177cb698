/**
 * Metric math, as far as a judge needs it: + − * / ^ and comparisons, numbers, ids, and the functions ABS, AVG, FILL, IF, MAX, MIN,
 * SUM. Of two series, points count where both have one; what divides by zero has no point.
 * Source: "Using math expressions with CloudWatch metrics" in CloudWatch's guide.
 */

/** By the start of the period. */
export type Series = ReadonlyMap<number, number>;
type Value = number | Series | Value[];
interface Given {
  of(id: string): Series;
  /** Starts of all the periods that are asked for. */
  periods: readonly number[];
}
type Evaluate = (given: Given) => Value;

export interface Expression {
  /** Of the metrics and expressions that it names. */
  ids: string[];
  /** Rejects what is no single time series, as GetMetricData without a search. */
  evaluate(given: Given): Series;
}

const tokenPattern = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z]\w*)|(>=|<=|==|!=|[-+*/^()[\],<>]))/y;

/** Throws an error that says what is wrong with it. */
export function parse(text: string): Expression {
  const tokens = tokensOf(text);
  const ids = new Set<string>();
  let at = 0;
  const next = () => tokens[at];
  const take = (wanted?: string) => {
    const token = tokens[at];
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new Error(wanted ? `${wanted} is expected` : 'it ends too early');
    at += 1;
    return token;
  };
  const binary = (lower: () => Evaluate, operators: readonly string[]) => (): Evaluate => {
    let left = lower();
    while (operators.includes(next() ?? '')) {
      const operator = operations[take()];
      const [one, other] = [left, lower()];
      if (operator) left = (series) => combined(operator, one(series), other(series));
    }
    return left;
  };
  const list = (end: string): Evaluate[] => {
    const items = [comparison()];
    while (next() === ',') {
      take();
      items.push(comparison());
    }
    take(end);
    return items;
  };
  const primary = (): Evaluate => {
    const token = take();
    if (token === '(') {
      const inner = comparison();
      take(')');
      return inner;
    }
    if (token === '[') {
      const items = list(']');
      return (series) => items.map((item) => item(series));
    }
    if (token === '-') {
      const inner = primary();
      return (series) => combined((a, b) => a * b, -1, inner(series));
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (!/^[A-Za-z]/.test(token)) throw new Error(`${token} is not expected`);
    if (next() === '(') {
      take();
      const given = list(')');
      const apply = functions[token];
      if (!apply) throw new Error(`the local world does not know the function ${token}`);
      return (series) =>
        apply(
          given.map((one) => one(series)),
          series.periods,
        );
    }
    if (!/^[a-z]/.test(token)) throw new Error(`${token} is no id: ids begin with a small letter`);
    ids.add(token);
    return (series) => series.of(token);
  };
  const power = binary(primary, ['^']);
  const product = binary(power, ['*', '/']);
  const sum = binary(product, ['+', '-']);
  const comparison: () => Evaluate = binary(sum, ['<', '>', '<=', '>=', '==', '!=']);

  const whole = comparison();
  if (at < tokens.length) throw new Error(`${tokens[at]} is not expected`);
  return {
    ids: [...ids],
    evaluate(given) {
      const value = whole(given);
      if (value instanceof Map) return value;
      throw new Error('it does not answer a time series');
    },
  };
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.trimEnd().length) {
    const start = tokenPattern.lastIndex;
    const [, number, word, sign] = tokenPattern.exec(text) ?? [];
    const token = number ?? word ?? sign;
    if (token === undefined) throw new Error(`${text.slice(start, start + 10)} is not understood`);
    tokens.push(token);
  }
  return tokens;
}

type Operation = (a: number, b: number) => number;
const operations: Readonly<Record<string, Operation>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
};

const isSeries = (value: Value | undefined): value is Series => value instanceof Map;

function combined(operation: Operation, one: Value, other: Value): Value {
  if (Array.isArray(one) || Array.isArray(other)) throw new Error('operators do not take lists');
  if (typeof one === 'number' && typeof other === 'number') return operation(one, other);
  const times = isSeries(one) ? one.keys() : (other as Series).keys();
  const at = (value: number | Series, time: number) => (typeof value === 'number' ? value : value.get(time));
  const points = [...times].flatMap((time): [number, number][] => {
    const [a, b] = [at(one, time), at(other, time)];
    const value = a === undefined || b === undefined ? Number.NaN : operation(a, b);
    return Number.isFinite(value) ? [[time, value]] : [];
  });
  return new Map(points);
}

/** Of a list the series of each time's values; of one series a number, as metric math has it. */
const over =
  (of: (values: number[]) => number) =>
  ([given]: Value[]): Value => {
    if (isSeries(given)) return given.size > 0 ? of([...given.values()]) : Number.NaN;
    if (!Array.isArray(given)) throw new Error('a list or a time series is expected');
    const all = given.filter(isSeries);
    const times = new Set(all.flatMap((series) => [...series.keys()]));
    return new Map([...times].map((time) => [time, of(all.flatMap((series) => series.get(time) ?? []))]));
  };

const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
const functions: Readonly<Record<string, (given: Value[], periods: readonly number[]) => Value>> = {
  ABS: ([given = 0]) => combined((value) => Math.abs(value), given, 0),
  SUM: over(total),
  AVG: over((values) => total(values) / values.length),
  MIN: over((values) => Math.min(...values)),
  MAX: over((values) => Math.max(...values)),
  IF([condition, yes = 0, no = 0]) {
    if (typeof condition === 'number') return condition ? yes : no;
    if (!isSeries(condition)) throw new Error('IF needs a condition');
    const pick = (value: Value, time: number) => (isSeries(value) ? value.get(time) : Number(value));
    return new Map(
      [...condition].flatMap(([time, holds]): [number, number][] => {
        const value = pick(holds ? yes : no, time);
        return value === undefined ? [] : [[time, value]];
      }),
    );
  },
  // A metric that nothing was ever published of has nothing to be filled.
  FILL([series, value], periods) {
    if (!isSeries(series) || typeof value !== 'number')
      throw new Error('the local world fills a time series with a number only');
    return series.size === 0 ? series : new Map(periods.map((time) => [time, series.get(time) ?? value]));
  },
};
