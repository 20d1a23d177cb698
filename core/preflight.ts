/** Is the way there open, and the way back? Asked before anything changes; all reasons at once. */
import { spoken } from './duration.ts';
import { isPause, pausesBeforeUsers } from './pause-hook.ts';
import { differences, type EcsStrategy, type Strategy } from './strategy.ts';

/** `deploymentConfiguration` of an ECS service, as far as it is looked at before a release. */
export interface EcsRollout extends EcsStrategy {
  minimumHealthyPercent?: number | undefined;
  maximumPercent?: number | undefined;
  lifecycleHooks?:
    | {
        hookTargetArn?: string | undefined;
        targetType?: string | undefined;
        lifecycleStages?: string[] | undefined;
      }[]
    | undefined;
  deploymentCircuitBreaker?: { enable?: boolean | undefined } | undefined;
  earlySuccessCriteria?: { enable?: boolean | undefined } | undefined;
}

/** What the running service looked like. */
export interface Preflight {
  status: string | undefined;
  desiredCount: number;
  deploymentController: string;
  schedulingStrategy: string;
  /** What the service has, and what the configuration says of it. */
  rollout: EcsRollout;
  wanted: { rollout: Strategy; hook: boolean; pause?: boolean };
  /** A service deployment that has not ended, and is not one that a release before left unproved. */
  underWay: { arn: string; status: string } | undefined;
  /** Nothing of this service was ever proved to run: whatever is deployed can only be better, and there is no way back. */
  first: boolean;
  /** Of the revision that a rollback would return to. */
  previousRevisionStatus: string | undefined;
  /** Absent where the running image is not pinned by digest or lies in another registry: then nothing is known. */
  previousImageExists: boolean | undefined;
  /** Of the running task definition, and as the configuration has it: Tidegate may register no other. */
  family: { running: string; configured: string };
  /** Names of the roles that the task definition gives to its tasks and the configuration does not name. */
  unnamedRoles: string[];
  /** What the service runs on, as `amd64`. */
  architecture: string;
  /** What the pushed image offers, as `amd64`; empty where nothing is known. */
  imageArchitectures: string[];
  /** Deployment alarms of the service that fire already. */
  firing: string[];
}

export const deployedBy = (service: string, controller = 'somebody else'): string =>
  `service ${service} is deployed by ${controller}, not by ECS itself: change its deployment controller`;

/** A deployment that goes back is about to end: a release waits for it. */
export const waitsFor = ({ underWay }: Pick<Preflight, 'underWay'>): string | undefined =>
  underWay && !goesForward(underWay.status)
    ? `ECS is still taking a deployment back (${underWay.arn})`
    : undefined;

export const goesForward = (status: string): boolean => status === 'PENDING' || status === 'IN_PROGRESS';

