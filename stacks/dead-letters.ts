/** A queue for what a function that events wake was not given, or failed at. */
import { functionNameOf } from '../core/functions.ts';
import { arnOf, type Names, pascal } from './names.ts';
import type { Platform } from './platform.ts';
import { ownRules } from './triggers.ts';

/** SQS's longest. */
const fourteenDays = 14 * 86_400;

export const deadLettersNameOf = (names: Names, functionName: string) =>
  `${functionNameOf(names, functionName)}-dead-letters`;

export const deadLettersArnOf = (names: Names, functionName: string) =>
  arnOf(names, 'sqs', deadLettersNameOf(names, functionName));

export function deadLetters({ aws }: Platform, names: Names, functionName: string) {
  const called = `${pascal(functionName)}DeadLetters`;
  const queue = new aws.sqs.Queue(called, {
    name: deadLettersNameOf(names, functionName),
    messageRetentionSeconds: fourteenDays,
    sqsManagedSseEnabled: true,
  });
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: deadLettersArnOf(names, functionName),
    Condition: { ArnLike: { 'aws:SourceArn': ownRules(names) } },
  };
  new aws.sqs.QueuePolicy(`${called}Policy`, {
    queueUrl: queue.url,
    policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
  });
  return queue;
}
