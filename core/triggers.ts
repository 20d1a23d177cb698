/** What wakes which function: EventBridge's rules and schedules, as data for the stacks and for the local world. */

export interface Trigger {
  function: 'start-release' | 'on-deployment-event' | 'on-execution-end';
  /** An EventBridge event pattern. */
  pattern: { source: string[]; 'detail-type': string[]; detail?: Record<string, unknown> };
}

export const triggers: Record<string, Trigger> = {
  ImagePushed: {
    function: 'start-release',
    pattern: {
      source: ['aws.ecr'],
      'detail-type': ['ECR Image Action'],
      detail: { 'action-type': ['PUSH'], result: ['SUCCESS'] },
    },
  },
  ImageReplicated: {
    function: 'start-release',
    pattern: {
      source: ['aws.ecr'],
      'detail-type': ['ECR Replication Action'],
      detail: { 'action-type': ['REPLICATE'], result: ['SUCCESS'] },
    },
  },
  DeploymentChanged: {
    function: 'on-deployment-event',
    pattern: { source: ['aws.ecs'], 'detail-type': ['ECS Deployment State Change'] },
  },
  ServiceTaskStopped: {
    function: 'on-deployment-event',
    pattern: {
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: { lastStatus: ['STOPPED'], group: [{ prefix: 'service:' }] },
    },
  },
  ExecutionEnded: {
    function: 'on-execution-end',
    pattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    },
  },
};

export interface Schedule {
  function: 'reconcile-pushes';
  everyMinutes: number;
  /** Of the function. */
  timeoutSeconds: number;
  /** Lambda's own, beside the first. Who comes again anyway needs none. */
  maximumRetryAttempts: number;
}

export const schedules: Record<string, Schedule> = {
  LostPushes: {
    function: 'reconcile-pushes',
    everyMinutes: 15,
    timeoutSeconds: 300,
    maximumRetryAttempts: 0,
  },
};
