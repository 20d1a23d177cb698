/** ECS shows a change a little later than it takes it: for a while, some answers are still those from before. */
import type { Around, Call } from '../../local/door/answering.ts';

const changes = new Set(['UpdateService', 'StopServiceDeployment', 'RunTask']);
const reads = new Set([
  ...['DescribeServices', 'ListServiceDeployments', 'DescribeServiceDeployments', 'DescribeServiceRevisions'],
  ...['ListTasks', 'DescribeTasks'],
]);

/** Every other question that was asked before the last change is answered as it was then, for `seconds` after it. */
export function lagging(
  seconds: number,
  now: () => number,
  random: () => number,
  onOldAnswer: (call: Call) => void,
): Around {
  /** By what was asked; of how many changes each answer knows. */
  const answered = new Map<string, { answer: unknown; known: number }>();
  let done = 0;
  let changedAt = Number.NEGATIVE_INFINITY;

  return async (call, next) => {
    const { operation, input } = call;
    if (seconds === 0) return next();
    if (changes.has(operation)) {
      const answer = await next();
      done += 1;
      changedAt = now();
      return answer;
    }
    if (!reads.has(operation)) return next();

    const question = operation + JSON.stringify(input);
    const before = answered.get(question);
    const lags = now() - changedAt < seconds * 1000 && before?.known === done - 1;
    if (lags && random() < 0.5) {
      onOldAnswer(call);
      return structuredClone(before.answer);
    }
    const answer = await next();
    answered.set(question, { answer: structuredClone(answer), known: done });
    return answer;
  };
}
