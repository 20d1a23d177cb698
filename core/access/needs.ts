/** Which function needs which actions of AWS. On what is said by core/access/resources.ts. */
import type { Action } from './resources.ts';

/** The kinds of items in Tidegate's table: the first words of their keys. */
export type ItemKind =
  | 'approval'
  | 'asked'
  | 'audit'
  | 'known'
  | 'open'
  | 'push'
  | 'release'
  | 'scan'
  | 'seen'
  | 'slot'
  | 'telling'
  | 'turn'
  | 'wait';

export interface Need {
  actions: readonly Action[];
  /** Which actions of DynamoDB on which items. */
  items: Partial<Record<ItemAction, readonly ItemKind[]>>;
}

export type ItemAction = 'GetItem' | 'BatchGetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

/** From a digest to what the image says of itself. */
const readImage = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'] as const;
/** The image of a task definition that pins none is that of its tasks. */
const readTasks = ['ecs:ListTasks', 'ecs:DescribeTasks'] as const;
const seeRunningImage = ['ecs:DescribeServices', 'ecs:DescribeTaskDefinition', ...readTasks] as const;
const seeDeployments = ['ecs:ListServiceDeployments', 'ecs:DescribeServiceRevisions'] as const;
const diagnose = ['ecs:DescribeTaskDefinition', 'logs:GetLogEvents'] as const;
/** A look at a deployment that a release waits for, and at what is left of it where it failed. */
const lookAtDeployment = [
  ...[...seeDeployments, 'ecs:DescribeServiceDeployments', 'ecs:DescribeServices'],
  ...[...readTasks, ...diagnose],
] as const;
/** ECS wants the roles of a task definition to be passed with it. */
const deploy = ['ecs:UpdateService', 'iam:PassRole'] as const;
/** Answers a pause of ECS, and sees whether it is waited for. */
const answerPauses = [
  'ecs:ContinueServiceDeployment paused',
  'ecs:DescribeServiceDeployments paused',
] as const;
const leaveSlot = { GetItem: ['release', 'slot'], PutItem: ['slot'], UpdateItem: ['release'] } as const;
/** Somebody decides: the attempt is kept whatever comes of it. */
const decide: Need['items'] = {
  // Of a pause, the state that waits is woken.
  ...{ GetItem: ['approval', 'wait'], PutItem: ['approval'], DeleteItem: ['wait'] },
  ...{ BatchGetItem: ['audit'], UpdateItem: ['audit', 'release'] },
};
const noted = { UpdateItem: ['release'] } as const;

