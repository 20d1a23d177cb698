/**
 * Writes what follows from the state machine: its type contract, and its page in the documentation.
 * `npm run generate`; with `-- --check` nothing is written, and a stale file is an error.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { readDefinition } from './definition.ts';
import { drawPage } from './diagram.ts';
import { writeContract } from './write-contract.ts';

const file = (path: string) => new URL(`../${path}`, import.meta.url);

/** Each generated file with the text that it should have. Throws where the state machine breaks the house rules. */
export function generated(asl: unknown): Record<string, string> {
  const definition = readDefinition(asl);
  return {
    'state-machines/deploy.contract.ts': writeContract(definition),
    'docs/state-machine.md': drawPage(definition),
  };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(file(path), 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const check = process.argv.includes('--check');
  for (const [path, text] of Object.entries(
    generated(JSON.parse(readFileSync(file('state-machines/deploy.asl.json'), 'utf8'))),
  )) {
    if (read(path) === text) continue;
    if (check) {
      console.error(`${path} is stale: run \`npm run generate\` and commit what it writes`);
      process.exitCode = 1;
    } else writeFileSync(file(path), text);
  }
}
