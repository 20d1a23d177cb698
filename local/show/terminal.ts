/** The terminal as people see it: lines that stay, and where it is a terminal, one at the bottom that changes. */
import type { WriteStream } from 'node:tty';

export interface Terminal {
  /** A line that stays. */
  say(text?: string): void;
  /** A text behind `head`, which is `indent` wide, broken at the terminal's width; further lines begin below the first. */
  tell(head: string, indent: number, text: string, colour?: Colour): void;
  /** What the changing line says from now on; empty removes it. Not shown where the output is no terminal. */
  now(text: string): void;
  /** Words as well as colour: nothing is said by colour alone. */
  paint(colour: Colour, text: string): string;
}

export type Colour = keyof typeof codes;

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34 } as const;

/** Where nobody says how wide it is: in a file, in a log of CI. */
const widthOfNoTerminal = 100;
/** Narrower columns cannot be read. */
const narrowest = 24;

export function terminal(out: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>, noColour: boolean): Terminal {
  const live = out.isTTY === true;
  const colourful = live && !noColour;
  let current = '';

  const erase = () => live && current && out.write('\r\u001b[K');
  const draw = () => live && current && out.write(current.slice(0, Math.max(20, (out.columns ?? 80) - 1)));
  const width = () => (live && out.columns) || widthOfNoTerminal;
  const paint = (colour: Colour, text: string) =>
    colourful ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
  const say = (text = '') => {
    erase();
    out.write(`${text}\n`);
    draw();
  };

  return {
    say,
    tell(head, indent, text, colour) {
      const lines = wrapped(text, Math.max(narrowest, width() - indent));
      lines.forEach((line, index) => {
        const painted = colour ? paint(colour, line) : line;
        say((index === 0 ? head : ' '.repeat(indent)) + painted);
      });
    },
    now(text) {
      erase();
      current = text;
      draw();
    },
    paint,
  };
}

/** `1 500` is one number, and a number stays with its unit. */
const betweenWords = /(?<!\d)[ \t\r\n]+|[ \t\r\n]+(?!\d{3}\b|%|(?:s|ms|min|h)\b)/;

/** Breaks a text at blanks into lines of at most `width` characters; only a word that is longer alone makes a longer one. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(betweenWords).filter(Boolean)) {
    if (line && visible(line) + 1 + visible(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return [...lines, line];
}

/** Colours take no room. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are made of
const visible = (text: string) => text.replaceAll(/\u001b\[\d+m/g, '').length;
