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
