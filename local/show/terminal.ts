/** The terminal as people see it: lines that stay, and where it is a terminal, one at the bottom that changes. */
import type { WriteStream } from 'node:tty';

export interface Terminal {
  /** A line that stays. */
  say(text?: string): void;
  /** What the changing line says from now on; empty removes it. Not shown where the output is no terminal. */
  now(text: string): void;
  /** Words as well as colour: nothing is said by colour alone. */
  paint(colour: Colour, text: string): string;
}

export type Colour = keyof typeof codes;

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34 } as const;

export function terminal(out: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>, noColour: boolean): Terminal {
  const live = out.isTTY === true;
  const colourful = live && !noColour;
  let current = '';

  const erase = () => live && current && out.write('\r\u001b[K');
  const draw = () => live && current && out.write(current.slice(0, Math.max(20, (out.columns ?? 80) - 1)));

  return {
    say(text = '') {
      erase();
      out.write(`${text}\n`);
      draw();
    },
    now(text) {
      erase();
      current = text;
      draw();
    },
    paint: (colour, text) => (colourful ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text),
  };
}

/** Breaks a text into lines of at most `width` characters, at blanks where there are any. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text.replace(/\s+/g, ' ').trim();
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const at = blank > width / 2 ? blank : width;
    lines.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
