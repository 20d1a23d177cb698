/** The local Slack page, and the page behind a link in a mail, as people use them. Needs a Chromium, as the console's test does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpDoor, httpDoor } from '../../local/door/http-door.ts';
import { under } from '../../local/door/route.ts';
import { type Browser, chromium, findChromium, type Page } from '../support/chromium.ts';
import { production, rehearsal } from '../support/rehearsal.ts';
import { address } from '../support/virtual-world.ts';

const executable = await findChromium();
if (!executable) console.warn('test/browser: no Chromium was found, so nobody clicks in Slack');

/** Browsers ask for one where nothing else is said. */
const noIcon = under('/favicon.ico', () => new Response(null, { status: 204 }));

describe.skipIf(!executable)('in a browser', () => {
  let site: HttpDoor | undefined;
  let browser: Browser | undefined;
  let page: Page;
  let world: Awaited<ReturnType<typeof rehearsal>>;

  beforeAll(async () => {
    const { analysis: _, ...first } = { ...production, name: 'staging', service: 'my-api-staging' };
    const staging = { ...first, rollback: { who: { slackUsers: ['U0YOU'] } } };
    const environments = [staging, { ...production, approval: { approvals: 2, links: { to: ['bob'] } } }];
    world = await rehearsal({
      ...{ slack: true, service: { environments }, mail: { from: 'deploys@example.com' } },
      people: { you: { slack: 'U0YOU' }, bob: { email: 'bob@example.com' } },
    });
    const { aws, routes } = world.world;
    site = await httpDoor({ port: 0, aws, routes: [noIcon, ...routes] });
    browser = await chromium(String(executable));
    page = await browser.newPage();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test('staging deploys by itself, and a click in Slack and one on the page of a mail let production follow', async () => {
    await world.pushOnly('good', 'v1.0.0');
    await world.clock.advance(600_000);
    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.0 RUNNING']);

    await page.open(`${site?.address}/slack`);
    expect(await page.ask('document.body.innerText')).toContain('waits for approval (production)');
    // The page asks once more, by a dialog that only a person can answer.
    await page.ask('void (window.confirm = () => true)');
    await page.ask(
      `[...document.querySelectorAll('button')].find((one) => one.innerText === 'Approve').click()`,
    );
    // The function that takes the click runs on the world's time, which stands still unless it is moved.
    const moving = setInterval(() => void world.clock.advance(500), 50);
    // Between two pages there is no body.
    await page.until(`document.body?.innerText.includes('1 more approval is needed')`);

    await page.look({ width: 360, height: 800, scheme: 'dark' });
    await page.open(`${site?.address}/mail`);
    const link = await page.ask<string>(`document.querySelector('pre a').href`);
    await page.open(link.replace(address, String(site?.address)));
    expect(await page.ask('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.ask(`document.querySelector('button.approve').click()`);
    await page
      .until(`document.body?.innerText.includes('Approved. The release goes on.')`)
      .finally(() => clearInterval(moving));

    await world.ended();
    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.0 Deployed']);
    expect(page.complaints).toEqual([]);
  }, 30_000);

  test('what runs in staging is rolled back: the dialog says to what, and does it, without another look', async () => {
    await world.pushOnly('good', 'v1.1.0');
    await world.clock.advance(600_000);

    await page.open(`${site?.address}/slack`);
    const moving = setInterval(() => void world.clock.advance(500), 50);
    await page.ask(
      `[...document.querySelectorAll('button')].find((one) => one.innerText === 'Roll back now…').click()`,
    );
    await page.until(`document.querySelector('dialog textarea')`);
    expect(await page.ask(`document.querySelector('dialog').innerText`)).toContain('goes back to v1.0.0');
    await page.ask(`void (document.querySelector('dialog textarea').value = 'checkout fails')`);
    await page.ask(`document.querySelector('dialog button.primary').click()`);
    await page
      .until(`document.querySelector('dialog')?.innerText.includes('my-api goes back to v1.0.0')`)
      .finally(() => clearInterval(moving));

    await world.clock.advance(600_000);
    const first = (await world.outcomes()).filter((outcome) => outcome === 'v1.0.0 Deployed');
    // In staging, in production, and in staging once more.
    expect(first).toHaveLength(3);
    expect(page.complaints).toEqual([]);
  }, 30_000);
});
