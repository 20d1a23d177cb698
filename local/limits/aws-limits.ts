/** What AWS allows an account in one Region, before it asked for more: data for `throttling`, the interpreter and Lambda. */
import type { Rate } from './token-bucket.ts';

/** Operations of one service that share a bucket. */
export interface CallLimit extends Rate {
  /** As AWS's documentation calls the bucket. */
  name: string;
  /** The `target` of the service. */
  service: string;
  operations: readonly string[];
  /** The code that AWS answers a call with that finds the bucket empty. */
  error: string;
}

export interface Limits {
  calls: readonly CallLimit[];
  /** Of all executions together, into a state or into another attempt at it: who finds it empty waits. */
  stateTransitions: Rate;
  /** Of all functions together: one more invocation is refused. Asked at each. */
  readonly concurrentFunctions: number;
}

const ecs = (name: string, burst: number, perSecond: number, operations: string[]): CallLimit => ({
  service: 'AmazonEC2ContainerServiceV20141113',
  error: 'ThrottlingException',
  ...{ name, burst, perSecond, operations },
});

const states = (operation: string, burst: number, perSecond: number, others: string[] = []): CallLimit => ({
  service: 'AWSStepFunctions',
  error: 'ThrottlingException',
  name: operation,
  operations: [operation, ...others],
  ...{ burst, perSecond },
});

/** Figures of Step Functions are those of eu-west-1, us-east-1 and us-west-2; elsewhere they are about half. */
export const awsLimits: Limits = {
  calls: [
    ecs('task definition modify', 20, 1, ['RegisterTaskDefinition', 'DeregisterTaskDefinition']),
    ecs('task definition read', 50, 20, [
      'DescribeTaskDefinition',
      'ListTaskDefinitions',
      'ListTaskDefinitionFamilies',
    ]),
    ecs('service modify', 50, 5, ['CreateService', 'UpdateService', 'DeleteService']),
    ecs('service read', 100, 20, ['DescribeServices', 'ListServices']),
    ecs('service deployment read', 50, 20, ['DescribeServiceDeployments', 'ListServiceDeployments']),
    ecs('service revision read', 50, 20, ['DescribeServiceRevisions']),
    ecs('task modify', 100, 40, ['RunTask', 'StopTask']),
    ecs('task read', 100, 20, ['DescribeTasks', 'ListTasks']),

    states('StartExecution', 1300, 300),
    states('SendTaskSuccess', 3000, 500, ['SendTaskFailure', 'SendTaskHeartbeat']),
    states('DescribeExecution', 300, 15),
    states('GetExecutionHistory', 400, 20),
    states('ListExecutions', 200, 5),
    states('StopExecution', 1000, 200),

    {
      name: 'BatchGetImage',
      service: 'AmazonEC2ContainerRegistry_V20150921',
      operations: ['BatchGetImage'],
      // A plain rate: AWS publishes no burst for it.
      ...{ burst: 2000, perSecond: 2000 },
      error: 'ThrottlingException',
    },
    {
      name: 'GetMetricData',
      service: 'GraniteServiceVersion20100801',
      operations: ['GetMetricData'],
      // Of an older page of quotas.
      ...{ burst: 50, perSecond: 50 },
      error: 'ThrottlingException',
    },
  ],
  stateTransitions: { burst: 5000, perSecond: 5000 },
  concurrentFunctions: 1000,
};
