/** The page behind a link: what is to be decided, and a form. To look at it decides nothing: only the form does. */
import { createHash } from 'node:crypto';
import { spoken } from '../duration.ts';
import { type Html, html, trusted } from '../html.ts';
import { spelledTime } from '../spelled-time.ts';
import { spokenActors } from '../spoken-actor.ts';
import { longestReason } from './decide.ts';
import { pageStyle } from './page-style.ts';
import { type Fact, type KeptPlan, type ShownApproval, short } from './shown.ts';

/** What its holder can do by now. */
export interface Turn {
  /** What there is to say first: what has been decided, or why nothing can be. */
  says?: string | undefined;
  /** Whether there is anything left to decide by this link. */
  open: boolean;
  /** In whose name. */
  person: string;
  /** What was written as a reason, where the page comes again. */
  reason?: string | undefined;
}

export function approvalPage(
  shown: ShownApproval,
  { says, open, person, reason = '' }: Turn,
  now: number,
): string {
  const { what, environment, begun, facts, warnings, before, plan, decisions, needs, expiresAt } = shown;
  const left = spoken(Math.max(0, expiresAt - now) / 1000);
  return page(
    `${what}, ${environment}`,
    html`<h1>${what}</h1>
<p class="quiet">${begun ? 'being' : 'to be'} deployed to ${environment}</p>
${says === undefined ? undefined : html`<p class="note" role="status">${short(spokenActors(says), 1000)}</p>`}
${warnings.map((warning) => html`<p class="note">${warning}</p>`)}
<dl>${facts.map(shownFact)}
${open ? shownFact({ name: 'Needed', text: capital(needs) }) : undefined}
${open ? shownFact({ name: 'Until', text: `${spelledTime(expiresAt)}, in ${left}` }) : undefined}</dl>
${decisions.length === 0 ? undefined : html`<h2>So far</h2>${list(decisions)}`}
${before && html`<h2>In ${before.environment} it has run for ${before.ran}</h2>${list(before.found)}`}
${plan && changesIn(plan)}
${
  open
    ? html`<form method="post">
<label for="reason">Reason <span class="quiet">(needed to reject)</span></label>
<textarea id="reason" name="reason" maxlength="${longestReason}">${reason}</textarea>
<div class="buttons"><button class="approve" name="action" value="approve">Approve</button>
<button class="reject" name="action" value="reject">Reject</button></div>
<p class="quiet">You decide as ${person}. This link is yours alone, and good for one decision.</p>
</form>`
    : undefined
}`,
  );
}

/** The same for what never was, what is gone and what is wrong: it tells nobody which. */
export const unknownPage = (): string =>
  page(
    'Nothing to decide here',
    html`<h1>Nothing to decide here</h1>
<p>This link leads to no approval. It may have been cut off in the mail, or what it was for is long over.</p>
<p>Open it from the mail once more, and all of it. What waits for approval is also in Slack, where that is set up, and
listed by <code>npx tidegate approvals</code>.</p>`,
  );

/** For a request that no form of ours makes. */
export const refusedPage = (says: string): string =>
  page('Not possible', html`<h1>Not possible</h1><p>${says}</p>`);

const page = (title: string, content: Html): string =>
  html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow"><meta name="referrer" content="no-referrer">
<title>${title}</title><style>${trusted(pageStyle)}</style></head>
<body><main>${content}</main></body></html>
`.markup;

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function shownFact({ name, text, url }: Fact): Html {
  const value =
    url === undefined ? html`${text}` : html`<a href="${url}" rel="noreferrer noopener">${text}</a>`;
  return html`<dt>${name}</dt><dd>${value}</dd>`;
}

const list = (lines: readonly string[]): Html =>
  html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;

function changesIn({ changes, more, wayBack }: KeptPlan): Html {
  const value = (text: string, tag: 'del' | 'ins') =>
    text === '' ? html`nothing` : html`${trusted(`<${tag}>`)}<code>${text}</code>${trusted(`</${tag}>`)}`;
  const lines = changes.map(
    ({ path, before, after }) =>
      html`<li><code>${path}</code><br>${value(before, 'del')} → ${value(after, 'ins')}</li>`,
  );
  const rest = more > 0 ? html`<li>and ${more} more</li>` : undefined;
  return html`${changes.length === 0 ? undefined : html`<h2>What changes</h2><ul>${lines}${rest}</ul>`}
<h2>If it fails</h2><p>It goes back to ${wayBack}.</p>`;
}

/** No script, nothing from elsewhere, in no frame, kept and found by nobody, and its address is told to nobody. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow, noarchive',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(pageStyle).digest('base64')}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};
