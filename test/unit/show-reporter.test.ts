import { expect, test, vi } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { reporter } from '../../local/show/reporter.ts';
import { terminal } from '../../local/show/terminal.ts';
import { statesService } from '../../local/states/states.ts';
import { machine } from '../support/asl-run.ts';

test.each(['null', '5', '"text"', '[]', '{"push":null}', '{"push":{"tag":5}}'])(
  'an execution that somebody starts with the input %s is told like every other',
  async (input) => {
    const clock = virtualClock();
    const complaints = vi.spyOn(console, 'error').mockReturnValue();
    const told: string[] = [];
    const out = { write: (text: string) => told.push(text) > 0, isTTY: false, columns: 80 };
    const { history, status } = reporter(terminal(out, true), () => clock.now());
    const { service } = statesService({
      clock,
      invoke: () => null,
      onHistory: history,
      onStatusChange: status,
    });
    const { CreateStateMachine, StartExecution } = service.operations;
    const definition = JSON.stringify(machine({ Rest: { Type: 'Wait', Seconds: 5, End: true } }));
    const created = CreateStateMachine?.({ name: 'machine', roleArn: 'arn:aws:iam::1:role/r', definition });

    StartExecution?.({ ...(created as object), name: 'mine', input });
    await clock.advance(5000);

    expect(told.join('')).toMatch(/execution mine\n.*SUCCEEDED/);
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
  },
);

test('a release that goes on from another is named after that one has ended, however early it starts', async () => {
  const told: string[] = [];
  const out = { write: (text: string) => told.push(text) > 0, isTTY: false, columns: 120 };
  const { status } = reporter(terminal(out, true), () => 0);
  const push = {
    eventId: 'e',
    registryId: '123456789012',
    region: 'eu-west-1',
    repository: 'my-api',
    tag: 'v1.0.0',
  };
  const digest = `sha256:${'a'.repeat(64)}`;
  const release = (name: string, promotedFrom?: string) => ({
    ...{ executionArn: `arn:${name}`, stateMachineArn: 'arn:machine', name, startDate: 0, output: null },
    input: JSON.stringify({
      ...{ service: 'my-api', environment: name, push: { ...push, digest, pushedAt: 0 } },
      ...(promotedFrom && { promotedFrom }),
    }),
  });
  const staging = release('staging');
  status({ ...staging, status: 'RUNNING' } as never);

  status({ ...release('production', 'arn:staging'), status: 'RUNNING' } as never);
  status({ ...staging, status: 'ABORTED', stopDate: 1 } as never);

  expect(told.join('')).toMatch(/execution staging\n/);
  expect(told.join('')).not.toContain('execution production');
});
