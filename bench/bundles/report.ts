/** The page of the bundles. */
import { type Part, parts } from './contents.ts';
import type { Started } from './start.ts';

export interface Weighed {
  name: string;
  bytes: number;
  gzip: number;
  clients: readonly string[];
  /** Of each start. */
  importMs: readonly number[];
}

export interface Called {
  name: string;
  answer: Started['answer'] | undefined;
  error: Started['error'] | undefined;
  /** Operations, in their order. */
  asked: readonly string[];
}

export interface Measured {
  starts: number;
  weighed: readonly Weighed[];
  called: readonly Called[];
  /** Names of what was weighed for comparison. */
  alone: readonly string[];
  parts: ReadonlyMap<string, Record<Part, number>>;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
};
/** The bundle of nothing but a function's clients. */
export const plain = (name: string) => `plain ${name}`;
const kb = (bytes: number) => Math.round(bytes / 1024);

export function report({ starts, weighed, called, alone, parts: partsOf }: Measured): string {
  const of = (name: string): Weighed => {
    const found = weighed.find((one) => one.name === name);
    if (!found) throw new Error(`${name} was not weighed`);
    return found;
  };
  const ms = (name: string) => median(of(name).importMs);
  const functions = [...partsOf.keys()];
  const bytes = (name: string) => of(name).bytes / of(plain(name)).bytes;
  // Each start against the one of the plain clients right after it: both were disturbed alike.
  const time = (name: string) =>
    median(of(name).importMs.map((took, round) => took / (of(plain(name)).importMs[round] ?? Number.NaN)));

  const rows = functions.map((name) => {
    const { clients, ...one } = of(name);
    return [
      ...[name, kb(one.bytes), kb(one.gzip), clients.join(', '), ms(name).toFixed(0)],
      ...[`${bytes(name).toFixed(2)} ×`, `${time(name).toFixed(2)} ×`],
    ];
  });
  const whole = (name: Part) => functions.map((one) => partsOf.get(one)?.[name] ?? 0);
  const partRows = (Object.keys(parts) as Part[]).map((name) => [
    ...[name, kb(Math.min(...whole(name))), kb(median(whole(name))), kb(Math.max(...whole(name)))],
  ]);
  const aloneRows = alone.map((name) => [name, kb(of(name).bytes), kb(of(name).gzip), ms(name).toFixed(1)]);
  const callRows = called.map(({ name, asked, answer, error }) => [
    ...[name, counted(asked), error ? `${error.name}: ${error.message}` : (answer ?? 'nothing')].map(cell),
  ]);

  return `# Bundles

Every function, bundled as SST 4.17.1 does it (\`bench/bundles/build.ts\`): one file of ESM for Node 24 with the SDK in it, minified,
names kept. Cold import is the time of \`import()\` in a new process of Node ${process.versions.node}, the median of ${starts}; Lambda's own start comes
before it. The two ratios are to a bundle of the same clients with the same commands and nothing else, started right after it.

    npm run bundle -- --starts ${starts}

${table(['function', 'KB', 'gzip', "the SDK's clients", 'cold import ms', 'size', 'import'], rows)}

- Size is at most ${Math.max(...functions.map(bytes)).toFixed(2)} × and import at most ${Math.max(...functions.map(time)).toFixed(2)} × of what the clients cost alone; medians ${median(functions.map(bytes)).toFixed(2)} × and ${median(functions.map(time)).toFixed(2)} ×.
- Milliseconds are those of the machine that ran this; ratios carry over.
- \`test/contract/bundles.test.ts\` holds that no bundle has a client that its function does not name, and what size may come to.

## What is in them

KB, in the function that has least of it, in the middle, and in the one with most.

${table(['', 'least', 'median', 'most'], partRows)}

- Of what comes to the clients, zod with the configuration is most, and it is not little: every schema is made at import. It is imported
  as a namespace; \`import { z }\` would bring five times as much.
- The credentials are for the most part only read, not run: the SDK loads what is for other places than Lambda where the environment has
  none, and what takes on a role in another account when the first one is taken on. They cannot be left out without replacing parts
  of the SDK.
- SSM's client is as large as three others: it has a class for each of its many errors.

The same libraries, each alone in a bundle:

${table(['', 'KB', 'gzip', 'import ms'], aloneRows)}

## Each called once

In a process of its own, against a server on this machine that has an empty table and one secret, and refuses all else: so each
answers for itself, and has reached AWS with the clients in its bundle. RunSmokeTests is asked about a service that nobody has, since
it would ask what is not on this machine.

${table(['function', 'asked for', 'answered'], callRows)}
`;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').slice(0, 160);

const counted = (asked: readonly string[]) =>
  [...Map.groupBy(asked, (operation) => operation)]
    .map(([operation, all]) => (all.length > 1 ? `${operation} (${all.length})` : operation))
    .join(', ');

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
