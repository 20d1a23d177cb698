/** What the invariants read in a story. */
import { areTight } from '../limits.ts';
import type { Effect, PlayedExecution, PlayedTarget, Story } from '../story.ts';

export type Invariants = Readonly<Record<string, (story: Story) => string[]>>;

/** A digest as people read it. */
export const short = (digest: string | undefined) => digest?.slice(7, 15) ?? 'nothing';

/** The registered revision of a release, where it got that far. */
export const revisionOf = ({ record }: PlayedExecution) =>
  (record.steps.RegisterTaskDefinition as { taskDefinitionArn?: string } | undefined)?.taskDefinitionArn;

/** Is a change the `UpdateService` of this step of this execution? */
export const updatesBy =
  ({ arn }: PlayedExecution, step: string) =>
  ({ operation, by, execution }: Effect) =>
    operation === 'UpdateService' && by === step && execution === arn;

/** Each service, with the releases of it. */
export const forTargets = (
  story: Story,
  check: (target: PlayedTarget, releases: PlayedExecution[]) => string[],
) =>
  story.targets.flatMap((target) =>
    check(
      target,
      story.executions.filter(
        ({ request }) => request.service === target.service && request.environment === target.environment,
      ),
    ),
  );

/** Nothing fails, but for events that get lost, come twice, or late, and there is room for all. */
export const isQuiet = ({ plan }: Story) =>
  plan.callFaults.length + plan.functionFaults.length + plan.operator.length === 0 &&
  plan.skewSeconds === 0 &&
  plan.slackDownSeconds === 0 &&
  !areTight(plan.limits);

/** When an execution first came to a state, ms since the epoch. */
export const enteredAt = ({ history }: PlayedExecution, state: string) =>
  history
    .find(
      (event) =>
        (event as { stateEnteredEventDetails?: { name: string } }).stateEnteredEventDetails?.name === state,
    )
    ?.timestamp.getTime();

/** What an operator did to a service, and what a stopped release left there, excuses what it is like in the end. */
export const operatedOn = ({ plan, config }: Story, service: string) => {
  const names = Object.keys(config.services);
  return plan.operator.some(
    ({ does, service: index }) =>
      does === 'stops the newest execution' ||
      (names[index % names.length] === service &&
        ['scales to zero', 'deploys the first revision by hand', 'deploys a hot fix'].includes(does)),
  );
};