/** Every reason not to deploy, each a sentence that says what to do. Empty: go. */
export function obstacles(service: string, seen: Preflight): string[] {
  const { minimumHealthyPercent = 100, maximumPercent = 200, lifecycleHooks = [] } = seen.rollout;
  const floor = Math.ceil((minimumHealthyPercent / 100) * seen.desiredCount);
  const ceiling = Math.floor((maximumPercent / 100) * seen.desiredCount);
  const otherwise = differences(seen.wanted.rollout, seen.rollout);
  const reasons: [boolean, string][] = [
    [seen.status !== 'ACTIVE', `service ${service} is ${seen.status ?? 'missing'}, not ACTIVE`],
    [seen.deploymentController !== 'ECS', deployedBy(service, seen.deploymentController)],
    [
      seen.schedulingStrategy !== 'REPLICA',
      `service ${service} is scheduled as ${seen.schedulingStrategy}, a task on every instance: Tidegate deploys REPLICA services`,
    ],
    [
      otherwise.length > 0,
      `service ${service} brings new versions in otherwise than rollout in tidegate.config.ts says (${otherwise.join('; ')}): change one of them, the service by \`tidegate strategy\``,
    ],
    [
      seen.wanted.hook && !lifecycleHooks.some(isTidegates),
      `service ${service} has no lifecycle hook of Tidegate at ${hookStage}: users would get new versions before they are tested; \`tidegate strategy\` adds it`,
    ],
    [
      seen.wanted.pause === true && !lifecycleHooks.some(isPause),
      `service ${service} has no lifecycle hook that pauses, and approval.at is pause: nobody would be asked; \`tidegate strategy\` adds it`,
    ],
    [
      seen.desiredCount < 1,
      `service ${service} wants ${seen.desiredCount} tasks: nothing would prove the release; scale it up first`,
    ],
    [
      seen.wanted.rollout.strategy === 'ROLLING' && seen.desiredCount > 0 && floor >= ceiling,
      `service ${service} may run at least ${floor} and at most ${ceiling} tasks: ECS can neither stop nor start one; lower minimumHealthyPercent (${minimumHealthyPercent}) or raise maximumPercent (${maximumPercent})`,
    ],
    [
      seen.underWay !== undefined && goesForward(seen.underWay.status) && !seen.first,
      `another deployment is under way (${seen.underWay?.arn}): wait until it has ended, then push again`,
    ],
    [
      seen.previousRevisionStatus !== undefined && seen.previousRevisionStatus !== 'ACTIVE',
      `the running task definition is ${seen.previousRevisionStatus}: a rollback to it would be refused; register it again first`,
    ],
    [
      seen.previousImageExists === false && !seen.first,
      'the running image is no longer in ECR: a rollback could not start a task; keep deployed images out of the lifecycle policy',
    ],
    [
      seen.family.running !== seen.family.configured,
      `the task definition is of the family ${seen.family.running}, and Tidegate may only register ${seen.family.configured}: set family in tidegate.config.ts and deploy Tidegate again`,
    ],
    [
      seen.unnamedRoles.length > 0,
      `its tasks have the role ${seen.unnamedRoles.join(' and ')}, which Tidegate may not pass on: add it to roles in tidegate.config.ts and deploy Tidegate again`,
    ],
    [
      seen.imageArchitectures.length > 0 && !seen.imageArchitectures.includes(seen.architecture),
      `the image is for ${seen.imageArchitectures.join(', ')}, the service runs on ${seen.architecture}`,
    ],
  ];
  return applying(reasons);
}

/** What does not stop a release, and makes it less safe than it could be. `timeout`: the environment's deploymentTimeout, seconds. */
export function warnings(service: string, seen: Preflight, timeout: number): string[] {
  const {
    deploymentCircuitBreaker: breaker,
    earlySuccessCriteria: early,
    lifecycleHooks = [],
  } = seen.rollout;
  const pauses = lifecycleHooks.filter(isPause);
  const stages = [...new Set(pauses.flatMap(({ lifecycleStages = [] }) => lifecycleStages))].join(', ');
  const rolling = seen.wanted.rollout.strategy === 'ROLLING';
  return applying([
    [
      seen.first,
      `nothing of service ${service} was ever successful: there is no way back from its first release`,
    ],
    [
      seen.firing.length > 0,
      `the alarm ${seen.firing.join(' and ')} fires already: ECS then ignores alarms for the whole deployment`,
    ],
    [
      seen.wanted.pause !== true && pauses.length > 0,
      `service ${service} has a hook that pauses deployments (${stages}), and Tidegate asks nobody then: whoever answers it has to within ${spoken(timeout)}, or the release is taken back; set approval.at to pause, or take the hook out`,
    ],
    [
      seen.wanted.pause === true && pauses.length > 0 && !pauses.some(pausesBeforeUsers),
      `service ${service} pauses only when its new version has all users (${stages}): nobody is asked before`,
    ],
    [
      rolling && !breaker?.enable,
      `service ${service} has no circuit breaker: a version that never gets healthy is taken back only after ${spoken(timeout)}`,
    ],
    [
      rolling && early?.enable === true,
      `service ${service} has earlySuccessCriteria: its circuit breaker and its alarms stop to look before all of its tasks are new`,
    ],
  ]);
}

const applying = (sentences: [boolean, string][]) =>
  sentences.filter(([applies]) => applies).map(([, sentence]) => sentence);

export const hookStage = 'POST_TEST_TRAFFIC_SHIFT';

/** Whatever the installation is called. */
export const isTidegates = ({
  hookTargetArn = '',
  lifecycleStages = [],
}: NonNullable<EcsRollout['lifecycleHooks']>[number]) =>
  /[:-]on-lifecycle-hook(:|$)/.test(hookTargetArn) && lifecycleStages.includes(hookStage);
