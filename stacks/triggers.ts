/** Rules of EventBridge: what wakes which function, and how long it is tried. */
import type { Config } from '../core/config.ts';
import { schedules, triggersOf } from '../core/triggers.ts';
import { kebab, type Names } from './names.ts';
import type { Platform } from './platform.ts';

export interface Rule {
  /** What the resource is called in this program. */
  called: string;
  name: string;
  /** Name of the function that it wakes. */
  function: string;
  on: { eventPattern: string } | { scheduleExpression: string };
}

export function rulesOf(config: Config, names: Names): Rule[] {
  const rule = (called: string, target: string, on: Rule['on']): Rule => ({
    ...{ called, name: `${names.prefix}-${kebab(called)}`, function: target, on },
  });
  return [
    ...Object.entries(triggersOf(config, names)).map(([called, { function: target, pattern }]) =>
      rule(called, target, { eventPattern: JSON.stringify(pattern) }),
    ),
    ...Object.entries(schedules).map(([called, { function: target, everyMinutes }]) =>
      rule(called, target, { scheduleExpression: `rate(${everyMinutes} minutes)` }),
    ),
  ];
}

/** How long EventBridge tries to hand an event to Lambda: its longest, as in the local world. */
const retryPolicy = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

/** What wakes one function. What EventBridge cannot hand over goes to `deadLetters`. */
export function wakes(
  { aws }: Platform,
  rules: readonly Rule[],
  { target, deadLetters }: { target: sst.aws.Function; deadLetters: aws.sqs.Queue },
): void {
  for (const { called, name, on } of rules) {
    const rule = new aws.cloudwatch.EventRule(called, { name, ...on });
    const allowed = new aws.lambda.Permission(`${called}Permission`, {
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
      function: target.name,
    });
    new aws.cloudwatch.EventTarget(
      `${called}Target`,
      {
        ...{ rule: rule.name, arn: target.arn, retryPolicy },
        deadLetterConfig: { arn: deadLetters.arn },
      },
      // A function that it may not call yet, EventBridge does not try again.
      { dependsOn: [allowed] },
    );
  }
}
