import { describe, expect, test } from 'vitest';
import { type ConfigInput, defineConfig, environmentAfter, environmentOf } from '../../core/config.ts';

const environment = { name: 'production', cluster: 'main', service: 'my-api' };
const analysis = {
  loadBalancer: 'app/my-api/50dc6c495c0c9188',
  targetGroup: 'targetgroup/my-api/6d0ecf831eec9f09',
};
const service = { repository: 'my-api', container: 'app', environments: [environment] };

describe('a configuration', () => {
  test('of two lines an environment is enough: everything else has a default', () => {
    const { services } = defineConfig({ services: { 'my-api': service } });

    expect(services['my-api']).toMatchObject({
      tags: 'v*',
      scan: { block: ['CRITICAL'], fixable: 'only', waitFor: 600, withoutReport: 'reject' },
      environments: [{ deploymentTimeout: 1800 }],
    });
  });

  test('names one way to Slack: the app, or a webhook', () => {
    const configured = (more: object) => () => defineConfig({ services: { 'my-api': service }, ...more });

    expect(configured({ slackWebhook: true })).not.toThrow();
    expect(configured({ slackWebhook: true, slack: { channel: 'deploys' } })).toThrow(
      'slackWebhook: is of no use beside slack',
    );
  });

  test.each([
    { deploymentTimeout: '12h', refused: false },
    { deploymentTimeout: '13h', refused: true },
  ])(
    'with a deployment timeout of $deploymentTimeout is refused: $refused',
    ({ deploymentTimeout, refused }) => {
      const define = () =>
        defineConfig({
          services: { 'my-api': { ...service, environments: [{ ...environment, deploymentTimeout }] } },
        });

      if (refused) expect(define).toThrow('environments.0.deploymentTimeout: must be at most 12h');
      else expect(define).not.toThrow();
    },
  );

  const slack = { channel: 'deploys' };
  const endpoints = [{ url: 'http://my-api.test/' }];

  test.each([
    {
      it: 'refuses approval without Slack',
      setting: { approval: {} },
      says: 'approval: needs slack settings',
    },
    {
      it: 'refuses a button to roll back without Slack',
      setting: { rollback: { who: { slackUsers: ['U012AB3CD'] } } },
      says: 'rollback: needs slack settings',
    },
    {
      it: 'refuses a button that nobody in Slack may press',
      setting: { rollback: { who: { principals: ['arn:aws:iam::123456789012:role/release-managers'] } } },
      says: 'rollback.who: names nobody whom Slack knows',
      slack,
    },
    { it: 'accepts approval within 5 days', setting: { approval: { timeout: '5d' } }, slack },
    {
      it: 'refuses to ask when ECS pauses a rolling update',
      setting: { approval: { at: 'pause' as const } },
      says: 'approval.at: must be start with ROLLING',
      slack,
    },
    {
      it: 'accepts a day for all pauses of a traffic shift together',
      setting: {
        approval: { at: 'pause' as const },
        rollout: { strategy: 'LINEAR' as const },
        deploymentTimeout: '2h',
      },
      slack,
    },
    {
      it: 'refuses more pauses, and longer ones, than an execution has room for',
      setting: {
        approval: { at: 'pause' as const, timeout: '5d' },
        rollout: { strategy: 'LINEAR' as const },
        deploymentTimeout: '2h',
      },
      says: 'deploymentTimeout: with the other timeouts of this environment a release may take',
      slack,
    },
    {
      it: 'refuses timeouts that together leave an execution no room',
      setting: { releaseTask: { command: ['x'], timeout: '3h' }, deploymentTimeout: '12h' },
      says: 'deploymentTimeout: with the other timeouts of this environment a release may take',
    },
    {
      it: 'accepts smoke tests through the test listener of a BLUE_GREEN service',
      setting: {
        rollout: { strategy: 'BLUE_GREEN' as const },
        smoke: { endpoints, testListener: { url: 'http://my-api.test:9001' } },
      },
    },
    {
      it: 'refuses smoke tests that could only come after the users',
      setting: { rollout: { strategy: 'CANARY' as const }, smoke: { endpoints } },
      says: 'smoke.testListener: is missing: with CANARY endpoints are asked',
    },
    {
      it: 'refuses a test listener where there is none',
      setting: { smoke: { endpoints, testListener: { url: 'http://my-api.test:9001' } } },
      says: 'smoke.testListener: has no use with ROLLING',
    },
    {
      it: 'refuses a rollout that must take longer than it may',
      setting: { rollout: { strategy: 'LINEAR' as const } },
      says: 'deploymentTimeout: must be more than the 1 h 4 min that this rollout takes at least',
    },
    {
      it: 'refuses a bake time that ends before the verdict',
      setting: { rollout: { strategy: 'BLUE_GREEN' as const, bakeTime: '9m' }, analysis },
      says: 'rollout: leaves 9 min in which old and new version stand, and the analysis needs 10 min',
    },
    {
      it: 'refuses an extension for which old and new version stand too short',
      setting: {
        rollout: { strategy: 'BLUE_GREEN' as const, bakeTime: '10m' },
        analysis: { ...analysis, extension: '10m' },
      },
      says: 'rollout: leaves 10 min in which old and new version stand, and the analysis needs 20 min',
    },
    {
      it: 'refuses to leave to a person what ECS goes on shifting',
      setting: {
        rollout: { strategy: 'BLUE_GREEN' as const, bakeTime: '10m' },
        analysis: { ...analysis, onInconclusive: 'ask' as const },
      },
      says: 'analysis.onInconclusive: ask leaves the new version to a person',
    },
    {
      it: 'accepts a bake time that just reaches to the verdict',
      setting: { rollout: { strategy: 'BLUE_GREEN' as const, bakeTime: '10m' }, analysis },
    },
    {
      it: 'refuses half minutes, which ECS cannot keep',
      setting: { rollout: { strategy: 'BLUE_GREEN' as const, bakeTime: '90s' } },
      says: 'rollout.bakeTime: must be whole minutes, at most 24h',
    },
    {
      it: 'refuses a strategy that ECS does not have',
      setting: { rollout: { strategy: 'SHADOW' as 'ROLLING' } },
      says: 'rollout.strategy: must be ROLLING, BLUE_GREEN, CANARY or LINEAR',
    },
    {
      it: 'refuses approval within more',
      setting: { approval: { timeout: '121h' } },
      slack,
      says: 'approval.timeout: must be at most 5d',
    },
    {
      it: 'accepts smoke tests that may take 25 s a round',
      setting: { smoke: { endpoints, consecutive: 5, requestTimeout: '5s' } },
    },
    {
      it: 'refuses smoke tests that may take longer',
      setting: { smoke: { endpoints, consecutive: 6, requestTimeout: '5s' } },
      says: 'smoke.consecutive: times requestTimeout must be at most 25s',
    },
    { it: 'accepts a window of a day', setting: { analysis: { ...analysis, window: '1d' } } },
    {
      it: 'refuses a longer window',
      setting: { analysis: { ...analysis, window: '25h' } },
      says: 'analysis.window: must be at most 1d',
    },
    { it: 'accepts a baseline of a week', setting: { analysis: { ...analysis, baseline: '7d' } } },
    {
      it: 'refuses a longer baseline',
      setting: { analysis: { ...analysis, baseline: '169h' } },
      says: 'analysis.baseline: must be at most 7d',
    },
  ])('$it', ({ setting, slack, says }) => {
    const environments = [{ ...environment, ...setting }];
    const services = { 'my-api': { ...service, environments } };

    const said = message(() => defineConfig({ services, ...(slack && { slack }) }));

    if (says) expect(said).toContain(`services.my-api.environments.0.${says}`);
    else expect(said).toBe('');
  });

  test.each([
    { emails: ['on-call@example.com'], says: '' },
    { emails: ['on-call'], says: 'alarms.emails.0: an e-mail address such as' },
    { emails: [], says: 'alarms.emails: must not be empty' },
  ])('tells of alarms whom it can reach: $emails', ({ emails, says }) => {
    const said = message(() => defineConfig({ services: { 'my-api': service }, alarms: { emails } }));

    expect(said).toContain(says);
    expect(said === '').toBe(says === '');
  });

  test('reads durations as seconds', () => {
    const { services } = defineConfig({
      services: {
        'my-api': {
          ...service,
          environments: [{ ...environment, analysis: { ...analysis, baseline: '2h' } }],
        },
      },
    });

    expect(services['my-api']?.environments[0]?.analysis?.baseline).toBe(7200);
  });

  test('tells all mistakes at once, each with its path and what it would lead to', () => {
    const wrong = {
      services: {
        'my-api': {
          ...service,
          repository: 'My API',
          tags: 'latest',
          scan: { waitFor: '1h', waivers: [{ id: 'CVE-1', statement: 'no', owner: 'me', expires: 'soon' }] },
          environments: [{ ...environment, analysis: { ...analysis, period: '7s', window: '5s' }, typo: 1 }],
        },
      },
    } as unknown as ConfigInput;

    const said = message(() => defineConfig(wrong));

    expect(said.split('\n')).toEqual([
      'tidegate.config.ts has 8 mistakes:',
      expect.stringMatching(/^ {2}services\.my-api\.repository: .*shop\/api/),
      expect.stringMatching(
        /^ {2}services\.my-api\.tags: latest says nothing about which version it is: if it has to deploy, set latest: true/,
      ),
      expect.stringMatching(/^ {2}services\.my-api\.scan\.waivers\.0\.statement: /),
      expect.stringMatching(/^ {2}services\.my-api\.scan\.waivers\.0\.expires: /),
      expect.stringMatching(/^ {2}services\.my-api\.scan\.waitFor: must be at most 25m/),
      expect.stringMatching(/^ {2}services\.my-api\.environments\.0\.analysis\.period: .*CloudWatch refuses/),
      expect.stringMatching(
        /^ {2}services\.my-api\.environments\.0\.analysis\.window: .*no release can be judged/,
      ),
      expect.stringMatching(/^ {2}services\.my-api\.environments\.0: .*typo/),
    ]);
  });

  test.each([
    {
      it: 'two environments of the same name',
      environments: [environment, { ...environment, service: 'other' }],
      says: 'two targets',
    },
    {
      it: 'two environments of the same ECS service',
      environments: [environment, { ...environment, name: 'staging' }],
      says: 'main/my-api already belongs to my-api.production',
    },
  ])('refuses $it', ({ environments, says }) => {
    expect(() => defineConfig({ services: { 'my-api': { ...service, environments } } })).toThrow(says);
  });
});

