/** Text that strangers wrote: labels, annotations and report titles come from whoever builds the image. */

/**
 * One line of at most `limit` UTF-16 units, without what could disguise it: control, format and bidirectional
 * characters, half a surrogate pair. A cut is marked with `…`. Undefined where nothing is left.
 * It is still text to escape wherever it is shown: `<!channel>` and `<b>` pass.
 */
export function foreignText(text: string, limit = 200): string | undefined {
  const line = text
    .replace(/[\s\u0085]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim();
  if (line.length <= limit) return line || undefined;
  // The cut may have halved a surrogate pair.
  return `${line.slice(0, limit - 1).replace(/\p{Cs}$/u, '')}…`;
}

/**
 * An http(s) address without credentials, in which no character means anything to Markdown, Slack or an HTML
 * attribute but `&`. Undefined for anything else, and where it is longer than `limit`: half an address leads
 * elsewhere. Nothing here or behind it ever fetches it.
 */
export function foreignUrl(text: string, limit = 200): URL | undefined {
  const url = URL.parse(text.trim());
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  url.username = '';
  url.password = '';
  const quiet = URL.parse(
    url.href.replace(/[|'()*\\^`]/g, (character) => `%${character.charCodeAt(0).toString(16)}`),
  );
  return quiet && quiet.href.length <= limit ? quiet : undefined;
}
