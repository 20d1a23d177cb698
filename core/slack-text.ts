/** Text from outside as Slack may show it: escaped, and within Block Kit's limits. */

/** Slack's limits: 150 characters in a header, 3000 in a section, 75 on a button. */
export const limits = { header: 150, section: 2900, text: 3000 };

/** Slack's three: without them a label could mention a whole channel or disguise a link. */
export const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The cut never leaves half of what `escaped` wrote. */
export const cut = (text: string, limit: number) =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/&[a-z]{0,3}$/, '')}…`;

/** Lines in a code block: the last ones that fit. A line of outside cannot end the block. */
export function codeBlock(lines: readonly string[], limit: number): string {
  const safe = lines.map((line) => escaped(cut(line.replaceAll('`', "'"), 300)));
  let size = '```\n\n```'.length;
  let first = safe.length;
  while (first > 0 && size + (safe[first - 1]?.length ?? 0) + 1 <= limit) {
    first -= 1;
    size += (safe[first]?.length ?? 0) + 1;
  }
  return `\`\`\`\n${safe.slice(first).join('\n')}\n\`\`\``;
}
