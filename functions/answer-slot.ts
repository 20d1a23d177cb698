/** Tells releases what a change of the slot means for them. */
import type { Aws } from '../aws/open.ts';
import type { SlotChange } from '../core/slot.ts';

/** Repeating it does nothing: a task token is answered once. */
export async function answerSlot({ records, states }: Aws, answers: SlotChange['answers']): Promise<void> {
  for (const { execution, taskToken, answer } of answers) {
    await records.note(execution, 'AcquireSlot', answer);
    await states.answer(taskToken, answer);
  }
}
