/** The show runs by the installation's own configuration, with what is short and local here laid over it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigInput, defineConfig } from '../../core/config.ts';
import { loadBalancerName, targetGroupName } from '../../local/load-balancer/names.ts';
import { actsFor, review } from '../../local/show/acts.ts';
import { localConfig, overlaid } from '../../local/show/config.ts';
import { expectation, tooEarly } from '../../local/show/expectation.ts';
import { installedConfig } from '../../local/show/installed.ts';
import { tagFor, tagOf } from '../../local/show/tag.ts';

type EnvironmentInput = ConfigInput['services'][string]['environments'][number];

const analysis = {
  loadBalancer: 'app/shop/50dc6c495c0c9188',
  targetGroup: 'targetgroup/shop/6d0ecf831eec9f09',
};
const production: EnvironmentInput = { name: 'production', cluster: 'main', service: 'shop', analysis };

const installed = (service: object = {}, ...environments: EnvironmentInput[]) =>
  defineConfig({
    slack: { channel: 'deploys' },
    services: {
      shop: {
        repository: 'team/shop',
        container: 'app',
        environments: environments.length > 0 ? environments : [production],
        ...service,
      },
    },
  });
const shopOf = (...of: Parameters<typeof installed>) => {
  const service = installed(...of).services.shop;
  if (!service) throw new Error('no shop');
  return service;
};
const urlOf = (balancer: string) => `http://127.0.0.1:${balancer === 'shop-staging' ? 1001 : 1002}`;

test('smoke tests ask the load balancer of their own environment, on the path and for the answer that are configured', () => {
  const endpoints = [{ url: 'https://shop.example.com/healthz?deep=1#x', status: 204, contains: 'ok' }];
  const staging = { ...production, name: 'staging', service: 'shop-staging', smoke: { endpoints } };
  const config = localConfig(installed({}, staging, { ...production, smoke: { endpoints } }), urlOf);

  const urls = config.services.shop?.environments.map(({ smoke }) => smoke?.endpoints);

  const answer = { status: 204, contains: 'ok' };
  expect(urls).toEqual([
    [{ url: 'http://127.0.0.1:1001/healthz?deep=1', ...answer }],
    [{ url: 'http://127.0.0.1:1002/healthz?deep=1', ...answer }],
  ]);
});

test('who is who, and who mails them links, is as configured', () => {
  const { people, mail } = localConfig(
    {
      ...installed(),
      people: { ada: { principals: [], author: [], email: 'ada@example.com' } },
      mail: { from: 'deploys@example.com' },
    },
    urlOf,
  );

  expect({ people, mail }).toMatchObject({
    people: { ada: { email: 'ada@example.com' } },
    mail: { from: 'deploys@example.com' },
  });
});

test('traffic that is shifted bakes for two minutes at most, smoke tests ask the local test listener, and that is said', () => {
  const shifting = (rollout: EnvironmentInput['rollout']) =>
    installed(
      {},
      {
        ...production,
        rollout,
        deploymentTimeout: '5h',
        smoke: {
          endpoints: [{ url: 'https://shop.example.com/healthz' }],
          testListener: { url: 'https://shop.example.com:8443', headers: { 'x-test': '1' } },
        },
      },
    );
  const local = (rollout: EnvironmentInput['rollout']) =>
    localConfig(shifting(rollout), (_, listener) => `http://127.0.0.1/${listener}`).services.shop
      ?.environments[0];

  const blueGreen = local({ strategy: 'BLUE_GREEN', bakeTime: '1h' });
  expect(blueGreen).toMatchObject({ rollout: { bakeTime: 120 }, deploymentTimeout: 210 });
  expect(blueGreen?.smoke?.testListener).toEqual({
    url: 'http://127.0.0.1/test',
    headers: { 'x-test': '1' },
  });
  expect(local({ strategy: 'CANARY' })?.rollout).toMatchObject({
    percent: 50,
    canaryBakeTime: 120,
    bakeTime: 0,
  });
  expect(local({ strategy: 'LINEAR' })?.rollout).toMatchObject({ stepPercent: 50, stepBakeTime: 120 });
  expect(overlaid(shifting({ strategy: 'LINEAR' })).join()).toContain('side by side for 2 min');
});

test('there is one registry, whichever is configured, and that is said', () => {
  const elsewhere = installed({ registry: { account: '999999999999', region: 'us-east-1' } });

  expect(localConfig(elsewhere, urlOf).services.shop).not.toHaveProperty('registry');
  expect(overlaid(elsewhere)).toContain('all repositories are in the one registry that is here');
  expect(overlaid(installed())).not.toContain('all repositories are in the one registry that is here');
});

test('metrics are those of the local load balancers within minutes, and what is judged by stays as configured', () => {
  const own = {
    ...production,
    analysis: { ...analysis, latencyTolerance: 2, onInconclusive: 'rollback' as const },
  };
  const config = localConfig(installed({}, own), urlOf);

  expect(config.services.shop?.environments[0]?.analysis).toEqual({
    loadBalancer: loadBalancerName('shop-production').dimension,
    targetGroup: targetGroupName('shop-production').dimension,
    baseline: 30,
    window: 15,
    warmUp: 5,
    period: 5,
    publicationDelay: 1,
    latencyTolerance: 2,
    onInconclusive: 'rollback',
  });
});

test('waiting is cut short, and nothing is made longer', () => {
  const long = localConfig(installed({ scan: { waitFor: '20m' } }), urlOf).services.shop;
  const brief = { ...production, deploymentTimeout: '40s' };
  const short = localConfig(installed({ scan: { waitFor: '20s' } }, brief), urlOf).services.shop;

  expect([long?.scan.waitFor, long?.environments[0]?.deploymentTimeout]).toEqual([60, 90]);
  expect([short?.scan.waitFor, short?.environments[0]?.deploymentTimeout]).toEqual([20, 40]);
});

test('all else is the installation’s own', () => {
  const own = { ...production, approval: {}, releaseTask: { command: ['migrate'] } };
  const config = localConfig(installed({ tags: 'release-*' }, own), urlOf);

  expect(config.slack).toEqual({ channel: 'deploys' });
  expect(config.services.shop).toMatchObject({ repository: 'team/shop', tags: 'release-*' });
  expect(config.services.shop?.environments[0]).toMatchObject({
    approval: { timeout: 86_400 },
    releaseTask: { command: ['migrate'], timeout: 600 },
  });
});

test('what does not hold here is said, and only that', () => {
  const bare = {
    name: 'production',
    cluster: 'main',
    service: 'shop',
    deploymentTimeout: '60s',
    watch: '10s',
  };

  expect(overlaid(installed({ scan: { waitFor: '30s' } }, bare))).toEqual([]);
  expect(overlaid(installed()).join('; ')).toMatch(/15 s after against 30 s before.*report may take 1 min/);
});

describe('the file', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tidegate-config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const written = (text: string) => {
    const file = join(directory, 'tidegate.config.ts');
    const core = JSON.stringify(resolve('core/config.ts'));
    writeFileSync(file, `import { defineConfig } from ${core};\n${text}`);
    return installedConfig(file);
  };
  const service = `{ repository: 'shop', container: 'app', environments: [{ name: 'production', cluster: 'main', service: 'shop' }] }`;

  test('is read as it is written', async () => {
    const config = await written(`export default defineConfig({ services: { shop: ${service} } });`);

    expect(Object.keys(config.services)).toEqual(['shop']);
  });

  test.each([
    [
      'defineConfig({ services: { Shop: {} } })',
      /^tidegate\.config\.ts has \d mistakes?:\n {2}services\.Shop/,
    ],
    ['defineConfig({ services: {} })', /names no service/],
    [`{ services: { shop: ${service} } }`, /must say: export default defineConfig/],
    ['42', /must say: export default defineConfig/],
  ])('that exports %s is refused with the reason', async (text, message) => {
    await expect(written(`export default ${text};`)).rejects.toThrow(message);
  });

  test.each([
    ['export const config = 1;', /tidegate\.config\.ts must say: /],
    ['export default missing;', /tidegate\.config\.ts.* cannot be read: missing is/],
  ])('%j is refused by its name', async (text, message) => {
    await expect(written(text)).rejects.toThrow(message);
  });

  test('that is not there is told so', async () => {
    await expect(installedConfig(join(directory, 'none.ts'))).rejects.toThrow(
      /^there is no file .*none\.ts$/,
    );
  });
});

test('the committed configuration shows all three acts', async () => {
  const [service] = Object.values((await installedConfig()).services);

  const acts = service && actsFor(service, 0);

  expect(acts?.map(({ tag, instead }) => [tag, instead])).toEqual([
    ['v1.0.0', undefined],
    ['v1.1.0', undefined],
    ['v1.2.0', undefined],
  ]);
});

test.each([
  {
    it: 'without analysis',
    service: shopOf({}, { ...production, analysis: undefined }),
    act: 1,
    why: /no environment compares metrics/,
  },
  {
    it: 'whose scan lets CRITICAL pass',
    service: shopOf({ scan: { block: [] } }),
    act: 2,
    why: /is deployed to production/,
  },
  {
    it: 'with a smoke test that the sample does not answer',
    service: shopOf({}, { ...production, smoke: { endpoints: [{ url: 'https://a.example/status' }] } }),
    act: 0,
    why: /the sample service does not answer \/status as its smoke test wants/,
  },
])('a service $it cannot show act $act, and says why', ({ service, act, why }) => {
  expect(actsFor(service, 0)[act]?.instead).toMatch(why);
});

test.each([
  { ends: 'Deployed', strict: true, good: true, words: undefined },
  { ends: 'Superseded', strict: false, good: true, words: /push of somebody else took its place/ },
  { ends: 'Superseded', strict: true, good: false, words: /push of somebody else took its place/ },
  { ends: 'NothingToDo', strict: false, good: true, words: /push of somebody else took its place/ },
  { ends: 'NeedsHuman', strict: false, good: false, words: /^It had to end Deployed, not NeedsHuman\.$/ },
])(
  'an act that ends $ends, where that is strict: $strict, is good: $good',
  ({ ends, strict, good, words }) => {
    const reviewed = review({ outcome: 'Deployed' }, ends, strict);

    expect(reviewed.good).toBe(good);
    if (words) expect(reviewed.words).toMatch(words);
    else expect(reviewed.words).toBeUndefined();
  },
);

const shop = shopOf();
const staging: EnvironmentInput = { name: 'staging', cluster: 'main', service: 'shop-staging' };

test.each([
  { variant: 'good', tag: 'v1', outcome: 'Deployed', words: /^it is deployed to production$/ },
  { variant: 'good', tag: 'latest', outcome: 'NothingToDo', words: /^nothing is deployed: latest/ },
  { variant: 'good', tag: '1.2.3', outcome: 'NothingToDo', words: /does not match v\*/ },
  {
    variant: 'good',
    tag: `sha256-${'0'.repeat(64)}.sig`,
    outcome: undefined,
    words: /^no release starts: .*cosign/,
  },
  { variant: 'vulnerable', tag: 'v1', outcome: 'Rejected', words: /1 CRITICAL with a fix: CVE-/ },
  { variant: 'errors', tag: 'v1', outcome: 'RolledBack', words: /error rates are compared$/ },
  { variant: 'slow', tag: 'v1', outcome: 'RolledBack', words: /latency is compared$/ },
  { variant: 'crash', tag: 'v1', outcome: 'RolledBack', words: /exits soon/ },
  { variant: 'unhealthy', tag: 'v1', outcome: 'RolledBack', words: /never passes its health check/ },
  {
    variant: 'good',
    tag: 'v1',
    report: 'none',
    outcome: 'Rejected',
    words: /rejected after 10 min without a report/,
  },
  { variant: 'good', tag: 'v1', report: 'given', outcome: undefined, words: /as the given report says/ },
] as const)('$variant as $tag with report $report: $words', ({ outcome, words, ...pushed }) => {
  const expected = expectation(shop, pushed, 0);

  expect(expected.outcome).toBe(outcome);
  expect(expected.words).toMatch(words);
});

