/** Approvals from a terminal: asked of, and decided by, the one function that may; AWS tells it who signs the request. */
import { approvalDoor, DoorClosed } from '../../aws/approval-door.ts';
import { openAws } from '../../aws/open.ts';
import type { ApprovalCommand, CommandAnswer } from '../../functions/events/on-approval-command.ts';
import { installation } from '../installation.ts';
import { Mistake } from '../mistake.ts';

/** Rejects with a `Mistake` where the function will not take it. */
export async function atTheDoor(
  command: ApprovalCommand,
  asked: Parameters<typeof installation>[0],
): Promise<CommandAnswer> {
  const { surroundings } = await installation(asked);
  const door = openAws(surroundings, { approvalDoor }).approvalDoor;
  try {
    return (await door.send(command)) as CommandAnswer;
  } catch (error) {
    if (!(error instanceof DoorClosed)) throw error;
    if (error.status === 403)
      throw new Mistake(
        `AWS does not let these credentials decide approvals (${error.message}). They need lambda:InvokeFunctionUrl, and lambda:InvokeFunction under the condition lambda:InvokedViaFunctionUrl, on the function on-approval-command: docs/approvals.md`,
      );
    throw new Mistake(error.message);
  }
}
