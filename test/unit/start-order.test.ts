import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import type { ContainerToStart } from '../../local/engine/engine.ts';
import { startOrder } from '../../local/engine/start-order.ts';

type Dependencies = NonNullable<ContainerToStart['dependsOn']>;

/** Containers by name, with what each depends on; everything that is asked of the engine is written down. */
function order(containers: Record<string, Dependencies>, more: Partial<ContainerToStart> = {}) {
  const clock = virtualClock();
  const asked: string[] = [];
  const write =
    (what: string) =>
    ({ name }: ContainerToStart) =>
      void asked.push(`${what} ${name}`);
  const started = startOrder(
    Object.entries(containers).map(([name, dependsOn]) => ({
      name,
      image: name,
      environment: {},
      containerPorts: [],
      stopTimeoutSeconds: 30,
      dependsOn,
      ...more,
    })),
    clock,
    {
      start: write('start'),
      stop: write('stop'),
      neverStarted: write('never'),
      stuck: write('stuck'),
      allStarted: () => asked.push('all'),
    },
  );
  started.begin();
  return { ...started, asked, clock };
}

const on = (containerName: string, condition: Dependencies[number]['condition']): Dependencies => [
  { containerName, condition },
];

describe('a container waits for another', () => {
  test('to start', () => {
    const { asked, started } = order({ web: on('proxy', 'START'), proxy: [] });
    expect(asked).toEqual(['start proxy']);

    started('proxy');
    started('web');

    expect(asked).toEqual(['start proxy', 'start web', 'all']);
  });

  test.each([
    { condition: 'COMPLETE', exitCode: 0, asks: 'start web' },
    { condition: 'COMPLETE', exitCode: 1, asks: 'start web' },
    { condition: 'SUCCESS', exitCode: 0, asks: 'start web' },
    { condition: 'SUCCESS', exitCode: 1, asks: 'stuck web' },
    { condition: 'HEALTHY', exitCode: 0, asks: 'stuck web' },
  ] as const)('$condition, which ends with $exitCode: $asks', ({ condition, exitCode, asks }) => {
    const { asked, started, exited } = order({ web: on('init', condition), init: [] });
    started('init');
    expect(asked).toEqual(['start init']);

    exited('init', exitCode);

    expect(asked).toEqual(['start init', asks]);
  });

  test('to become healthy', () => {
    const { asked, started, healthy } = order({ web: on('db', 'HEALTHY'), db: [] });
    started('db');
    healthy('db');

    expect(asked).toEqual(['start db', 'start web']);
  });

  test('no longer than the other’s start timeout', async () => {
    const { asked, started, clock } = order(
      { web: on('db', 'HEALTHY'), db: [] },
      { startTimeoutSeconds: 60 },
    );
    started('db');

    await clock.advance(59_999);
    expect(asked).toEqual(['start db']);
    await clock.advance(1);

    expect(asked).toEqual(['start db', 'stuck web']);
  });
});

test('containers stop in the reverse order', () => {
  const { asked, started, exited, stop } = order({
    web: on('proxy', 'START'),
    proxy: on('agent', 'START'),
    agent: [],
  });
  for (const name of ['agent', 'proxy', 'web']) started(name);
  asked.length = 0;

  stop();
  stop();
  expect(asked).toEqual(['stop web']);
  exited('web', 143);
  exited('proxy', 143);

  expect(asked).toEqual(['stop web', 'stop proxy', 'stop agent']);
});

test('a container that still waits when its task is stopped never starts', () => {
  const { asked, started, exited, stop } = order({ web: on('init', 'SUCCESS'), init: [] });
  started('init');

  stop();
  exited('init', 0);

  expect(asked).toEqual(['start init', 'never web', 'stop init']);
});