test('each environment is told in its order, and where somebody must approve', () => {
  const approved = { ...production, approval: {} };

  const good = expectation(shopOf({}, staging, approved), { variant: 'good', tag: 'v1' }, 0);
  const errors = expectation(shopOf({}, staging, approved), { variant: 'errors', tag: 'v1' }, 0);

  expect(good.words).toBe(
    'it is deployed to staging, then to production (once somebody has approved it on the Slack page)',
  );
  expect(errors.outcome).toBe('RolledBack');
  expect(errors.words).toMatch(
    /^it is deployed to staging, then once somebody has approved.*\(production\)$/,
  );
});

test.each([
  [['migrate'], 'Deployed'],
  [['migrate', 'fail'], 'Rejected'],
  [['npm', 'run', 'migrate'], 'Rejected'],
])('with the release task %j a good image ends %s', (command, outcome) => {
  const service = shopOf({}, { ...production, releaseTask: { command } });

  expect(expectation(service, { variant: 'good', tag: 'v1' }, 0).outcome).toBe(outcome);
});

test('it is too early for a comparison until users have come for as long as the baseline', () => {
  expect(tooEarly(shop, 'slow', 3599)).toMatch(
    /only 59 min 59 s of the 1 h .*: where that is too little .* kept/,
  );
  expect(tooEarly(shop, 'slow', 3600)).toBeUndefined();
  expect(tooEarly(shop, 'crash', 0)).toBeUndefined();
  expect(tooEarly(shopOf({}, staging), 'errors', 0)).toBeUndefined();
});

