/** The console as a person sees it. Needs a Chromium on the path, or its place in the variable `CHROMIUM`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../functions/status/look.ts';
import { realClock, virtualClock } from '../../local/clock.ts';
import { console as releasesConsole } from '../../local/console/console.ts';
import { type Browser, chromium, findChromium, type Page } from '../support/chromium.ts';
import { type ConsoleScene, consoleScene, failing, scenarios } from '../support/console-source.ts';
import { crashing } from '../support/crashing-scenario.ts';
import { type Served, served } from '../support/served.ts';

const executable = await findChromium();
if (!executable) console.warn('test/browser: no Chromium was found, so nobody looks at the console');

describe.skipIf(!executable)('in a browser', () => {
  const clock = virtualClock();
  let scene: ConsoleScene;
  let site: Served | undefined;
  let browser: Browser;
  let page: Page;
  let address = '';
  const arns: Record<string, string> = {};
  const minutes = 60_000;
  const environments: EnvironmentStatus[] = [
    {
      ...{ service: 'my-api', environment: 'production' },
      runs: { tag: 'v1.3.0', taskDefinition: 'my-api:2', tasks: { running: 4, desired: 2 } },
      slot: {
        holder: { release: 'my-api-production-v1.4.1', called: 'v1.4.1' },
        waiting: [{ release: 'my-api-production-v1.5.0', called: 'v1.5.0', behind: 'v1.4.1' }],
        paused: { by: 'ada', reason: 'a <b>sale</b>', at: 1000 },
      },
      underWay: [
        {
          ...{ release: 'my-api-production-v1.4.1', tag: 'v1.4.1', digest: '', requestedAt: 0 },
          ...{ state: 'AwaitDeployment', since: 1000 },
          traffic: { stage: undefined, weight: 10, step: 1, steps: 2, leftAtMost: 540 },
        },
      ],
    },
  ];

  beforeAll(async () => {
    scene = await consoleScene(clock, {
      slack: '/slack',
      services: [{ service: 'my-api', seconds: 5, requests: 100, errors: 5, p99Milliseconds: 81 }],
      deadLetters: [
        { at: clock.now(), function: 'start-release', event: { tag: '<b>x</b>' }, error: 'no <i>push</i>' },
      ],
    });
    for (const [name, scenario] of Object.entries({
      deployed: scenarios.deployed,
      rolledBack: failing(clock),
      needsHuman: scenarios.needsHuman,
      waiting: scenarios.waiting,
    })) {
      arns[name] = scene.start(scenario);
      await clock.advance(10 * minutes);
    }
    // The world's time stands still unless a test moves it; the streams go by the real one.
    const app = releasesConsole({
      source: { ...scene.source, environments: async () => environments },
      clock: { ...realClock(), now: clock.now },
    });
    site = await served(app.fetch);
    address = site.address;
    browser = await chromium(String(executable));
    page = await browser.newPage();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const openRelease = async (name: string) => {
    await page.open(`${address}/console/${arns[name]}`);
    await page.until(`document.querySelector('.graph .node') !== null`);
  };
  const text = (selector: string) => page.ask<string>(`document.querySelector('${selector}').textContent`);

  test('releases are listed with their outcomes in words', async () => {
    await page.open(`${address}/console`);
    await page.until(`document.querySelectorAll('.releases tbody tr').length === 4`);

    expect(
      await page.ask(`[...document.querySelectorAll('.releases .chip')].map((one) => one.innerText.trim())`),
    ).toEqual([
      expect.stringContaining('Running'),
      expect.stringContaining('Needs a human'),
      expect.stringContaining('Rolled back'),
      expect.stringContaining('Deployed'),
    ]);
    expect(await text('.users')).toContain('5.0%');
    expect(await text('.panel .list')).toContain('no <i>push</i>');
  });

  test('the filter is reached with / and kept in the address', async () => {
    await page.press('/');
    for (const letter of 'roll') await page.press(letter);
    await page.until(`document.querySelectorAll('.releases tbody tr').length === 1`);

    expect(await page.ask('location.search')).toBe('?q=roll');
    await page.press('Escape');
    await page.until(`document.querySelectorAll('.releases tbody tr').length === 4`);
  });

  test('a release that was taken back shows which check said no, and why', async () => {
    await openRelease('rolledBack');

    expect(await text('h1 .chip')).toContain('Rolled back');
    expect(
      await page.ask(`document.querySelector('[data-state=CompareMetrics]').getAttribute('aria-label')`),
    ).toContain('found something against the release');
    expect(await page.ask(`document.querySelectorAll('.way.taken').length`)).toBeGreaterThan(20);
    expect(await text('.metrics')).toContain('fail');
    expect(await page.ask(`document.querySelectorAll('.charts .curve').length`)).toBe(3);
    const times = `[...document.querySelectorAll('.charts .tick[text-anchor=middle]')].map((one) => one.textContent)`;
    expect(await page.ask(`new Set(${times}).size === ${times}.length`)).toBe(true);
    expect(await text('.metrics thead, .metrics tr')).toMatch(/Last \d+ (min|s) before/);
    expect(await text('.changes')).toContain('containerDefinitions.app.image');
  });

  test('tasks that crashed are told with exit code, last lines, and what to do', async () => {
    arns.crashing = scene.start(crashing(clock));
    await clock.advance(10 * minutes);
    await openRelease('crashing');

    expect(await text('.failed-tasks h2')).toBe('Stopped tasks SettingMissing');
    expect(await text('.failed-tasks .advice')).toContain('What to do: Set DATABASE_URL');
    expect(await page.ask(`document.querySelectorAll('.failed-tasks tbody tr').length`)).toBe(3);
    expect(await text('.failed-tasks tbody tr')).toContain('app1SettingMissing');
    expect(await text('.failed-tasks .log pre')).toContain('Error: <b>DATABASE_URL</b> is not set');
    await openRelease('rolledBack');
  });

  test('values of the curves are read with arrow keys', async () => {
    await page.ask(`document.querySelector('svg.charts').focus()`);
    await page.press('ArrowLeft');

    expect(await text('.readout')).toMatch(
      /after: Requests \d+\.\d \/s · Errors 5\.\d+ % · p99 latency \d+ ms/,
    );
  });

  test('states are walked through and opened with the keyboard, and Escape goes back', async () => {
    await openRelease('needsHuman');
    await page.ask(`document.querySelector('.node[tabindex="0"]').focus()`);
    for (const _ of Array(11)) await page.press('ArrowDown');
    const state = await page.ask('document.activeElement.dataset.state');

    await page.press('Enter');

    expect(state).toBe('PlanDeployment');
    expect(await text('.drawer .trouble')).toMatch(/^AccessDeniedExceptionUser: arn/);
    await page.press('Escape');
    expect(await page.ask(`document.querySelector('.drawer').hidden`)).toBe(true);
    expect(await page.ask('document.activeElement.dataset.state')).toBe('PlanDeployment');
  });

  test('an environment shows what runs, who has the slot, who waits, a pause and the traffic of a canary', async () => {
    await page.open(`${address}/console`);
    await page.until(`document.querySelector('.releases .environment a') !== null`);
    const href = await page.ask<string>(`document.querySelector('.releases .environment a').href`);

    await page.open(href);
    await page.until(`document.querySelector('.panels') !== null`);

    expect(await text('h1')).toBe('my-api productionPaused');
    expect(await text('.notice.warn')).toContain('ada: a <b>sale</b>');
    expect(await text('ol.line')).toBe('v1.5.0 waits behind v1.4.1');
    expect(await text('.moving')).toBe('10 % of the traffic, step 1 of 2, at most 9 min 00 s left');
  });

  test('a release is followed as it happens', async () => {
    arns.running = scene.start(scenarios.running);
    await clock.advance(30_000);
    await openRelease('running');
    await page.until(`document.querySelector('[data-state=AwaitDeployment]').classList.contains('waiting')`);
    expect(await text('h1 .now')).toContain('AwaitDeployment for');

    await clock.advance(10 * minutes);

    await page.until(`document.querySelector('h1 .chip').textContent.includes('Deployed')`);
    expect(
      await page.ask(`document.querySelector('[data-state=Deployed]').classList.contains('succeeded')`),
    ).toBe(true);
    expect(await page.ask(`document.querySelectorAll('.node.live').length`)).toBe(0);
    expect(await page.until(`document.querySelectorAll('.events tbody tr').length`)).toBe(
      (await scene.source.history(String(arns.running))).length,
    );
  });

  test('no text from outside becomes markup', async () => {
    const tag = 'v9';
    const evil = '<img src=x onerror="document.title=1">';
    arns.evil = scene.start({
      tag,
      functions: {
        CheckScan: {
          answer: () => ({
            status: 'fail',
            summary: evil,
            counts: {},
            findings: [
              { id: evil, severity: 'HIGH', package: evil, installed: '1', url: 'javascript:alert(1)' },
            ],
            waived: [],
          }),
        },
      },
    });
    await clock.advance(1 * minutes);
    await openRelease('evil');

    expect(await text('.story')).toContain(evil);
    expect(await page.ask(`document.querySelectorAll('main img').length`)).toBe(0);
    expect(await page.ask(`document.querySelectorAll('a[href^="javascript"]').length`)).toBe(0);
  });

  test.each([
    { width: 1280, height: 800, scheme: 'light' as const },
    { width: 390, height: 844, scheme: 'dark' as const },
  ])('everything fits into $width px, and has enough contrast when it is $scheme', async (appearance) => {
    await page.look(appearance);
    for (const place of ['', '/', `/${arns.rolledBack}`]) {
      await page.open(`${address}/console${place}`);
      await page.until(`document.querySelector('.releases, .graph') !== null`);

      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.ask(overflow), place).toBe(0);
      expect(await page.ask(pale), place).toEqual([]);
      expect(await page.ask(unlabelled), place).toEqual([]);
    }
  });

  test('nothing was asked of anybody else, and nothing went wrong', () => {
    expect(page.requests.filter((one) => !one.startsWith(address) && !one.startsWith('about:'))).toEqual([]);
    expect(page.complaints).toEqual([]);
  });
});

/** Texts with less contrast than 4.5 to what is behind them. */
const pale = `(() => {
  const rgb = (colour) => colour.match(/[\\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = rgb(getComputedStyle(at).backgroundColor);
      if (a > 0.5) return [r, g, b];
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('main *, header *')]
    .filter((one) => !one.closest('svg') && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((one) => one.checkVisibility({ opacityProperty: true }) && !one.closest('[aria-hidden]'))
    .flatMap((one) => {
      const [a, b] = [light(rgb(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
      const contrast = (a + 0.05) / (b + 0.05);
      return contrast < 4.5 ? [one.textContent.slice(0, 30) + ' ' + contrast.toFixed(2)] : [];
    });
})()`;

/** What can be operated and has no name. */
const unlabelled = `[...document.querySelectorAll('a, button, input, select, summary, [role=button], [tabindex="0"]')]
  .filter((one) => !(one.textContent.trim() || one.getAttribute('aria-label') || one.labels?.length))
  .map((one) => one.outerHTML.slice(0, 80))`;
