import { describe, expect, test } from 'vitest';
import type { Definition } from '../../local/console/page/definition.ts';
import { mainLine, waysOf } from '../../local/console/page/flow.ts';
import { type Box, layout, type Point } from '../../local/console/page/graph.ts';
import { lanes } from '../../local/console/page/lanes.ts';
import deploy from '../../state-machines/deploy.asl.json' with { type: 'json' };

const definition = deploy as unknown as Definition;
const graph = layout(definition);
const box = (name: string): Box => {
  const found = graph.boxes.find((one) => one.name === name);
  if (!found) throw new Error(`${name} has no box`);
  return found;
};

const machine = (States: Definition['States']): Definition => ({
  StartAt: String(Object.keys(States)[0]),
  States,
});

describe('the deploy state machine', () => {
  const line = mainLine(definition, waysOf(definition));

  test('goes straight down from the push to Deployed, with every optional step on the way', () => {
    expect(line.filter((name) => definition.States[name]?.Type === 'Task')).toEqual([
      'ResolveRelease',
      'CheckScan',
      'RequestApproval',
      'AcquireSlot',
      'PlanDeployment',
      'RegisterTaskDefinition',
      'RunReleaseTask',
      'StartDeployment',
      'AwaitDeployment',
      'RunSmokeTests',
      'CompareMetrics',
      'ConfirmRelease',
      'RecordOutcome',
      'Promote',
    ]);
    expect(line.at(-1)).toBe('Deployed');
    expect(new Set(line.map((name) => box(name).x)).size).toBe(1);
    expect(line.map((name) => box(name).y)).toEqual(
      line.map((name) => box(name).y).toSorted((a, b) => a - b),
    );
  });

  test('has the way back beside the main line, in order', () => {
    const back = ['RollBack', 'AwaitRollback', 'BackAgain', 'NeedsHuman'].map(box);

    expect(back.every(({ x }) => x > box('CompareMetrics').x)).toBe(true);
    expect(back.map(({ y }) => y)).toEqual(back.map(({ y }) => y).toSorted((a, b) => a - b));
    expect(box('RecordOutcome').y).toBeGreaterThan(box('NeedsHuman').y);
  });

  test('has a box for every state, and none overlaps another', () => {
    expect(graph.boxes.map(({ name }) => name).toSorted()).toEqual(Object.keys(definition.States).toSorted());

    const overlapping = graph.boxes.flatMap((one, index) =>
      graph.boxes.slice(index + 1).flatMap((other) => {
        const apart =
          Math.abs(one.x - other.x) >= (one.width + other.width) / 2 ||
          Math.abs(one.y - other.y) >= (one.height + other.height) / 2;
        return apart ? [] : [`${one.name} and ${other.name}`];
      }),
    );
    expect(overlapping).toEqual([]);
  });

  test('draws no line through a box', () => {
    const through = graph.lines.flatMap(({ from, to, points }) =>
      graph.boxes.filter((one) => crosses(points, one)).map(({ name }) => `${from} → ${to} through ${name}`),
    );

    expect(through).toEqual([]);
  });

  test('has its lines begin and end at the edges of their boxes', () => {
    for (const { from, to, points } of graph.lines) {
      expect(atEdge(points[0], box(from)), `${from} → ${to}, start`).toBe(true);
      expect(atEdge(points.at(-1), box(to)), `${from} → ${to}, end`).toBe(true);
    }
  });

  test('fits beside other things on a laptop', () => {
    expect(graph.width).toBeLessThan(760);
    expect(graph.boxes.every(({ x, width }) => x - width / 2 >= 0 && x + width / 2 <= graph.width)).toBe(
      true,
    );
    const points = graph.lines.flatMap((one) => one.points);
    expect(points.every(({ x, y }) => x >= 0 && x <= graph.width && y >= 0 && y <= graph.height)).toBe(true);
  });

  test('has the same picture each time', () => {
    expect(layout(definition)).toEqual(graph);
  });
});

describe('ways', () => {
  test('say what they are taken for', () => {
    const ways = waysOf(definition);
    const label = (from: string, to: string) => ways.find((way) => way.from === from && way.to === to)?.label;

    expect(label('ScanPassed', 'MayBreakGlass')).toBe('fail, held');
    expect(label('ScanPassed', 'RequestApproval')).toBe('approval');
    expect(label('BackAgain', 'HasWayBackTests')).toBe('back');
    expect(label('BackAgain', 'RecordOutcome')).toBe('superseded');
    expect(label('PlanDeployment', 'Reject')).toBe('ReleaseRejected');
  });

  test('that go back are known as such', () => {
    const back = waysOf(definition).filter((way) => way.back);

    expect(back.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      'Soak → ResolveRelease',
      'RequestApproval → RequestApproval',
      'AcquireSlot → AcquireSlot',
      'WaitForReleaseTask → RunReleaseTask',
      'AwaitDeployment → AwaitDeployment',
      'RequestContinuation → AwaitDeployment',
      'RequestContinuation → RequestContinuation',
      'WaitForSmokeTests → RunSmokeTests',
      'WaitForTraffic → AwaitDeployment',
      'MetricsHeld → AwaitDeployment',
      'WaitForMetrics → CompareMetrics',
      'WatchTasks → ConfirmRelease',
      'AwaitRollback → AwaitRollback',
      'WaitForWayBack → ProveWayBack',
    ]);
  });
});

describe('any other state machine', () => {
  test.each<{ it: string; states: Definition['States'] }>([
    { it: 'of one state', states: { Only: { Type: 'Pass' } } },
    { it: 'that never ends', states: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Wait', Next: 'A' } } },
    { it: 'that only fails', states: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Fail' } } },
    { it: 'with a state that nothing leads to', states: { A: { Type: 'Succeed' }, B: { Type: 'Pass' } } },
    { it: 'that leads to a state that is not there', states: { A: { Type: 'Pass', Next: 'Gone' } } },
  ])('$it is drawn too', ({ states }) => {
    const drawn = layout(machine(states));

    expect(drawn.boxes).toHaveLength(Object.keys(states).length);
    expect(drawn.lines.flatMap(({ points }) => points).every(({ x, y }) => Number.isFinite(x + y))).toBe(
      true,
    );
  });
});

test('lines to one target share a lane, and lanes that overlap lie side by side', () => {
  const { count, of } = lanes([
    { to: 'end', from: 0, until: 100 },
    { to: 'end', from: 50, until: 100 },
    { to: 'near', from: 10, until: 20 },
    { to: 'next', from: 20, until: 30 },
  ]);

  expect(count).toBe(2);
  expect([of('near'), of('next'), of('end')]).toEqual([0, 0, 1]);
});

function crosses(points: readonly Point[], { x, y, width, height }: Box): boolean {
  const inside = 1;
  const [left, right] = [x - width / 2 + inside, x + width / 2 - inside];
  const [top, bottom] = [y - height / 2 + inside, y + height / 2 - inside];
  return points.slice(1).some((to, index) => {
    const from = points[index] ?? to;
    return (
      Math.max(from.x, to.x) > left &&
      Math.min(from.x, to.x) < right &&
      Math.max(from.y, to.y) > top &&
      Math.min(from.y, to.y) < bottom
    );
  });
}

function atEdge(point: Point | undefined, { x, y, width, height }: Box): boolean {
  if (!point) return false;
  const across = Math.abs(Math.abs(point.x - x) - width / 2) < 0.01 && Math.abs(point.y - y) <= height / 2;
  const along = Math.abs(Math.abs(point.y - y) - height / 2) < 0.01 && Math.abs(point.x - x) <= width / 2;
  return across || along;
}
