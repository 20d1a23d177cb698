/** Cuts a stream of text into lines, as a container's log driver does. */
import type { Readable } from 'node:stream';

/** Docker hands a longer line on in pieces of this size. */
const longest = 16 * 1024;

/** Calls `tell` for each line without its end; a last line without one counts too. */
export function eachLine(stream: Readable, tell: (line: string) => void): void {
  let rest = '';
  const inPieces = (line: string) => {
    for (let at = 0; at === 0 || at < line.length; at += longest) tell(line.slice(at, at + longest));
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) inPieces(line.replace(/\r$/, ''));
    for (; rest.length >= longest; rest = rest.slice(longest)) tell(rest.slice(0, longest));
  });
  stream.on('end', () => {
    if (rest !== '') inPieces(rest);
  });
}
