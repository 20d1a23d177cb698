/** Tells releases what a change of the slot means for them. */
import type { Aws } from '../aws/gateways.ts';
import type { SlotChange } from '../core/slot.ts';

/** Repeating it does nothing: a task token is answered once. */
export async function answerSlot(
  { records, states }: Pick<Aws, 'records' | 'states'>,
  answers: SlotChange['answers'],
): Promise<void> {
  for (const { execution, taskToken, answer } of answers) {
    await records.note(execution, 'AcquireSlot', answer);
    await states.answer(taskToken, answer);
  }
}
