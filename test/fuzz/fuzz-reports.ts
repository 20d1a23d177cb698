/** Many mutants of the real reports, each checked. The same seed makes the same ones. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../support/seeded.ts';
import { type Checked, checkMutant } from './check-mutant.ts';
import { mutant } from './mutations.ts';

const folder = join(import.meta.dirname, '../fixtures/trivy');
/** One is most of the time of a round, and has little that others have not. */
const large = 200_000;

export interface Fuzzed {
  inputs: number;
  ends: Record<Checked['end'], number>;
  /** With what makes each again. */
  wrong: string[];
}

export function fuzzReports({ inputs, seed }: { inputs: number; seed: number }): Fuzzed {
  const reports = readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'index.json')
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  const small = reports.filter(({ text }) => text.length < large);
  const ends: Fuzzed['ends'] = { refused: 0, fail: 0, pass: 0 };
  const wrong: string[] = [];
  for (let input = 0; input < inputs; input += 1) {
    const random = seeded(seed * 1_000_003 + input);
    const among = input % 100 === 99 ? reports : small;
    const { file, text } = among[Math.floor(random() * among.length)] ?? { file: '', text: '' };
    const { how, text: mutated } = mutant(text, random);
    const said = `input ${input} of seed ${seed}, ${file} with ${how}`;
    try {
      const checked = checkMutant(mutated);
      ends[checked.end] += 1;
      wrong.push(...checked.wrong.map((each) => `${said}: ${each}`));
    } catch (error) {
      wrong.push(`${said}: ${(error as Error).stack}`);
    }
  }
  return { inputs, ends, wrong };
}
