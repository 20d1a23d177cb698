/** Blocks of a message in Slack that keep its limits whatever they are given: what is too long or too much is cut, with a mark. */
import type { KnownBlock } from '@slack/types';
import { cut, escaped, limits, plain } from './slack-text.ts';

export interface Message {
  /** For notifications and screen readers. */
  text: string;
  blocks: KnownBlock[];
}

/** Slack looks for names and links by itself in what is not verbatim. */
const marked = (text: string, limit: number) => ({
  type: 'mrkdwn' as const,
  text: cut(text, limit) || '–',
  verbatim: true,
});

export const header = (text: string): KnownBlock => ({
  type: 'header',
  text: { type: 'plain_text', text: plain(text, limits.header), emoji: true },
});

/** With a link as a button beside it, where there is one. */
export function section(text: string, link?: { url: string | undefined; label: string }): KnownBlock {
  const url = link?.url && link.url.length <= limits.url && URL.canParse(link.url) ? link.url : undefined;
  return {
    type: 'section',
    text: marked(text, limits.section),
    ...(url && {
      accessory: {
        type: 'button',
        action_id: 'open',
        url,
        text: { type: 'plain_text', text: plain(link?.label ?? '', limits.button) },
      },
    }),
  };
}

/** What everybody should know, loudly. */
export const warningBlocks = (warnings: readonly string[]): KnownBlock[] =>
  warnings.map((warning) => section(`⚠️ *${escaped(warning)}*`));

/** Short facts, two in a row. */
export const facts = (all: readonly (readonly [name: string, text: string | undefined])[]): KnownBlock[] => {
  const known = all.flatMap(([name, text]) => (text ? [marked(`*${name}*\n${text}`, limits.field)] : []));
  return known.length === 0 ? [] : [{ type: 'section', fields: known.slice(0, limits.fields) }];
};

/** Small print, in one line. */
export const context = (parts: readonly (string | undefined)[]): KnownBlock[] => {
  const known = parts.filter((part) => part !== undefined && part !== '');
  return known.length === 0
    ? []
    : [{ type: 'context', elements: [marked(known.join(' · '), limits.context)] }];
};

/** A list, a line each; how many were left out is said. */
export function bullets(lines: readonly string[], most: number): string {
  const more = lines.length > most ? [`… and ${lines.length - most} more`] : [];
  return [...lines.slice(0, most).map((line) => `• ${line}`), ...more].join('\n');
}

/** `text` is escaped already. */
export function message(text: string, blocks: readonly KnownBlock[]): Message {
  const fits = blocks.length <= limits.blocks;
  return {
    text: cut(text, limits.text) || '–',
    blocks: fits
      ? [...blocks]
      : [...blocks.slice(0, limits.blocks - 1), ...context(['… the rest is in the execution'])],
  };
}
