/** What the show says of a release of several ECS services. */
import { expect, test } from 'vitest';
import type { HistoryEvent } from '../../local/asl/index.ts';
import { narrator } from '../../local/show/narrate.ts';

const plan = (decision: string) => ({
  ...{ decision, runningTaskDefinitionArn: 'arn:web:1' },
  changes: decision === 'skip' ? [] : [{ path: 'containerDefinitions.app.image', before: 'a', after: 'b' }],
});

test.each([
  {
    state: 'PlanDeployment',
    answer: { ...plan('deploy'), others: { worker: plan('skip') } },
    says: 'changes containerDefinitions.app.image and nothing else; worker: runs it already',
  },
  {
    state: 'PlanDeployment',
    answer: { ...plan('deploy'), changes: [], unchanged: true, others: { worker: plan('deploy') } },
    says: 'runs it already; worker: changes containerDefinitions.app.image and nothing else',
  },
  {
    state: 'RegisterTaskDefinition',
    answer: { taskDefinitionArn: 'arn/web:2', others: { worker: 'arn/worker:5' } },
    says: 'web:2 and worker:5',
  },
  {
    state: 'RegisterTaskDefinition',
    answer: { taskDefinitionArn: 'arn/web:2', unchanged: true, others: { worker: 'arn/worker:5' } },
    says: 'worker:5',
  },
  {
    state: 'StartDeployment',
    answer: { status: 'gives way', reason: 'somebody deployed worker:6 to worker meanwhile' },
    says: 'gives way: somebody deployed worker:6 to worker meanwhile',
  },
])('$state is told as "$says"', ({ state, answer, says }) => {
  const tell = narrator(0);
  const event = (type: string, details: object) =>
    ({ timestamp: new Date(1000), type, ...details }) as unknown as HistoryEvent;

  tell(event('TaskStateEntered', { stateEnteredEventDetails: { name: state } }));
  const line = tell(
    event('TaskSucceeded', { taskSucceededEventDetails: { output: JSON.stringify({ Payload: answer }) } }),
  );

  expect(line?.text).toBe(says);
});
