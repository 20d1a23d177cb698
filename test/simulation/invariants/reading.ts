/** What the invariants read in a story. */
import { workerOf } from '../config.ts';
import { areTight } from '../limits.ts';
import type { Effect, PlayedExecution, PlayedTarget, Story } from '../story.ts';

export type Invariants = Readonly<Record<string, (story: Story) => string[]>>;

/** A digest as people read it. */
export const short = (digest: string | undefined) => digest?.slice(7, 15) ?? 'nothing';

/** What a release changes, by the names of the ECS services: the revision that it registered, and the one that ran before. */
export function changedBy({ record }: PlayedExecution, leading: string) {
  const {
    taskDefinitionArn,
    unchanged,
    others = {},
  } = (record.steps.RegisterTaskDefinition ?? {}) as {
    taskDefinitionArn?: string;
    unchanged?: boolean;
    others?: Record<string, string>;
  };
  const { wayBack, wayBacks = { [leading]: wayBack } } = record;
  const revisions = { ...(!unchanged && { [leading]: taskDefinitionArn }), ...others };
  return Object.entries(revisions).map(([service, revision]) => ({
    ...{ service, revision },
    wayBack: wayBacks[service],
  }));
}

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
  (plan.incidents ?? []).length + (plan.shifts?.faults ?? []).length + (plan.stops ?? []).length === 0 &&
  plan.skewSeconds === 0 &&
  plan.slackDownSeconds === 0 &&
  !areTight(plan.limits);

/** Of two releases, the later one is the newer. Its own, since what is looked at may be wrong. */
export const askedForAt = ({ request: { push, rollback } }: PlayedExecution): number =>
  rollback?.requestedAt ?? push.pushedAt;

/** When an execution first came to a state, ms since the epoch. */
export const enteredAt = ({ history }: PlayedExecution, state: string) =>
  history
    .find(
      (event) =>
        (event as { stateEnteredEventDetails?: { name: string } }).stateEnteredEventDetails?.name === state,
    )
    ?.timestamp.getTime();

/** Every answer of a state, as the history of its execution tells, and when. */
export function answersIn({ history }: PlayedExecution, state: string) {
  const answers: { at: number; answer: Record<string, unknown> }[] = [];
  let entered = '';
  for (const event of history) {
    const { stateEnteredEventDetails, taskSucceededEventDetails } = event as unknown as Record<
      string,
      { name?: string; output?: string; resource?: string } | undefined
    >;
    entered = stateEnteredEventDetails?.name ?? entered;
    const { output, resource } = taskSucceededEventDetails ?? {};
    if (entered !== state || output === undefined) continue;
    const result = JSON.parse(output);
    answers.push({
      at: event.timestamp.getTime(),
      answer: resource === 'invoke.waitForTaskToken' ? result : result.Payload,
    });
  }
  return answers;
}

/** The commit of what a release brings, as its image has it. */
export const commitOf = ({ record }: PlayedExecution): string | undefined =>
  (record.steps.ResolveRelease as { release?: { commit?: { revision?: string } } } | undefined)?.release
    ?.commit?.revision;

/** Tasks of what ran first end one after the other, and its image is gone. */
export const cannotBeReplaced = ({ plan: { operator, incidents = [] } }: Story) =>
  incidents.length > 0 && operator.some(({ does }) => does === 'deletes the image that ran first');

/** What an operator did to a service, and what a stopped release left there, excuses what it is like in the end. `only`: of its ECS services, this one. */
export const operatedOn = ({ plan, config }: Story, service: string, only?: string) => {
  const names = Object.keys(config.services);
  const meant = plan.alongside === 'a worker that operators mean' ? workerOf(service) : service;
  return plan.operator.some(
    ({ does, service: index }) =>
      does === 'stops the newest execution' ||
      (names[index % names.length] === service &&
        (only === undefined || only === meant) &&
        ['scales to zero', 'deploys the first revision by hand', 'deploys a hot fix'].includes(does)),
  );
};
