/** What a command says, as lines without colours. */
import { terminal } from '../../cli/terminal.ts';

export function heard() {
  const said: string[] = [];
  const out = {
    write: (more: string | Uint8Array) => said.push(String(more)) > 0,
    isTTY: false,
    columns: 110,
  };
  return { screen: terminal(out as Parameters<typeof terminal>[0], true), text: () => said.join('') };
}
