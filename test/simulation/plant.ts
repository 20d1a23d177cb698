/** Plants an error in a file of this process: modules that are loaded afterwards have it. The file itself stays as it is. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import type { Mutant } from './mutants.ts';

export const root = new URL('../../', import.meta.url);

export function plant(mutant: Mutant): void {
  const target = new URL(mutant.file, root).href;
  registerHooks({
    load(url, context, nextLoad) {
      if (url.split('?')[0] !== target) return nextLoad(url, context);
      const loaded = nextLoad(url, context);
      return { ...loaded, source: mutated(mutant), shortCircuit: true };
    },
  });
}

/** The file's text with the error in it. Throws where the file has no such place, or several. */
export function mutated({ name, file, find, replace }: Mutant): string {
  const text = readFileSync(new URL(file, root), 'utf8');
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`mutant "${name}": ${file} has ${places} places like: ${find}`);
  return text.replace(find, () => replace);
}
