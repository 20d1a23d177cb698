import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { inProcessFetch } from '../../local/door/in-process.ts';
import { mrkdwn } from '../../local/slack/mrkdwn.ts';
import { slack } from '../../local/slack/slack.ts';

describe('mrkdwn', () => {
  test.each([
    { it: 'bold, italic and struck text', text: '*a* _b_ ~c~', shown: '<b>a</b> <i>b</i> <s>c</s>' },
    {
      it: 'stars and underscores inside of words as they are',
      text: '2*3*4 snake_case_name',
      shown: '2*3*4 snake_case_name',
    },
    {
      it: 'code, in which nothing else is formatted',
      text: '`*a* &lt;b&gt;`',
      shown: '<code>*a* &#60;b&#62;</code>',
    },
    { it: 'a block of code', text: '```\na\nb\n```', shown: '<pre>a\nb</pre>' },
    {
      it: 'a link with words',
      text: '<https://a.example/?x=1&amp;y=2|the *diff*>',
      shown:
        '<a href="https://a.example/?x=1&#38;y=2" target="_blank" rel="noreferrer noopener">the *diff*</a>',
    },
    {
      it: 'a bold link',
      text: '*<https://a.example|a>*',
      shown: '<b><a href="https://a.example" target="_blank" rel="noreferrer noopener">a</a></b>',
    },
    {
      it: 'mentions',
      text: '<@U1> <#C1|deploys> <!channel>',
      shown:
        '<span class="mention">@U1</span> <span class="mention">#deploys</span> <span class="mention">@channel</span>',
    },
    {
      it: 'dates as people read them',
      text: 'until <!date^1392734382^{date_short_pretty} {time}|2014-02-18T14:39:42.000Z>',
      shown:
        'until <time datetime="2014-02-18T14:39:42.000Z" title="2014-02-18T14:39:42.000Z">18 Feb 2014, 14:39 UTC</time>',
    },
    {
      it: 'a date that is none as text',
      text: '<!date^soon^{date}|soon>',
      shown: '<span class="mention">@soon</span>',
    },
    { it: 'quotes', text: 'a\n&gt; b\n&gt; c\nd', shown: 'a<br><blockquote>b<br>c</blockquote>d' },
    { it: 'emoji that it knows', text: ':rocket: :nothing:', shown: '🚀 :nothing:' },
    { it: 'escaped characters', text: 'a &lt;b&gt; &amp;amp;', shown: 'a &#60;b&#62; &#38;amp;' },
    {
      it: 'markup as text',
      text: '<img src=x onerror=alert(1)>',
      shown: '&#60;img src=x onerror=alert(1)&#62;',
    },
    {
      it: 'a link to a script as text',
      text: '<javascript:alert(1)|click>',
      shown: '&#60;javascript:alert(1)|click&#62;',
    },
    {
      it: 'a link that would end its attribute',
      text: '<https://a.example/"onx="1|a>',
      shown: '<a href="https://a.example/&#34;onx=&#34;1" target="_blank" rel="noreferrer noopener">a</a>',
    },
  ])('shows $it', ({ text, shown }) => {
    expect(mrkdwn(text).markup).toBe(shown);
  });

  test('keeps its own marks to itself', () => {
    expect(mrkdwn('\uE0000\uE001 `a`').markup).toBe('0 <code>a</code>');
  });
});

async function page(...posts: object[]) {
  const address = 'http://127.0.0.1:4747';
  const local = slack({
    clock: virtualClock(),
    channels: ['deploys', 'alerts'],
    token: 't',
    signingSecret: 's',
    address: () => address,
  });
  const fetch = inProcessFetch({ [address]: [local.route] });
  for (const post of posts) {
    const body = JSON.stringify({ channel: 'deploys', ...post });
    const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
    const answer = await fetch(`${address}/slack/api/chat.postMessage`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ ok: true });
  }
  const answer = await fetch(`${address}/slack`);
  return { answer, text: await answer.text() };
}

const plain = (text: string) => ({ type: 'plain_text', text });
const words = (text: string) => ({ type: 'mrkdwn', text });

describe('the page', () => {
  test('shows every channel, the empty ones too', async () => {
    const { text } = await page({ text: 'hello' });

    expect(text).toContain('<span>#</span> deploys');
    expect(text).toContain('<p>hello</p>');
    expect(text).toContain('No messages yet.');
  });

  test('shows every kind of block', async () => {
    const image = { type: 'image', image_url: 'https://a.example/a.png', alt_text: 'a chart' };
    const approve = { type: 'button', text: plain('Approve'), action_id: 'approve', style: 'primary' };
    const confirm = {
      title: plain('Sure?'),
      text: plain('Really'),
      confirm: plain('Yes'),
      deny: plain('No'),
    };
    const blocks = [
      { type: 'header', text: plain('Deployed :rocket:') },
      { type: 'section', text: words('*my-api*'), fields: [words('*Author*\nann')], accessory: image },
      { type: 'divider' },
      { type: 'actions', block_id: 'b1', elements: [{ ...approve, confirm }] },
      { type: 'actions', elements: [{ type: 'button', text: plain('Look'), url: 'https://a.example/' }] },
      { ...image, title: plain('Errors') },
      { type: 'context', elements: [words('by `tidegate`'), image] },
    ];

    const { text } = await page({ text: 'fallback', blocks });

    expect(text).toContain('<h3>Deployed 🚀</h3>');
    expect(text).toContain('<p><b>Author</b><br>ann</p>');
    expect(text).toContain('<hr>');
    expect(text).toContain('data-confirm="Sure?\n\nReally"');
    expect(text).toContain('<input type="hidden" name="block_id" value="b1">');
    expect(text).toContain('<button class="button primary">Approve</button>');
    expect(text).toContain('<a class="button " href="https://a.example/"');
    expect(text).toContain('<figcaption>Errors</figcaption>');
    expect(text).toContain(
      '<span>by <code>tidegate</code></span><img src="https://a.example/a.png" alt="a chart">',
    );
    expect(text).not.toContain('fallback');
  });

  test('lets nothing from outside become markup', async () => {
    const evil = '"><script>alert(1)</script>';
    const blocks = [
      { type: 'header', text: plain(evil) },
      { type: 'section', block_id: evil, text: plain(evil), fields: [words(evil)] },
      { type: 'actions', elements: [{ type: 'button', text: plain(evil), action_id: evil, value: evil }] },
      { type: 'image', image_url: 'https://a.example/"onerror="alert(1)', alt_text: evil },
    ];

    const { text } = await page({ text: evil }, { text: 'x', blocks });

    expect(text.split('<script>')).toHaveLength(2);
    expect(text).not.toContain('"onerror');
  });

  test('runs no script but its own, which its policy names', async () => {
    const { answer } = await page();

    expect(answer.headers.get('content-security-policy')).toMatch(/script-src 'sha256-[A-Za-z0-9+/=]+'/);
  });

  test('shows replies below what they answer', async () => {
    const { text } = await page({ text: 'root' }, { text: 'reply', thread_ts: '1767603600.000000' });

    expect(text).toMatch(/<div class="thread"><article[\s\S]+<p>reply<\/p>/);
  });
});
