/** `*` stands for any text, `\*` for a star and `\\` for a backslash. */
import { invalid } from './pattern.ts';

/** Throws `InvalidEventPatternException` for two stars in a row and for any other escape. */
export function wildcard(shape: string): (value: string) => boolean {
  let source = '';
  for (const [part] of shape.matchAll(/\\.?|\*+|[^\\*]+/gs)) {
    if (part === '*') source += '.*';
    else if (part.startsWith('*')) throw invalid('Consecutive wildcard characters are not allowed');
    else if (part === '\\*' || part === '\\\\') source += part;
    else if (part.startsWith('\\')) throw invalid('Invalid escape character in wildcard');
    else source += part.replaceAll(/[.+?^${}()|[\]/]/g, '\\$&');
  }
  const whole = new RegExp(`^${source}$`, 's');
  return (value) => whole.test(value);
}
