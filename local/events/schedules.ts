/** EventBridge's schedules: rules with a rate instead of a pattern, and a Lambda function as target. */
import { account, region } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import type { AwsEvent } from '../event.ts';
import type { InvokeOptions } from '../lambda/runtime.ts';
import { uuid } from '../lambda/uuid.ts';

export interface ScheduledRule extends InvokeOptions {
  /** The target's name. */
  function: string;
  everyMinutes: number;
}

export interface SchedulesOptions {
  clock: Clock;
  random: () => number;
  rules: Readonly<Record<string, ScheduledRule>>;
  invokeLambda: (functionName: string, event: AwsEvent, options: InvokeOptions) => Promise<unknown>;
}

/** Runs each rule at its rate, for the first time after one period. The answer ends them all. */
export function runSchedules({ clock, random, rules, invokeLambda }: SchedulesOptions): () => void {
  const waiting = new Map<string, () => void>();
  for (const [name, { function: target, everyMinutes, ...options }] of Object.entries(rules)) {
    const again = () => {
      waiting.set(name, clock.after(everyMinutes * 60_000, run));
    };
    const run = () => {
      const event: AwsEvent = {
        version: '0',
        id: uuid(random),
        source: 'aws.events',
        'detail-type': 'Scheduled Event',
        account,
        region,
        time: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
        resources: [`arn:aws:events:${region}:${account}:rule/${name}`],
        detail: {},
      };
      // As EventBridge does, it goes on whatever becomes of the invocation, which has its own dead letters.
      invokeLambda(target, event, options).catch(() => {});
      again();
    };
    again();
  }
  return () => {
    for (const cancel of waiting.values()) cancel();
  };
}
