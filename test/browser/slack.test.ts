/** The local Slack page as a person uses it. Needs a Chromium, as the console's test does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, chromium, findChromium, type Page } from '../support/chromium.ts';
import { production, rehearsal } from '../support/rehearsal.ts';
import { type Served, served } from '../support/served.ts';

const executable = await findChromium();
if (!executable) console.warn('test/browser: no Chromium was found, so nobody clicks in Slack');

describe.skipIf(!executable)('in a browser', () => {
  let site: Served | undefined;
  let browser: Browser | undefined;
  let page: Page;
  let world: Awaited<ReturnType<typeof rehearsal>>;

  beforeAll(async () => {
    const { analysis: _, ...staging } = { ...production, name: 'staging', service: 'my-api-staging' };
    const environments = [staging, { ...production, approval: {} }];
    world = await rehearsal({ slack: true, service: { environments } });
    site = await served(world.world.slack.route.fetch);
    browser = await chromium(String(executable));
    page = await browser.newPage();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test('staging deploys by itself, and a click on Approve lets production follow', async () => {
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
    await page.until(`document.body?.innerText.includes('Approved by')`).finally(() => clearInterval(moving));

    await world.ended();
    expect(await world.outcomes()).toEqual(['v1.0.0 Deployed', 'v1.0.0 Deployed']);
    expect(page.complaints).toEqual([]);
  }, 30_000);
});
