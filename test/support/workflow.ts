/** A GitHub Actions workflow as text: its jobs and steps by indentation. Not YAML, but strict about what it takes for it. */

export interface WorkflowStep {
  text: string;
  /** `owner/name@reference`. */
  uses?: string;
  /** The script, without its indentation. */
  run?: string;
}

export interface WorkflowJob {
  text: string;
  permissions: Record<string, string>;
  steps: WorkflowStep[];
}

/** Throws where the file is not laid out as the example is: two spaces a level, keys of a block below it. */
export function readWorkflow(file: string): { permissions: string; jobs: Record<string, WorkflowJob> } {
  const text = file.replace(/^ *#.*\n/gm, '');
  if (/\t|\r/.test(text)) throw new Error('a workflow has neither tabs nor carriage returns');
  const [, permissions] = /^permissions: *(.*)$/m.exec(text) ?? [];
  const [, body] = /^jobs:\n((?:(?: .*)?\n)*)/m.exec(text) ?? [];
  if (permissions === undefined || body === undefined) throw new Error('no permissions, or no jobs');
  return {
    permissions,
    jobs: Object.fromEntries(blocks(body, 2).map(([name, block]) => [name, job(block)])),
  };
}

function job(text: string): WorkflowJob {
  const [, permissions = ''] = /^ {4}permissions:\n((?: {6}.*\n)*)/m.exec(text) ?? [];
  const [, steps = ''] = /^ {4}steps:\n((?:(?: {6}.*)?\n)*)/m.exec(text) ?? [];
  return {
    text,
    permissions: Object.fromEntries(
      [...permissions.matchAll(/^ {6}([a-z-]+): ([a-z]+)(?: #.*)?$/gm)].map(([, key, value]) => [key, value]),
    ),
    steps: steps
      .split(/^ {6}(?=- )/m)
      .filter((each) => each.trim() !== '')
      .map(step),
  };
}

function step(text: string): WorkflowStep {
  const [, uses] = /^(?:- | {8})uses: (\S+)/m.exec(text) ?? [];
  const [, line, block] = /^(?:- | {8})run: (?:\|\n((?:(?: {10}.*)?\n)*)|(.*))/m.exec(text) ?? [];
  const run = line?.replace(/^ {10}/gm, '') ?? block;
  return { text, ...(uses && { uses }), ...(run && { run }) };
}

/** `name: block` for each key at this indentation. */
function blocks(text: string, indentation: number): [string, string][] {
  const parts = text.split(new RegExp(`^ {${indentation}}([a-z-]+):\\n`, 'm'));
  const [before = '', ...rest] = parts;
  if (before.trim() !== '') throw new Error(`not a job: ${before}`);
  return Array.from({ length: rest.length / 2 }, (_, at) => [rest[2 * at] ?? '', rest[2 * at + 1] ?? '']);
}
