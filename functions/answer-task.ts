/** Answers a waiting state, whoever found the answer: the step itself, an event, or another release. */
import type { Aws } from '../aws/gateways.ts';
import type { Step } from './step.ts';

export interface WaitingTask {
  /** The execution's ARN. */
  execution: string;
  taskToken: string;
}

/** Keeps the answer in the record, then answers. May be repeated. False where nobody waits any more. */
export async function answerTask(
  aws: Pick<Aws, 'records' | 'states'>,
  step: Pick<Step, 'name' | 'output'>,
  { execution, taskToken }: WaitingTask,
  answer: unknown,
): Promise<boolean> {
  const checked = step.output.parse(answer);
  await aws.records.note(execution, step.name, checked);
  return aws.states.answer(taskToken, checked);
}