test.each([
  ['v*', 'v1.0.0', 'v1.0.0'],
  ['release-*', 'v1.0.0', 'release-v1.0.0'],
  ['*-prod', 'v1.0.0', 'v1.0.0-prod'],
  ['a*b*c', 'v1', 'av1bc'],
  ['stable', 'v1', 'stable'],
])('for the pattern %s, %s becomes %s', (pattern, wanted, tag) => {
  expect(tagFor(pattern, wanted)).toBe(tag);
});

test('a tag of its own is made of the time', () => {
  expect(tagOf(new Date('2026-01-05T09:30:15Z'), '4f2a')).toBe('v0105-0930-4f2a');
});

test('what moves alongside bakes no longer either', () => {
  const config = defineConfig({
    services: {
      shop: {
        ...{ repository: 'shop', container: 'app' },
        environments: [
          {
            ...{ name: 'production', cluster: 'main', service: 'shop', deploymentTimeout: '3h' },
            alongside: [{ service: 'worker', rollout: { strategy: 'BLUE_GREEN', bakeTime: '1h' } }],
          },
        ],
      },
    },
  });

  const [environment] = localConfig(config, () => '').services.shop?.environments ?? [];

  expect(environment).toMatchObject({
    alongside: [{ rollout: { bakeTime: 120 } }],
    deploymentTimeout: 210,
  });
});
