/** Lines for a terminal: broken at its width, with colours where it has them. Nothing is said by colour alone. */
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters, styleText } from 'node:util';

export type Colour = Parameters<typeof styleText>[0];

export interface Terminal {
  /** A text behind `head`, which takes `indent` columns; further lines begin below the first. */
  tell(head: string, text: string, indent?: number, colour?: Colour): void;
  say(line?: string): void;
  paint(colour: Colour, text: string): string;
  /** Whether what was said can be replaced by something newer. */
  redraws: boolean;
  /** Takes all of it away. */
  clear(): void;
}

/** Where nobody says how wide it is: in a file, in a log of CI. */
const widthOfNoTerminal = 100;
/** Longer lines cannot be read. */
const widest = 110;
const narrowest = 24;

export function terminal(out: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>, noColour: boolean): Terminal {
  const colourful = out.isTTY === true && !noColour;
  const width = Math.min(out.columns ?? widthOfNoTerminal, widest);
  const paint = (colour: Colour, text: string) =>
    colourful ? styleText(colour, text, { validateStream: false }) : text;
  const say = (line = '') => void out.write(`${line}\n`);
  return {
    say,
    paint,
    redraws: out.isTTY === true,
    clear: () => void out.write('\u001b[2J\u001b[H'),
    tell(head, text, indent = 0, colour) {
      const room = Math.max(narrowest, width - indent);
      wrapped(text, room).forEach((line, index) => {
        const before = index === 0 ? head + ' '.repeat(Math.max(0, indent - seen(head))) : ' '.repeat(indent);
        say(before + (colour ? paint(colour, line) : line));
      });
    },
  };
}

const seen = (text: string) => stripVTControlCharacters(text).length;

/** At blanks; a longer word stays whole, so that it can be copied. A number stays with its unit. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<!\b(?:min|h)) +(?!(?:s|min|h)\b|%)/)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
