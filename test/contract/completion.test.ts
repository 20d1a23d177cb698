/** `tidegate completion`: what it prints, a shell takes, and offers what there is. */
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { script, shells } from '../../cli/completion/scripts.ts';

const commands = {
  status: {
    summary: "what runs, and who's next",
    options: { watch: { type: 'boolean' } },
    arguments: ['service', 'environment'],
  },
  rollback: {
    summary: 'goes back',
    options: { reason: { type: 'string' } },
    arguments: ['service', 'environment'],
  },
  completion: { summary: 'this', options: {}, arguments: ['shell'] },
} as const;
const common = { json: { type: 'boolean' }, stage: { type: 'string' } } as const;

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

test.skipIf(!has('bash')).each([
  { typed: ['ro'], offers: ['rollback'] },
  { typed: ['status', ''], offers: ['my-api', 'my-worker'] },
  { typed: ['status', 'my-api', 'p'], offers: ['production'] },
  { typed: ['rollback', '--reason', 'because', 'my-w'], offers: ['my-worker'] },
  { typed: ['status', 'my-api', '--'], offers: ['--watch', '--json', '--stage'] },
  { typed: ['completion', 'f'], offers: ['fish'] },
])('bash offers $offers after $typed', async ({ typed, offers }) => {
  const program = `${script('bash', commands, common)}
tidegate() { [ "$3" ] && echo production || printf 'my-api\\nmy-worker\\n'; }
COMP_WORDS=(tidegate ${typed.map((word) => `"${word}"`).join(' ')})
COMP_CWORD=${typed.length}
_tidegate
printf '%s\\n' "\${COMPREPLY[@]}"`;

  const { stdout } = await promisify(execFile)('bash', ['-c', program]);

  expect(stdout.trim().split('\n')).toEqual(offers);
});

test.each(shells)('what %s gets, it can read', async (shell) => {
  const text = script(shell, commands, common);

  expect(text).toContain('rollback');
  if (has(shell)) await promisify(execFile)(shell, ['-n', '-c', text]);
});

test('the program prints all its commands', async () => {
  const program = fileURLToPath(new URL('../../bin/tidegate.mjs', import.meta.url));

  const { stdout } = await promisify(execFile)(process.execPath, [program, 'completion', 'bash']);

  for (const command of ['status', 'show', 'abort', 'pause', 'promote'])
    expect(stdout).toContain(`    ${command})`);
}, 60_000);
