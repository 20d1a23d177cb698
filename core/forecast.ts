/** What a release to an environment would go through, in order, and how long that takes at least. */
import { type Environment, environmentAfter, type Service } from './config.ts';
import { spoken } from './duration.ts';
import { against } from './judge/baseline.ts';
import type { AnalysisPolicy } from './judge/policy.ts';
import { membersOf } from './members.ts';
import { type Strategy, shortestRollout } from './strategy.ts';

export interface ForecastState {
  /** Of the state machine. */
  state: string;
  does: string;
  /** Seconds; 0 where it takes as long as AWS or people need. */
  atLeast: number;
}

/** Where nothing goes wrong. */
export function forecast(service: Service, environment: Environment): ForecastState[] {
  const { approval, soak, releaseTask, rollout, smoke, analysis, watch, deploymentTimeout } = environment;
  const before = service.environments[service.environments.indexOf(environment) - 1];
  const shifting = rollout.strategy !== 'ROLLING';
  const next = environmentAfter(service, environment.name);
  const services = membersOf(service, environment).map((member) => member.environment.service);
  const updates =
    services.length > 1 ? `one UpdateService each: ${services.join(', ')}` : 'one UpdateService';
  const at = (state: string, does: string, atLeast = 0): ForecastState => ({ state, does, atLeast });
  const when = (asked: unknown, ...states: ForecastState[]) => (asked ? states : []);

  const asked = smoke?.endpoints.length === 1 ? 'its endpoint' : `its ${smoke?.endpoints.length} endpoints`;
  const smokeTests = at(
    'RunSmokeTests',
    shifting
      ? `asks ${asked} through the test listener, before users reach the new version`
      : `asks ${asked} as users would, ${smoke?.consecutive} good answers in a row each`,
  );
  const asks = `asks ${approval?.approvals === 1 ? 'a person, who has' : `${approval?.approvals} people, who have`} ${spoken(approval?.timeout ?? 0)}`;
  const watching = analysis ? windowOf(analysis) : 0;
  const metrics = at(
    'CompareMetrics',
    shifting
      ? `compares old and new version for ${spoken(watching)} while both serve`
      : `compares ${spoken(analysis?.window ?? 0)} after with ${analysis ? against(analysis) : ''}`,
    // While ECS rolls out, that time is part of the rollout's.
    shifting ? 0 : watching,
  );
  return [
    at('ResolveRelease', 'reads the image, its commit and the settings'),
    ...when(soak, at('Soak', `waits until it has run in ${before?.name} for ${spoken(soak ?? 0)}`)),
    at(
      'CheckScan',
      `judges the Trivy report of this digest, waits for it up to ${spoken(service.scan.waitFor)}`,
    ),
    ...when(approval?.at === 'start', at('RequestApproval', asks)),
    at('AcquireSlot', 'waits until no other release changes the service'),
    at('PlanDeployment', 'looks once more at all that is shown here'),
    at('RegisterTaskDefinition', 'registers the running revision with the new image'),
    ...when(
      releaseTask,
      at(
        'RunReleaseTask',
        `runs ${(releaseTask?.command ?? []).join(' ')} once, at most ${spoken(releaseTask?.timeout ?? 0)}`,
      ),
    ),
    at('StartDeployment', updates),
    at(
      'AwaitDeployment',
      `${rolls(rollout)}; taken back if ECS needs more than ${spoken(deploymentTimeout)}`,
      shortestRollout(rollout),
    ),
    ...when(smoke, smokeTests),
    ...when(
      approval?.at === 'pause',
      at('RequestContinuation', `whenever ECS pauses, ${asks} for all pauses together`),
    ),
    ...when(analysis, metrics),
    at(
      'ConfirmRelease',
      shifting || watch === 0
        ? 'proves that every task runs this digest'
        : `proves that every task runs this digest, and watches them for ${spoken(watch)}`,
      shifting ? 0 : watch,
    ),
    at('RecordOutcome', 'keeps the record, frees the slot'),
    ...when(next, at('Promote', `starts the release of the same digest to ${next?.name}`)),
  ];
}

/** Until the last period's figures are there. */
const windowOf = ({ window, publicationDelay }: AnalysisPolicy) => window + publicationDelay;

function rolls(strategy: Strategy): string {
  switch (strategy.strategy) {
    case 'ROLLING':
      return 'ECS replaces the tasks (ROLLING)';
    case 'BLUE_GREEN':
      return `ECS moves all traffic at once (BLUE_GREEN), and the old tasks stand for ${spoken(strategy.bakeTime)} more`;
    case 'CANARY':
      return `ECS moves ${strategy.percent} % of the traffic for ${spoken(strategy.canaryBakeTime)}, then all (CANARY), and the old tasks stand for ${spoken(strategy.bakeTime)} more`;
    case 'LINEAR':
      return `ECS moves ${strategy.stepPercent} % of the traffic every ${spoken(strategy.stepBakeTime)} (LINEAR), and the old tasks stand for ${spoken(strategy.bakeTime)} more`;
  }
}
