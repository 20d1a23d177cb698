/** What functions and the state machine may do for being run at all. What they do for a release is in core/access/. */

import type { Statement } from '../core/access/statement.ts';
import { functionNameOf } from '../core/functions.ts';
import { arnOf, type Names } from './names.ts';

const tracing: Statement = {
  actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  resources: ['*'],
  reason: 'X-Ray knows no resources for its segments',
};

/** Instead of AWSLambdaBasicExecutionRole, which allows every log group of the account. */
export const runFunction = (names: Names, name: string): Statement[] => [
  {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [arnOf(names, 'logs', `log-group:/aws/lambda/${functionNameOf(names, name)}:*`)],
  },
  tracing,
];

/** Lambda itself sends there what a function failed at, with the function's role. */
export const sendDeadLetters = (queueArn: string): Statement => ({
  actions: ['sqs:SendMessage'],
  resources: [queueArn],
});

/** Lambda reads a table's stream with the role of the function that it reads for. */
export const readStream = (streamArn: string): Statement => ({
  actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  resources: [streamArn],
});

export const runStateMachine = (functionArns: string[]): Statement[] => [
  { actions: ['lambda:InvokeFunction'], resources: functionArns },
  {
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    resources: ['*'],
    reason: 'CloudWatch Logs knows no resources for the delivery of logs',
  },
  tracing,
  {
    actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    resources: ['*'],
    reason: 'X-Ray knows no resources for its sampling',
  },
];
