/** Which variables are surely assigned when a state is entered, whatever way led there, and of which types they may be. */
import type { Definition, State } from './definition.ts';
import { type Literal, type Reference, typeOf } from './references.ts';

/** Each variable with the TypeScript types that it may have. */
export type Variables = ReadonlyMap<string, ReadonlySet<string>>;

/** A way out of a state and what it assigns: a Catch only the catcher's Assign, a choice rule only its own. */
export interface Way {
  to: string;
  assign: Record<string, Reference | Literal>;
}

export function waysOut(state: State): Way[] {
  if (!('Next' in state || 'Default' in state)) return [];
  const others = 'Catch' in state ? state.Catch : 'Choices' in state ? state.Choices : [];
  const ways = others.map(({ Next, Assign }) => ({ to: Next, assign: Assign }));
  return [{ to: 'Next' in state ? state.Next : state.Default, assign: state.Assign }, ...ways];
}

/** What holds when each state is entered. Throws for a way that leads nowhere and for a state that no way leads to. */
export function dataflow({ StartAt, States }: Definition): Map<string, Variables> {
  const entered = new Map<string, Variables>([[StartAt, new Map()]]);
  const open = [StartAt];
  for (const name of open) {
    const state = States[name];
    if (!state) throw new Error(`there is no state ${name}, but a way leads to it`);
    for (const { to, assign } of waysOut(state)) {
      const seen = entered.get(to);
      const left = leaving(name, entered.get(name), assign);
      const both = seen ? meet(seen, left) : left;
      // Variables only get fewer and their types only more, so this comes to rest.
      if (seen?.size === both.size && types(seen) === types(both)) continue;
      entered.set(to, both);
      open.push(to);
    }
  }
  const lost = Object.keys(States).filter((name) => !entered.has(name));
  if (lost.length > 0) throw new Error(`no way leads to ${lost.join(', ')}`);
  return entered;
}

function leaving(state: string, variables: Variables = new Map(), assign: Way['assign']): Variables {
  const assigned = Object.entries(assign).map(
    ([name, value]) => [name, new Set([typeOf(state, value)])] as const,
  );
  return new Map([...variables, ...assigned]);
}

function meet(one: Variables, other: Variables): Variables {
  const shared = [...one].flatMap(([name, types]) => {
    const more = other.get(name);
    return more ? [[name, types.union(more)] as const] : [];
  });
  return new Map(shared);
}

const types = (variables: Variables) => [...variables.values()].reduce((sum, { size }) => sum + size, 0);
