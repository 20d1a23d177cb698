/** Is the way there open, and the way back? Asked before anything changes; all reasons at once. */

/** What the running service looked like. */
export interface Preflight {
  status: string | undefined;
  desiredCount: number;
  deploymentController: string;
  strategy: string;
  minimumHealthyPercent: number;
  maximumPercent: number;
  /** A deployment of somebody else that is under way. */
  deploymentInProgress: string | undefined;
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
}

/** Every reason not to deploy, each a sentence that says what to do. Empty: go. */
export function obstacles(service: string, seen: Preflight): string[] {
  const floor = Math.ceil((seen.minimumHealthyPercent / 100) * seen.desiredCount);
  const ceiling = Math.floor((seen.maximumPercent / 100) * seen.desiredCount);
  const reasons: [boolean, string][] = [
    [seen.status !== 'ACTIVE', `service ${service} is ${seen.status ?? 'missing'}, not ACTIVE`],
    [
      seen.deploymentController !== 'ECS',
      `service ${service} is deployed by ${seen.deploymentController}, not by ECS itself: change its deployment controller`,
    ],
    [
      seen.strategy !== 'ROLLING',
      `service ${service} uses the strategy ${seen.strategy}; only ROLLING is supported yet`,
    ],
    [
      seen.desiredCount < 1,
      `service ${service} wants ${seen.desiredCount} tasks: nothing would prove the release; scale it up first`,
    ],
    [
      seen.desiredCount > 0 && floor >= ceiling,
      `service ${service} may run at least ${floor} and at most ${ceiling} tasks: ECS can neither stop nor start one; lower minimumHealthyPercent (${seen.minimumHealthyPercent}) or raise maximumPercent (${seen.maximumPercent})`,
    ],
    [
      seen.deploymentInProgress !== undefined,
      `another deployment is under way (${seen.deploymentInProgress}): wait until it has ended, then push again`,
    ],
    [
      seen.previousRevisionStatus !== undefined && seen.previousRevisionStatus !== 'ACTIVE',
      `the running task definition is ${seen.previousRevisionStatus}: a rollback to it would be refused; register it again first`,
    ],
    [
      seen.previousImageExists === false,
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
  return reasons.filter(([applies]) => applies).map(([, sentence]) => sentence);
}
