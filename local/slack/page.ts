/** `GET /slack`: every channel with its messages, on one page that keeps itself up to date. */
import { createHash } from 'node:crypto';
import { html, trusted } from '../../core/html.ts';
import type { Messages, SlackMessage } from './messages.ts';
import { renderMessage, renderView } from './render.ts';
import type { View } from './views.ts';

export function slackPage({ all, channels }: Messages, dialogs: readonly View[]): Response {
  const inChannel = (name: string) =>
    all.filter(({ channel, threadTs }) => channel === name && threadTs === undefined);
  const repliesTo = ({ channelId, ts }: SlackMessage) =>
    all.filter((one) => one.channelId === channelId && one.threadTs === ts);

  const sections = [...channels.keys()].map((name) => {
    const messages = inChannel(name);
    return html`<section aria-label="${name}"><h2><span>#</span> ${name}</h2>
${messages.length === 0 ? html`<p class="quiet">No messages yet.</p>` : messages.map((one) => renderMessage(one, repliesTo(one)))}
</section>`;
  });
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Slack, local</title><style>${trusted(styles)}</style></head>
<body><header><h1>Slack</h1> <span class="quiet">messages stay on this machine</span> <a href="/mail">Mail</a> <a href="/console">Console</a></header>
<main>${sections}</main><div id="dialogs">${dialogs.map(renderView)}</div><script>${trusted(script)}</script></body></html>
`;
  return new Response(page.markup, { headers });
}

const script = `
document.addEventListener('submit', (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});
setInterval(async () => {
  const answer = await fetch(location.pathname).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of ['main', '#dialogs']) {
    const next = page.querySelector(part);
    const shown = document.querySelector(part);
    // What somebody types is no part of the HTML: a dialog that has not changed is left alone.
    if (next && next.innerHTML !== shown.innerHTML) shown.replaceWith(next);
  }
}, 1000);
`;

const styles = `
:root { --text: #1d1c1d; --quiet: #616061; --line: #e4e3e4; --page: #fff; --raised: #f7f7f8; --link: #1264a3; --code: #c0273d; --go: #007a5a; --stop: #c92a4b; --alert: #b3203f; --mention: #e8f5fa; }
@media (prefers-color-scheme: dark) { :root { --text: #d6d7d9; --quiet: #9b9ca0; --line: #35373b; --page: #1a1d21; --raised: #22252a; --link: #5fb4ef; --code: #e8912d; --go: #148567; --stop: #cf3f5c; --alert: #f2889b; --mention: #173544; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.47 system-ui, sans-serif; }
header, main { max-width: 46rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; gap: .75rem; align-items: baseline; padding-top: 1.5rem; }
h1 { font-size: 1.05rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 1.5rem 0 0; padding-bottom: .6rem; border-bottom: 1px solid var(--line); }
h2 span { color: var(--quiet); font-weight: 400; }
h3 { font-size: 1.15rem; margin: .35rem 0; }
header a { margin-left: auto; }
p { margin: .2rem 0; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
article { display: flex; gap: .65rem; padding: .75rem 0; }
.avatar { flex: none; width: 36px; height: 36px; border-radius: 8px; background: #1f6f78; color: #fff; font-weight: 700; display: grid; place-items: center; }
.message { flex: 1; min-width: 0; }
.app { font-size: .65rem; font-weight: 700; color: var(--quiet); background: var(--line); border-radius: 3px; padding: .1rem .25rem; vertical-align: 2px; }
.by time, .quiet { color: var(--quiet); font-size: .8rem; }
.section { display: flex; gap: 1rem; justify-content: space-between; align-items: flex-start; margin: .35rem 0; }
.section > div:first-child { flex: 1; min-width: 0; }
.section > img { width: 80px; height: 80px; object-fit: cover; border-radius: 6px; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .35rem 1rem; }
.context { display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: center; color: var(--quiet); font-size: .82rem; margin: .35rem 0; }
.context img { width: 20px; height: 20px; border-radius: 3px; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
form { margin: 0; }
.button { display: inline-block; font: 700 .85rem/1 system-ui, sans-serif; color: var(--text); background: var(--page); border: 1px solid var(--quiet); border-radius: 6px; padding: .55rem .8rem; cursor: pointer; }
.button:hover { background: var(--raised); text-decoration: none; }
.button:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.button.primary { background: var(--go); border-color: var(--go); color: #fff; }
.button.danger { background: var(--stop); border-color: var(--stop); color: #fff; }
code { font: .82em ui-monospace, monospace; color: var(--code); background: var(--raised); border: 1px solid var(--line); border-radius: 3px; padding: .1em .25em; }
pre { font: .82em/1.5 ui-monospace, monospace; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: .5rem; margin: .3rem 0; overflow-x: auto; }
blockquote { margin: .3rem 0; padding-left: .75rem; border-left: 4px solid var(--line); }
hr { border: 0; border-top: 1px solid var(--line); margin: .75rem 0; }
figure { margin: .5rem 0; } figcaption { font-size: .85rem; } figure img { max-width: 100%; max-height: 20rem; border-radius: 6px; }
.mention { color: var(--link); background: var(--mention); border-radius: 3px; padding: 0 .15rem; }
.notice { color: var(--alert); font-size: .85rem; }
dialog { position: fixed; inset: 20vh 0 auto; width: min(30rem, 90vw); padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 10px; background: var(--page); color: var(--text); box-shadow: 0 8px 40px rgb(0 0 0 / .3); }
.beside dialog { position: static; margin: 1rem auto; box-shadow: none; }
dialog label { display: block; margin: .5rem 0; font-weight: 700; font-size: .9rem; }
textarea { display: block; width: 100%; margin-top: .3rem; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--quiet); border-radius: 6px; padding: .5rem; }
.thread { border-left: 2px solid var(--line); margin-top: .5rem; padding-left: .75rem; }
`;

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    'img-src http: https: data:',
  ].join('; '),
};