export const needs: Record<string, Need> = {
  ResolveRelease: {
    actions: [...readImage, 'ecr:DescribeImages', ...seeRunningImage],
    // A rollback names the release that it goes back to.
    items: { ...noted, GetItem: ['release', 'slot'] },
  },
  // ListImageReferrers has no action of its own: it asks for ecr:BatchGetImage.
  CheckScan: {
    actions: [
      ...[...readImage, 'kms:GetPublicKey'],
      // Of these, what the service's evidence comes from.
      ...['ecr:DescribeImageScanFindings', 'inspector2:ListFindings', 's3:GetObject'],
    ] as Action[],
    items: {
      GetItem: ['approval', 'scan', 'seen', 'slot'],
      PutItem: ['seen'],
      UpdateItem: ['release', 'scan'],
    },
  },
  RequestApproval: {
    // What would change is shown to who decides.
    actions: [
      ...(['states:SendTaskSuccess', 'ssm:GetParameter slackToken'] as const),
      ...(['ecs:DescribeServices', 'ecs:DescribeTaskDefinition'] as const),
    ],
    items: { GetItem: ['approval', 'slot'], PutItem: ['approval'], UpdateItem: ['release'] },
  },
  AcquireSlot: {
    // A newer release wakes the one that waits for its deployment, and that one looks.
    actions: ['states:DescribeExecution', 'states:SendTaskSuccess', ...lookAtDeployment],
    items: { ...leaveSlot, GetItem: ['release', 'slot', 'wait'], DeleteItem: ['wait'] },
  },
  PlanDeployment: {
    actions: [
      ...[...readImage, 'ecr:DescribeImages', 'cloudwatch:DescribeAlarms'],
      ...['ecs:DescribeServices', 'ecs:DescribeTaskDefinition', 'ecs:ListServiceDeployments'],
    ] as Action[],
    items: { ...noted, GetItem: ['slot'] },
  },
  RegisterTaskDefinition: {
    actions: ['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition', 'ecs:TagResource', 'iam:PassRole'],
    items: noted,
  },
  RunReleaseTask: {
    actions: [
      ...(['ecs:DescribeServices', 'ecs:RunTask', 'iam:PassRole'] as const),
      ...(['ecs:DescribeTasks', 'ecs:StopTask', ...diagnose] as const),
    ],
    items: { ...noted, GetItem: ['slot'] },
  },
  StartDeployment: {
    actions: ['ecs:DescribeServices', ...seeDeployments, ...deploy],
    items: leaveSlot,
  },
  AwaitDeployment: {
    actions: ['states:SendTaskSuccess', ...lookAtDeployment],
    items: { ...noted, GetItem: ['slot'], PutItem: ['wait'], DeleteItem: ['wait'] },
  },
  RequestContinuation: {
    actions: [
      ...(['states:SendTaskSuccess', 'ssm:GetParameter slackToken', ...lookAtDeployment] as const),
      ...answerPauses,
    ],
    items: {
      ...{ GetItem: ['approval', 'release', 'slot'], BatchGetItem: ['approval'] },
      ...{ PutItem: ['approval', 'wait'], UpdateItem: ['release'], DeleteItem: ['wait'] },
    },
  },
  RunSmokeTests: { actions: [], items: { ...noted, GetItem: ['slot'] } },
  CompareMetrics: {
    // Tasks that crash while they are watched count, and say why.
    // Where old and new version both serve, it looks at the deployment too.
    // Lines of logs are counted where an analysis asks for it.
    actions: [
      ...(['cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms', ...lookAtDeployment] as const),
      ...(['logs:StartQuery', 'logs:GetQueryResults', 'logs:StopQuery'] as const),
    ],
    items: { ...noted, GetItem: ['slot'] },
  },
  ConfirmRelease: {
    // Tasks that crash while they are watched say why.
    actions: ['ecs:DescribeServices', ...seeDeployments, ...readTasks, ...diagnose],
    items: { ...noted, GetItem: ['slot'] },
  },
  RollBack: {
    actions: ['ecs:DescribeServices', ...seeDeployments, 'ecs:StopServiceDeployment', ...deploy],
    items: { ...noted, GetItem: ['release', 'slot'] },
  },
  AwaitRollback: {
    actions: ['states:SendTaskSuccess', 'ecs:DescribeServices', ...seeDeployments, ...answerPauses],
    items: { ...noted, PutItem: ['wait'], DeleteItem: ['wait'] },
  },
  ProveWayBack: { actions: [], items: noted },
  RecordOutcome: { actions: ['states:SendTaskSuccess'], items: leaveSlot },
  Promote: { actions: ['states:StartExecution'], items: { UpdateItem: ['release', 'push', 'open'] } },

  'start-release': { actions: ['states:StartExecution'], items: { UpdateItem: ['push', 'open'] } },
  'on-deployment-event': {
    actions: ['states:SendTaskSuccess', ...lookAtDeployment],
    items: { ...noted, GetItem: ['slot', 'wait'], DeleteItem: ['wait'] },
  },
  'on-lifecycle-hook': {
    actions: ['ecs:DescribeServiceDeployments', 'ecs:DescribeServiceRevisions'],
    items: { GetItem: ['release', 'slot'] },
  },
  'on-execution-end': { actions: ['states:SendTaskSuccess'], items: leaveSlot },
  'on-release-change': { actions: ['events:PutEvents'], items: { UpdateItem: ['open'] } },
  'tell-slack': {
    actions: ['ssm:GetParameter slackToken', 'ssm:GetParameter slackWebhook'],
    // What a release leaves open when it ends is closed.
    items: {
      // The slot says what was deployed last.
      ...{ GetItem: ['approval', 'release', 'slot', 'telling'], BatchGetItem: ['approval'] },
      PutItem: ['approval'],
      UpdateItem: ['open', 'telling'],
    },
  },
  'on-approval': {
    actions: [
      ...(['states:SendTaskSuccess', 'ssm:GetParameter slackSigningSecret'] as const),
      ...(['ssm:GetParameter slackToken', 'events:PutEvents slack'] as const),
    ],
    // What somebody asked for is kept for who does it.
    items: {
      ...{ GetItem: ['approval', 'asked', 'release', 'wait'], PutItem: ['approval', 'asked'] },
      ...{ BatchGetItem: ['audit'], DeleteItem: ['wait'], UpdateItem: ['asked', 'audit', 'release'] },
    },
  },
  'on-rollback': {
    // What runs, which release was before it, and what a release waits for that is stopped.
    actions: [
      ...(['states:StartExecution', 'states:ListExecutions', 'states:DescribeExecution'] as const),
      ...(['states:GetExecutionHistory', 'states:SendTaskSuccess', 'ecr:DescribeImages'] as const),
      ...[...lookAtDeployment, 'ssm:GetParameter slackToken' as const],
    ],
    items: {
      GetItem: ['asked', 'release', 'slot', 'wait'],
      PutItem: ['asked', 'slot'],
      UpdateItem: ['asked', 'audit', 'open', 'release'],
      BatchGetItem: ['audit', 'open'],
      DeleteItem: ['wait'],
    },
  },
  'on-approval-command': {
    actions: ['states:SendTaskSuccess', 'ssm:GetParameter slackToken'],
    items: { ...decide, BatchGetItem: ['approval', 'audit', 'open'] },
  },
  'on-approval-page': {
    actions: ['states:SendTaskSuccess', 'ssm:GetParameter slackToken'],
    items: { ...decide, GetItem: ['approval', 'release', 'wait'] },
  },
  'mail-approval': {
    actions: ['ses:SendEmail'],
    items: { GetItem: ['approval'], BatchGetItem: ['approval'], PutItem: ['approval'] },
  },
  'reconcile-pushes': {
    actions: [
      ...['states:ListExecutions', 'states:DescribeExecution', 'states:StartExecution'],
      ...['states:SendTaskSuccess', 'ecr:DescribeImages', ...seeRunningImage],
      ...(['ssm:GetParameter slackToken', 'ssm:GetParameter slackWebhook'] as const),
    ] as Action[],
    items: {
      BatchGetItem: ['approval', 'known', 'open', 'push', 'slot'],
      GetItem: ['approval', 'push', 'release', 'slot', 'telling', 'turn'],
      PutItem: ['approval', 'slot', 'turn'],
      UpdateItem: ['known', 'open', 'push', 'release', 'telling'],
    },
  },
};
