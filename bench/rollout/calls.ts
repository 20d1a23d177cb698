/** What one good release asks of AWS, and what waiting for it takes. */
import { type StrategyName, strategies } from './strategies.ts';
import { watchedRelease } from './watched-release.ts';

export interface Calls {
  strategy: StrategyName;
  /** By service and operation, such as `ECS UpdateService`. */
  byOperation: Map<string, number>;
  /** Of them, by the functions that wait for ECS. */
  waiting: number;
  /** Of those, of ECS itself. */
  waitingForEcs: number;
  /** `DescribeServices` until each of the others said it was done. */
  waiter: number;
  poll: number;
}

const waitingFunctions = ['AwaitDeployment', 'on-deployment-event', 'on-lifecycle-hook'];

export async function calls(seed: number): Promise<Calls[]> {
  const found: Calls[] = [];
  for (const strategy of strategies) {
    const watched = await watchedRelease({ strategy, fate: 'good', seed, eventsLost: false });
    const all = watched.calls.map((call) => ({ ...call, service: names[call.service] ?? call.service }));
    const byOperation = new Map<string, number>();
    for (const { service, operation } of all) {
      const name = `${service} ${operation}`;
      byOperation.set(name, (byOperation.get(name) ?? 0) + 1);
    }
    const waiting = all.filter(({ by }) => waitingFunctions.includes(by));
    found.push({
      ...{ strategy, byOperation, waiting: waiting.length },
      waitingForEcs: waiting.filter(({ service }) => service === 'ECS').length,
      waiter: watched.waiter.calls,
      poll: watched.carefulPoll.calls,
    });
  }
  return found;
}

const names: Record<string, string> = {
  AmazonEC2ContainerServiceV20141113: 'ECS',
  AmazonEC2ContainerRegistry_V20150921: 'ECR',
  DynamoDB_20120810: 'DynamoDB',
  AWSStepFunctions: 'Step Functions',
  GraniteServiceVersion20100801: 'CloudWatch',
  Logs_20140328: 'CloudWatch Logs',
  AWSEvents: 'EventBridge',
  AmazonSSM: 'SSM',
  TrentService: 'KMS',
};
