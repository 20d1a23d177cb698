/** Messages as HTML, block by block, the way Slack shows them. */

import { type Html, html, trusted } from '../../core/html.ts';
import type { Button, StoredBlock, Text } from './blocks.ts';
import type { SlackMessage } from './messages.ts';
import { mrkdwn, plainText } from './mrkdwn.ts';
import { isInput, type View } from './views.ts';

export function renderMessage(message: SlackMessage, replies: readonly SlackMessage[]): Html {
  const { ts, text, blocks, edited, broadcast, notice, file } = message;
  const at = new Date(Number(ts) * 1000).toISOString();
  return html`<article id="m${ts}">
<div class="avatar" aria-hidden="true">T</div>
<div class="message">
<div class="by"><b>Tidegate</b> <span class="app">APP</span> <time datetime="${at}">${at.slice(11, 16)} UTC</time></div>
${blocks.length > 0 ? blocks.map((block) => renderBlock(block, message)) : html`<p>${mrkdwn(text)}</p>`}
${file ? html`<figure><figcaption>${file.title}</figcaption><img src="${file.url}" alt="${file.words}"></figure>` : undefined}
${edited ? html`<span class="quiet">(edited)</span>` : undefined}
${broadcast ? html`<span class="quiet">also sent to the channel</span>` : undefined}
${notice === undefined ? undefined : html`<p class="notice" role="alert">⚠️ ${notice}</p>`}
${message.whisper === undefined ? undefined : html`<p class="notice" role="status">Only visible to you: ${message.whisper}</p>`}
${replies.length > 0 ? html`<div class="thread">${replies.map((reply) => renderMessage(reply, []))}</div>` : undefined}
</div>
</article>
`;
}

/** A dialog, in front of everything. */
export function renderView({ id, title, submit, blocks, errors, notice }: View): Html {
  const fields = blocks.map((block) => {
    if (!isInput(block)) return renderBlock(block, nowhere);
    const { block_id, label, element } = block;
    return html`<label>${label.text}<textarea name="${block_id}" rows="3" required maxlength="${element.max_length ?? 3000}"></textarea></label>
${errors[block_id] === undefined ? undefined : html`<p class="notice" role="alert">${errors[block_id]}</p>`}`;
  });
  return html`<dialog open aria-label="${title}"><h3>${title}</h3>
<form method="post" action="/slack/submit"><input type="hidden" name="view_id" value="${id}">${fields}
${notice === undefined ? undefined : html`<p class="notice" role="alert">⚠️ ${notice}</p>`}
<div class="actions">${submit === undefined ? undefined : html`<button class="button primary">${submit}</button>`}
<button class="button" name="close" value="1" formnovalidate>${submit === undefined ? 'Close' : 'Cancel'}</button></div></form></dialog>
`;
}
/** A dialog's blocks have no buttons that would need their message. */
const nowhere: SlackMessage = { channel: '', channelId: '', ts: '0', text: '', blocks: [], edited: false };

function renderBlock(block: StoredBlock, message: SlackMessage): Html {
  switch (block.type) {
    case 'header':
      return html`<h3>${plainText(block.text.text)}</h3>`;
    case 'section': {
      const { text, fields, accessory } = block;
      return html`<div class="section"><div>
${text ? html`<p>${renderText(text)}</p>` : undefined}
${fields ? html`<div class="fields">${fields.map((field) => html`<p>${renderText(field)}</p>`)}</div>` : undefined}
</div>${accessory ? renderElement(accessory, block.block_id, message) : undefined}</div>`;
    }
    case 'context':
      return html`<div class="context">${block.elements.map((element) =>
        element.type === 'image' ? renderImage(element) : html`<span>${renderText(element)}</span>`,
      )}</div>`;
    case 'actions':
      return html`<div class="actions">${block.elements.map((element) => renderButton(element, block.block_id, message))}</div>`;
    case 'image':
      return html`<figure>${block.title ? html`<figcaption>${plainText(block.title.text)}</figcaption>` : undefined}${renderImage(block)}</figure>`;
    case 'divider':
      return trusted('<hr>');
  }
}

const renderText = ({ type, text }: Text): Html => (type === 'mrkdwn' ? mrkdwn(text) : plainText(text));

interface Picture {
  image_url: string;
  alt_text: string;
}

const renderImage = ({ image_url, alt_text }: Picture): Html =>
  html`<img src="${image_url}" alt="${alt_text}">`;

function renderElement(
  element: Button | (Picture & { type: 'image' }),
  blockId: string,
  message: SlackMessage,
): Html {
  return element.type === 'image' ? renderImage(element) : renderButton(element, blockId, message);
}

function renderButton(button: Button, blockId: string, { channelId, ts }: SlackMessage): Html {
  const { text, style, url, confirm, action_id } = button;
  if (url !== undefined) {
    return html`<a class="button ${style}" href="${url}" target="_blank" rel="noreferrer noopener">${plainText(text.text)}</a>`;
  }
  const question = confirm && `${confirm.title.text}\n\n${confirm.text.text}`;
  return html`<form method="post" action="/slack/click"${question === undefined ? undefined : html` data-confirm="${question}"`}>
<input type="hidden" name="channel" value="${channelId}"><input type="hidden" name="ts" value="${ts}">
<input type="hidden" name="block_id" value="${blockId}"><input type="hidden" name="action_id" value="${action_id}">
<button class="button ${style}">${plainText(text.text)}</button></form>`;
}
