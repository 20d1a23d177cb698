/** What leads where in a state machine, and which way through it is the straight one. */
import type { Definition, StateDefinition } from './definition.ts';

export interface Way {
  from: string;
  to: string;
  kind: 'next' | 'choice' | 'catch';
  /** When it is taken, in a few words; empty where it always is, or otherwise. */
  label: string;
  /** A catcher of whatever error: nearly every state has one. */
  anyError: boolean;
  /** Leads to where the execution has been already. */
  back: boolean;
}

/** Every pair of states once, in the order of the definition. */
export function waysOf({ StartAt, States }: Definition): Way[] {
  const ways = new Map<string, Way>();
  for (const [from, state] of Object.entries(States)) {
    for (const way of waysOut(state)) {
      const key = `${from} ${way.to} ${way.kind === 'catch'}`;
      const known = ways.get(key);
      if (!known) ways.set(key, { ...way, from, back: false });
      else if (known.label && way.label) known.label = `${known.label}, ${way.label}`;
    }
  }
  const all = [...ways.values()].filter(({ to }) => Object.hasOwn(States, to));
  markBack(StartAt, all);
  return all;
}

function waysOut({ Next, Default, Choices = [], Catch = [] }: StateDefinition): Omit<Way, 'from' | 'back'>[] {
  const always = { label: '', anyError: false };
  return [
    ...Choices.map((rule) => ({
      ...{ to: rule.Next, kind: 'choice' as const },
      ...{ label: shortCondition(rule.Condition ?? ''), anyError: false },
    })),
    ...(Default ? [{ to: Default, kind: 'choice' as const, ...always }] : []),
    ...(Next ? [{ to: Next, kind: 'next' as const, ...always }] : []),
    ...Catch.map(({ ErrorEquals, Next: to }) => ({
      ...{ to, kind: 'catch' as const },
      label: ErrorEquals.map((error) => error.replace(/^States\./, '')).join(', '),
      anyError: ErrorEquals.includes('States.ALL'),
    })),
  ];
}

/** `{% $scan.status = 'fail' %}` is `fail`, `{% $release.settings.approval = true %}` is `approval`. */
function shortCondition(condition: string): string {
  const [, literal] = /=\s*['"](.+?)['"]\s*%}$/.exec(condition) ?? [];
  const [, field] = /(\w+)\s*=\s*true\s*%}$/.exec(condition) ?? [];
  return literal ?? field ?? condition.replace(/^{%\s*|\s*%}$/g, '').slice(0, 24);
}

function markBack(startAt: string, ways: Way[]) {
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (state: string) => {
    open.add(state);
    for (const way of ways.filter(({ from }) => from === state)) {
      way.back = open.has(way.to);
      if (!way.back && !done.has(way.to)) visit(way.to);
    }
    open.delete(state);
    done.add(state);
  };
  visit(startAt);
}

/** States that something only gets to because another one failed. */
function recoveries(ways: readonly Way[]): Set<string> {
  const planned = new Set(ways.filter(({ kind }) => kind === 'next').map(({ from, to }) => `${from} ${to}`));
  const caught = ways.filter(
    ({ kind, from, to, back }) => kind === 'catch' && !back && !planned.has(`${from} ${to}`),
  );
  return new Set(caught.map(({ to }) => to));
}

/** The longest way from the start to a success on which nothing fails: every optional step is on it. */
export function mainLine({ StartAt, States }: Definition, ways: readonly Way[]): string[] {
  const avoided = recoveries(ways);
  const best = new Map<string, string[] | undefined>();
  const from = (state: string): string[] | undefined => {
    if (best.has(state)) return best.get(state);
    const onward = ways.filter((way) => way.from === state && way.kind !== 'catch' && !way.back);
    let rest: string[] | undefined =
      States[state]?.Type === 'Succeed' || isEnd(States[state]) ? [] : undefined;
    for (const { to } of onward) {
      const next = avoided.has(to) ? undefined : from(to);
      if (next && (!rest || next.length > rest.length)) rest = next;
    }
    const line = rest && [state, ...rest];
    best.set(state, line);
    return line;
  };
  return from(StartAt) ?? [StartAt];
}

const isEnd = (state: StateDefinition | undefined) =>
  state !== undefined && state.Type !== 'Fail' && !state.Next && !state.Choices && !state.Default;

export interface Place {
  /** 0 is the main line; further columns are to its right. */
  column: number;
  /** From the top; a state between two rows has a half one. */
  row: number;
}

/**
 * The main line straight down; what waits and goes back beside it in column 1; what takes another way in column 2, below
 * what leads to it; the other ends at the bottom, beside the end of the main line.
 */
export function places(definition: Definition, ways: readonly Way[]): Map<string, Place> {
  const { States } = definition;
  const line = mainLine(definition, ways);
  const onLine = new Set(line);
  const forward = ways.filter(({ back }) => !back);
  const out = (state: string) => forward.filter(({ from }) => from === state);
  const isLast = (state: string) => !onLine.has(state) && out(state).length === 0;
  const goesBack = (state: string) => isLast(state) && ways.some(({ from, back }) => from === state && back);

  const placed = new Map<string, Place>();
  const taken = new Set<string>();
  const put = (state: string, column: number, atLeast: number) => {
    let row = atLeast;
    while (taken.has(`${column} ${row}`)) row += 1;
    taken.add(`${column} ${row}`);
    placed.set(state, { column, row });
  };

  const inOrder = sorted(definition, forward);
  for (const state of inOrder.filter((name) => !isLast(name))) {
    const own = onLine.has(state);
    const before = forward
      .filter(({ to }) => to === state)
      .flatMap(({ from }) => {
        const place = placed.get(from);
        // From the main line aside, a way may be level.
        return place ? [place.row + (!own && place.column === 0 ? 0 : 1)] : [];
      });
    put(state, own ? 0 : 2, Math.max(0, ...before));
  }

  const bottom = placed.get(line.at(-1) ?? '')?.row ?? 0;
  const others = Object.keys(States).filter((name) => isLast(name) && !goesBack(name));
  others.forEach((state, index) => {
    put(state, index % 2 === 0 ? 1 : 2, bottom);
  });
  const rowOf = (state: string) => placed.get(state)?.row ?? 0;
  const furthest = (state: string) =>
    Math.min(...ways.filter(({ from }) => from === state).map(({ to }) => rowOf(to)));
  // Who goes back further has the column where nothing is in its way.
  for (const state of Object.keys(States)
    .filter(goesBack)
    .toSorted((one, other) => furthest(one) - furthest(other))) {
    const before = ways.find(({ to }) => to === state);
    const row = (placed.get(before?.from ?? '')?.row ?? 0) - 0.5;
    // Two that one state leads to stand side by side.
    put(state, taken.has(`1 ${row}`) ? 2 : 1, row);
  }
  return placed;
}

/** Every state after all that lead to it; what nothing leads to comes last. */
function sorted({ StartAt, States }: Definition, forward: readonly Way[]): string[] {
  const done = new Set<string>();
  const order: string[] = [];
  const visit = (state: string) => {
    if (done.has(state)) return;
    done.add(state);
    for (const { to } of forward.filter(({ from }) => from === state).toReversed()) visit(to);
    order.unshift(state);
  };
  visit(StartAt);
  return [...order, ...Object.keys(States).filter((name) => !done.has(name))];
}
