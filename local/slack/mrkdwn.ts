/** Slack's mrkdwn as HTML: bold, italic, struck, code, links, mentions, quotes and the emoji that deploys use. */
import { escaped, type Html, html, trusted } from '../../core/html.ts';

/** Code and links are set aside while the rest is formatted; these two characters mark where. */
const [open, close] = ['\uE000', '\uE001'];
const special = /```\n?([\s\S]+?)\n?```|`([^`\n]+)`|<([^<>\n]+)>/g;

export function mrkdwn(text: string): Html {
  const aside: string[] = [];
  const setAside = (one: Html) => `${open}${aside.push(one.markup) - 1}${close}`;

  const marked = text
    .replaceAll(/[\uE000\uE001]/g, '')
    .replaceAll(special, (_whole, block?: string, code?: string, reference?: string) => {
      if (block !== undefined) return setAside(html`<pre>${decoded(block)}</pre>`);
      if (code !== undefined) return setAside(html`<code>${decoded(code)}</code>`);
      return setAside(referenceOf(reference ?? ''));
    });
  const formatted = quotes(styles(escaped(emoji(decoded(marked))))).replaceAll('\n', '<br>');
  return trusted(formatted.replaceAll(/\uE000(\d+)\uE001/g, (_whole, index) => aside[Number(index)] ?? ''));
}

/** A plain_text object: nothing in it is formatted, but emoji are. */
export const plainText = (text: string): Html => html`${emoji(text)}`;

/** What stands between `<` and `>`: an address, a mention, or nothing that Slack knows. */
function referenceOf(reference: string): Html {
  const [target = '', label] = reference.split(/\|(.*)/s);
  if (/^(https?:\/\/|mailto:)/.test(target)) {
    return html`<a href="${decoded(target)}" target="_blank" rel="noreferrer noopener">${decoded(label ?? target)}</a>`;
  }
  const date = /^!date\^(\d{1,12})\^/.exec(target);
  if (date) return timeOf(new Date(Number(date[1]) * 1000), decoded(label ?? ''));
  const mention = /^([@#!])(.+)$/.exec(target);
  if (!mention) return html`${`<${decoded(reference)}>`}`;
  const name = label?.replace(/^[@#]/, '') ?? mention[2];
  return html`<span class="mention">${mention[1] === '#' ? '#' : '@'}${name}</span>`;
}

/** Slack shows a date in the reader's zone and words; this page knows one zone, and says which. */
function timeOf(at: Date, fallback: string): Html {
  const day = at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return html`<time datetime="${at.toISOString()}" title="${fallback}">${day}, ${at.toISOString().slice(11, 16)} UTC</time>`;
}

const styles = (markup: string) =>
  markup
    .replaceAll(/(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])/g, '<b>$1</b>')
    .replaceAll(/(?<!\w)_(?!\s)([^_\n]+?)(?<!\s)_(?!\w)/g, '<i>$1</i>')
    .replaceAll(/(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])/g, '<s>$1</s>');

const quotes = (markup: string) =>
  markup.replaceAll(/(?:^&#62;[^\n]*(?:\n|$))+/gm, (lines) => {
    const inner = lines
      .trimEnd()
      .split('\n')
      .map((line) => line.slice('&#62;'.length).trim());
    return `<blockquote>${inner.join('\n')}</blockquote>`;
  });

/** Senders escape these three and nothing else. */
const decoded = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const emoji = (text: string) =>
  text.replaceAll(/:([a-z0-9_+-]+):/g, (name, short) => known.get(short) ?? name);

const known = new Map(
  Object.entries({
    arrow_right: '➡️',
    bell: '🔔',
    bug: '🐛',
    fire: '🔥',
    hourglass: '⌛',
    hourglass_flowing_sand: '⏳',
    information_source: 'ℹ️',
    large_blue_circle: '🔵',
    large_green_circle: '🟢',
    large_yellow_circle: '🟡',
    lock: '🔒',
    mag: '🔍',
    no_entry: '⛔',
    package: '📦',
    red_circle: '🔴',
    rewind: '⏪',
    rocket: '🚀',
    rotating_light: '🚨',
    stopwatch: '⏱️',
    tada: '🎉',
    warning: '⚠️',
    wave: '👋',
    white_check_mark: '✅',
    x: '❌',
  }),
);
