/** A JSON value, pretty: short lists stay on a line, names and values are told apart. */
import { h } from './dom.ts';
import { lines } from './json-lines.ts';

export function jsonView(value: unknown): HTMLElement {
  const code = h('code');
  for (const line of lines(value)) {
    for (const { kind, text } of line)
      code.append(kind === 'plain' ? text : h('span', { class: `json-${kind}` }, text));
    code.append('\n');
  }
  return h('pre', { class: 'json', tabindex: 0 }, code);
}