test('refuses two services and environments whose executions would have the same names', () => {
  const of = (name: string, ecsService: string) => ({
    ...service,
    environments: [{ ...environment, name, service: ecsService }],
  });

  expect(() => defineConfig({ services: { 'a-b': of('c', 'one'), a: of('b-c', 'two') } })).toThrow(
    'services.a.environments.0.name: a-b-c already belongs to a-b.c',
  );
});

describe('the order of environments', () => {
  const staging = { ...environment, name: 'staging', cluster: 'staging' };
  const config = defineConfig({
    services: { 'my-api': { ...service, environments: [staging, environment] } },
  });

  test('decides where a release goes next', () => {
    const { service } = environmentOf(config, 'my-api', 'staging');

    expect(environmentAfter(service, 'staging')?.name).toBe('production');
    expect(environmentAfter(service, 'production')).toBeUndefined();
  });

  test.each([
    ['my-api', 'qa'],
    ['other', 'staging'],
  ])('%s/%s is not in it', (service, environment) => {
    expect(() => environmentOf(config, service, environment)).toThrow(`no environment ${environment}`);
  });
});

function message(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

test('mistakes are told in words that say what to do', () => {
  const define = (config: object) => () => defineConfig(config as ConfigInput);
  const service = { repository: 'my-api', container: '', environments: [] };

  expect(define({ services: {} })).toThrow('services: names no service: nothing would ever be deployed');
  expect(define({ slak: {}, services: { My_API: service } })).toThrow(
    [
      // A wrong name hides no other mistake.
      'tidegate.config.ts has 4 mistakes:',
      '  services.My_API: a name such as my-api: lower case, digits and -, at most 39 characters',
      '  services.My_API.container: must not be empty',
      '  services.My_API.environments: must not be empty',
      '  the file: has no setting slak: misspelled, or in the wrong place?',
    ].join('\n'),
  );
  expect(define({ services: { 'my-api': service } })).toThrow(
    /container: must not be empty\n {2}services\.my-api\.environments: must not be empty/,
  );
  expect(define({ services: { 'my-api': { container: 'app' } } })).toThrow(
    'repository: is missing: a text expected',
  );
  const environment = {
    ...{ name: 'production', cluster: 'main', service: 'my-api' },
    ...{ queue: 'lifo', releaseTask: { command: 'migrate' }, alongside: ['my-worker'] },
    rollout: { strategy: 'CANARY', percent: 500, bakeTime: 10 },
  };
  const given = message(
    define({
      services: { 'my-api': { repository: 'my-api', container: 'app', environments: [environment] } },
    }),
  );
  expect(given.split('\n').map((line) => line.replace('  services.my-api.environments.0.', ''))).toEqual([
    'tidegate.config.ts has 5 mistakes:',
    'rollout.percent: must be at most 100',
    'rollout.bakeTime: is 10: a text expected',
    'alongside.0: is a text: an object expected',
    'queue: must be one of newest, fifo, reject',
    'releaseTask.command: is a text: a list expected',
  ]);
});

test('numbers are told as they are written, and what they are to be', () => {
  const smoke = { endpoints: [{ url: 'https://api.example.com', status: 200.5 }], consecutive: '3' };
  const environment = { name: 'production', cluster: 'main', service: 'my-api', smoke };
  const services = { 'my-api': { repository: 'my-api', container: 'app', environments: [environment] } };

  const given = message(() => defineConfig({ services } as unknown as ConfigInput));

  expect(given.split('\n').slice(1)).toEqual([
    expect.stringMatching(/smoke\.endpoints\.0\.status: is 200\.5: a whole number expected$/),
    expect.stringMatching(/smoke\.consecutive: is a text: a number expected$/),
  ]);
});
