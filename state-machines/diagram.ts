/** Draws the state machine as a page of the documentation: the flow as a Mermaid diagram, the errors as a table. */
import { spoken } from '../core/duration.ts';
import { waysOut } from './dataflow.ts';
import type { Definition, State } from './definition.ts';
import { type Comparison, codeOf, isReference, type Reference } from './references.ts';

type Task = Extract<State, { Type: 'Task' }>;

export function drawPage({ Comment, StartAt, States }: Definition): string {
  const states = Object.entries(States);
  const tasks = states.flatMap(([name, state]) => (state.Type === 'Task' ? [row(name, state)] : []));
  return `<!-- Generated from state-machines/deploy.asl.json by \`npm run generate\`. -->

# The deploy state machine

${Comment ?? ''}. Boxes are Lambda steps; a double frame waits for an answer from outside. Arrows say what was found;
dotted ones are errors. What no arrow shows is in the last column below.

\`\`\`mermaid
flowchart TD
  start((push)) --> ${StartAt}
${flow(States)
  .map((line) => `  ${line}\n`)
  .join('')}\`\`\`

| step | what it does | at most | tried again for | any other error leads to |
| --- | --- | --- | --- | --- |
${tasks.join('\n')}

Every step is tried again for lost connections, 5xx and faults of Lambda itself: that is \`Transient\`. Where AWS throttles, it
waits for its turn, for hours if need be: that is \`Throttled\`.
An execution that is stopped by hand or runs out of time takes no arrow at all.
`;
}

/** Boxes and arrows. What only an unshown error leads to is not shown either. */
function flow(States: Definition['States']): string[] {
  const folded = foldedChoices(States);
  const arrow = (from: string, found: string[], to: string): string[] => {
    const choice = folded.has(to) ? States[to] : undefined;
    if (choice?.Type === 'Choice')
      return ways(choice).flatMap((way) => arrow(from, [...found, way.found], way.to));
    return [`${from} -->${found.length > 0 ? `|"${found.join(', ')}"|` : ''} ${to}`];
  };
  const shown = Object.entries(States).filter(([name]) => !folded.has(name));
  const arrows = shown.flatMap(([name, state]) => {
    if (state.Type === 'Choice') return ways(state).flatMap(({ found, to }) => arrow(name, [found], to));
    const onward = 'Next' in state ? arrow(name, [], state.Next) : [];
    return state.Type === 'Task' ? [...onward, ...dotted(name, state)] : onward;
  });
  const boxes = shown.filter(([name]) => arrows.some((line) => line.split(' ').includes(name)));
  return [...boxes.map(([name, state]) => name + shape(name, state)), ...arrows];
}

function dotted(name: string, { Catch }: Task): string[] {
  const own = Catch.filter(({ ErrorEquals }) => !ErrorEquals.includes('States.ALL'));
  return own.map(({ ErrorEquals, Next }) => `${name} -. "${ErrorEquals.join(', ')}" .-> ${Next}`);
}

function shape(name: string, state: State): string {
  switch (state.Type) {
    case 'Task':
      return state.Resource.endsWith('.waitForTaskToken') ? `[[${name}]]` : `[${name}]`;
    case 'Choice':
      return `{${name}}`;
    case 'Wait':
      return `>wait ${time(state.Seconds)}]`;
    case 'Succeed':
      return `([${name}])`;
    case 'Fail':
      return `([${state.Error}, as an error])`;
    default:
      return `(${name})`;
  }
}

/** A choice that one way leads to needs no place of its own: its rules are arrows of the state before. */
function foldedChoices(States: Definition['States']): Set<string> {
  const targets = Object.values(States).flatMap((state) => [...new Set(waysOut(state).map(({ to }) => to))]);
  const choices = Object.keys(States).filter((name) => States[name]?.Type === 'Choice');
  return new Set(choices.filter((name) => targets.filter((to) => to === name).length === 1));
}

function ways({ Choices, Default }: Extract<State, { Type: 'Choice' }>) {
  const rules = Choices.map(({ Condition, Assign: { outcome }, Next }) => ({
    found: [phrase(Condition), ...(outcome ? [`ends ${outcome}`] : [])].join(': '),
    to: Next,
  }));
  return [...rules, { found: 'else', to: Default }];
}

const phrase = ({ reference, operator, literal }: Comparison) =>
  literal === true && operator === '='
    ? codeOf(reference)
    : `${codeOf(reference)} ${operator === '=' ? 'is' : 'is not'} ${literal}`;

function row(name: string, { Comment = '', TimeoutSeconds, Retry, Catch }: Task): string {
  const again = new Set(
    Retry.flatMap(({ ErrorEquals }) =>
      ErrorEquals.filter((error) => !/^(Lambda|Runtime|Sandbox)\./.test(error)),
    ),
  );
  const last = Catch.find(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
  return `| \`${name}\` | ${Comment} | ${time(TimeoutSeconds)} | ${[...again].map((error) => `\`${error}\``).join(', ')} | \`${last?.Next ?? ''}\` |`;
}

function time(seconds: number | Reference | undefined): string {
  return isReference(seconds) ? codeOf(seconds) : spoken(seconds ?? 0);
}
