import { describe, expect, test } from 'vitest';
import { inTurns } from '../../functions/in-turns.ts';

/** What is looked at, sweep by sweep, of things that are named by a letter each. */
function sweeps() {
  const marks = new Map<string, string>();
  const turns = {
    last: async (of: string) => marks.get(of),
    mark: async (of: string, last: string) => void marks.set(of, last),
  };
  const failures: string[] = [];
  return {
    turns,
    failures,
    /** Looks at two of them together; has time for as many looks as are said. */
    async sweep(
      letters: string,
      { looks = Infinity, look = (_some: string[]): Promise<unknown> => Promise.resolve() } = {},
    ) {
      const seen: string[] = [];
      const reached = await inTurns(
        {
          aws: { turns } as never,
          attempt: async (what, work) => {
            try {
              return await work();
            } catch (error) {
              failures.push(`${what}: ${(error as Error).message}`);
              return undefined;
            }
          },
        },
        {
          of: 'letters',
          items: new Map([...letters].map((letter) => [letter, letter])),
          size: 2,
          goOn: () => seen.length < looks * 2,
          look: (some) => {
            seen.push(...some);
            return look(some);
          },
        },
      );
      expect(reached).toBe(seen.length);
      return seen.join('');
    },
  };
}

describe('a sweep in turns', () => {
  test('looks at all of them once, where there is time', async () => {
    expect(await sweeps().sweep('bcade')).toBe('abcde');
  });

  test('goes on behind those that the one before it reached, round and round', async () => {
    const { sweep } = sweeps();

    expect(await sweep('abcde', { looks: 1 })).toBe('ab');
    expect(await sweep('abcde', { looks: 1 })).toBe('cd');
    expect(await sweep('abcde', { looks: 2 })).toBe('eabc');
    expect(await sweep('abcde')).toBe('deabc');
  });

  test('looks at some even where there is no time', async () => {
    const { sweep } = sweeps();

    expect(await sweep('abcde', { looks: 0 })).toBe('ab');
    expect(await sweep('abcde', { looks: 0 })).toBe('cd');
  });

  test('does not begin again with what ended the one before it', async () => {
    const { sweep } = sweeps();
    void sweep('abcde', { look: () => new Promise(() => {}) });
    await new Promise(setImmediate);

    expect(await sweep('abcde', { looks: 1 })).toBe('cd');
  });

  test('goes on where what had the last turn is no more, and finds what is new', async () => {
    const { sweep } = sweeps();
    await sweep('abcde', { looks: 1 });

    expect(await sweep('acdefg')).toBe('cdefga');
  });

  test('goes on after a look that failed, and without the table', async () => {
    const { sweep, turns, failures } = sweeps();
    const no = async () => Promise.reject(new Error('no'));
    Object.assign(turns, { last: no, mark: no });

    expect(await sweep('abc', { look: no })).toBe('abc');
    expect(failures).toContain('letters: no');
  });

  test('remembers nothing where all are looked at together', async () => {
    const { sweep, turns } = sweeps();
    await sweep('ab');

    expect(await turns.last('letters')).toBeUndefined();
  });
});
