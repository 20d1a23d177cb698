/** What a release would go through: states of the state machine, in its order. */
import { describe, expect, test } from 'vitest';
import { type ConfigInput, defineConfig, environmentOf } from '../../core/config.ts';
import { forecast } from '../../core/forecast.ts';
import machine from '../../state-machines/deploy.asl.json' with { type: 'json' };

type EnvironmentInput = ConfigInput['services'][string]['environments'][number];
const usual: EnvironmentInput = { name: 'production', cluster: 'main', service: 'my-api' };
const analysis = {
  loadBalancer: 'app/my-alb/50dc6c495c0c9188',
  targetGroup: 'targetgroup/my-tg/6d0ecf831eec9f09',
};
const smoke = { endpoints: [{ url: 'https://my-api.example.com/' }] };

function forecastOf(environment: Partial<EnvironmentInput>, after: EnvironmentInput[] = []) {
  const config = defineConfig({
    slack: { channel: 'deploys' },
    services: {
      'my-api': {
        repository: 'my-api',
        container: 'app',
        environments: [{ ...usual, ...environment }, ...after],
      },
    },
  });
  const found = environmentOf(config, 'my-api', 'production');
  return forecast(found.service, found.environment);
}

const everything = {
  ...{ approval: {}, releaseTask: { command: ['migrate'] }, analysis, smoke },
} satisfies Partial<EnvironmentInput>;
const askedAtPauses = {
  approval: { at: 'pause' },
  rollout: { strategy: 'BLUE_GREEN', bakeTime: '20m' },
  smoke: { ...smoke, testListener: { url: 'https://my-api.example.com:8443' } },
} satisfies Partial<EnvironmentInput>;
const next = { ...usual, name: 'next', service: 'other' };

interface State {
  Next?: string;
  Default?: string;
  Choices?: { Next: string }[];
}
const states = machine.States as Record<string, State>;

/** Whether one state may be followed by another, with choices and waiting between them. */
function follows(from: string, to: string): boolean {
  const seen = new Set<string>();
  const visit = (name: string | undefined): boolean => {
    if (name === undefined || seen.has(name)) return false;
    seen.add(name);
    if (name === to) return true;
    const { Next, Default, Choices = [] } = states[name] ?? {};
    return [Next, Default, ...Choices.map((choice) => choice.Next)].some(visit);
  };
  return visit(states[from]?.Next);
}

describe('a forecast', () => {
  test('names every task state of a release that nothing goes wrong with', () => {
    const tasks = Object.entries(machine.States)
      .filter(([, { Type }]) => Type === 'Task')
      .map(([name]) => name);
    const ofWayBack = ['RollBack', 'AwaitRollback', 'ProveWayBack'];

    // People are asked before the deployment, or in it.
    const both = [everything, { ...everything, ...askedAtPauses }];
    const named = [...new Set(both.flatMap((one) => forecastOf(one, [next]).map(({ state }) => state)))];

    expect(named.toSorted()).toEqual(tasks.filter((name) => !ofWayBack.includes(name)).toSorted());
  });

  test.each([
    { it: 'everything', environment: everything },
    { it: 'people asked when ECS pauses', environment: { ...everything, ...askedAtPauses } },
    { it: 'nothing that may be left out', environment: {} },
  ])('is in the order of the state machine, with $it', ({ environment }) => {
    const named = forecastOf(environment).map(({ state }) => state);

    const wrong = named.slice(1).filter((state, index) => !follows(String(named[index]), state));
    expect(wrong).toEqual([]);
  });

  test.each<{ it: string; environment: Partial<EnvironmentInput>; seconds: number }>([
    { it: 'the watch of tasks', environment: { watch: '5m' }, seconds: 300 },
    {
      it: 'the window of the analysis and its publication',
      environment: { analysis: { ...analysis, window: '10m', publicationDelay: '3m' } },
      seconds: 600 + 180 + 60,
    },
    {
      it: 'the bake time of a blue/green deployment, in which the metrics are compared',
      environment: {
        rollout: { strategy: 'BLUE_GREEN', bakeTime: '20m' },
        deploymentTimeout: '1h',
        analysis,
      },
      seconds: 1200,
    },
    {
      it: 'every step of a linear one',
      environment: {
        rollout: { strategy: 'LINEAR', stepPercent: 25, stepBakeTime: '5m', bakeTime: '10m' },
        deploymentTimeout: '1h',
      },
      seconds: 3 * 300 + 600,
    },
  ])('says how long it takes at least: $it', ({ environment, seconds }) => {
    const sum = forecastOf(environment).reduce((total, { atLeast }) => total + atLeast, 0);

    expect(sum).toBe(seconds);
  });
});

test('services alongside are changed each by a call of its own', () => {
  const states = forecastOf({ alongside: [{ service: 'my-worker' }] });

  expect(states.find(({ state }) => state === 'StartDeployment')?.does).toBe(
    'one UpdateService each: my-api, my-worker',
  );
});
