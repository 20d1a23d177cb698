/** `GET /mail`: what was sent, the newest first, with links that can be followed. */
import { type Html, html, trusted } from '../../core/html.ts';
import type { SentMail } from './ses.ts';

export function mailPage(mails: readonly SentMail[]): Response {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Mail, local</title><style>${trusted(styles)}</style></head>
<body><header><h1>Mail</h1> <span class="quiet">it stays on this machine</span> <a href="/slack">Slack</a> <a href="/console">Console</a></header>
<main>${mails.length === 0 ? html`<p class="quiet">Nothing was sent yet.</p>` : mails.toReversed().map(shown)}</main></body></html>
`;
  return new Response(page.markup, { headers });
}

const shown = ({ messageId, at, from, to, subject, text }: SentMail): Html => html`<article id="${messageId}">
<h2>${subject}</h2>
<p class="quiet">from ${from} to ${to.join(', ')}, <time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().slice(11, 16)} UTC</time></p>
<pre>${withLinks(text)}</pre>
</article>
`;

/** As mail programs do: whatever looks like an address is one. */
const withLinks = (text: string): Html[] =>
  text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) =>
      index % 2 === 0
        ? html`${part}`
        : html`<a href="${part}" target="_blank" rel="noreferrer noopener">${part}</a>`,
    );

const styles = `
body { margin: 0; font: 15px/1.47 system-ui, sans-serif; }
header, main { max-width: 46rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; gap: .75rem; align-items: baseline; padding-top: 1.5rem; }
h1 { font-size: 1.05rem; margin: 0; flex: none; } header .quiet { flex: 1; }
h2 { font-size: 1.05rem; margin: 0; }
article { margin: 1.25rem 0; padding: 1rem; border: 1px solid #8886; border-radius: 8px; }
.quiet { opacity: .7; font-size: .85rem; margin: .2rem 0; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: .75rem 0 0; }
`;

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};
