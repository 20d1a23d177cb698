/** Text from outside as Slack may show it: disarmed, and within Block Kit's limits. */

/** Slack's limits, a little less: 150 characters in a header, 3000 in a section, 2000 in a field, 75 on a button. */
export const limits = {
  ...{ header: 150, section: 2900, text: 3000, field: 1900, context: 2900, button: 75 },
  ...{ blocks: 50, fields: 10, elements: 10, url: 3000 },
};

/** Without what could disguise it: control characters but for line breaks, invisible and bidirectional ones, half a surrogate pair. */
const disarmed = (text: string) =>
  text
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/gu, '\n')
    .replaceAll(/[^\P{Cc}\n\t]|\p{Cf}/gu, '')
    .toWellFormed();

/** Slack's three: without them a label could mention a whole channel or disguise a link. */
export const escaped = (text: string) =>
  disarmed(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** For a header or a button, where nothing is markup: one line. */
export const plain = (text: string, limit: number) =>
  cut(disarmed(text).replaceAll(/\s+/g, ' ').trim(), limit) || '–';

/** The cut is marked, and leaves neither half of what `escaped` wrote nor half a surrogate pair. */
export const cut = (text: string, limit: number) =>
  text.length <= limit
    ? text
    : `${text
        .slice(0, limit - 1)
        .replace(/&[a-z]{0,3}$/, '')
        .replace(/[\uD800-\uDBFF]$/, '')}…`;

/** In one line, as it is. */
export const code = (text: string, limit = 100) =>
  `\`${escaped(cut(disarmed(text).replaceAll('`', "'").replaceAll(/\s+/g, ' '), limit)) || '–'}\``;

/** A link to an http address; the label alone where it is none. */
export function link(address: string, label: string): string {
  const shown = escaped(label.replaceAll(/[|\n]/g, ' '));
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.href.length > limits.url) return shown;
  return `<${escaped(url.href.replaceAll('|', '%7C'))}|${shown}>`;
}

/** A moment, as each reader's clock has it. `milliseconds` since the epoch. */
export const moment = (milliseconds: number) =>
  `<!date^${Math.floor(milliseconds / 1000)}^{date_short_pretty} {time}|${new Date(milliseconds).toISOString()}>`;

/** People as the doors that asked them know them: Slack's users are mentioned. */
export const mentions = (safe: string) => safe.replaceAll(/\bslack:([UW][A-Z0-9]{2,30})\b/g, '<@$1>');

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
