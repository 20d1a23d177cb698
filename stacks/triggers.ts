/** Rules of EventBridge: what wakes which function, and how long it is tried. */
import type { Config } from '../core/config.ts';
import { kebab } from '../core/functions.ts';
import { samePlace } from '../core/place.ts';
import { schedules, type Trigger, triggersOf } from '../core/triggers.ts';
import { arnOf, type Names, pascal } from './names.ts';
import type { Platform } from './platform.ts';

export interface Rule {
  /** What the resource is called in this program. */
  called: string;
  name: string;
  /** Name of the function that it wakes. */
  function: string;
  on: { eventPattern: string } | { scheduleExpression: string };
  /** Its events are sent on from another account or Region. */
  elsewhere: boolean;
}

export function rulesOf(config: Config, names: Names): Rule[] {
  const rule = (called: string, target: string, on: Rule['on'], elsewhere = false): Rule => ({
    ...{ called, name: `${names.prefix}-${kebab(called)}`, function: target, on, elsewhere },
  });
  return [
    ...Object.entries(triggersOf(config, names)).map(([called, { function: target, pattern }]) =>
      rule(called, target, { eventPattern: JSON.stringify(pattern) }, isElsewhere(pattern, names)),
    ),
    ...Object.entries(schedules).map(([called, { function: target, everyMinutes }]) =>
      rule(called, target, { scheduleExpression: `rate(${everyMinutes} minutes)` }),
    ),
  ];
}

const isElsewhere = ({ account, region }: Trigger['pattern'], names: Names): boolean =>
  account !== undefined &&
  region !== undefined &&
  !samePlace({ account: String(account[0]), region: String(region[0]) }, names);

/** A function's policy has room for some fifty rules, and a queue's for fewer: so all of them are meant, on whichever bus. */
export const ownRules = (names: Names) => arnOf(names, 'events', `rule/${names.prefix}-*`);

/** How long EventBridge tries to hand an event to Lambda: its longest, as in the local world. */
const retryPolicy = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

export interface Wakened {
  functionName: string;
  target: sst.aws.Function;
  /** What EventBridge cannot hand over goes there. */
  deadLetters: aws.sqs.Queue;
  rules: readonly Rule[];
}

/** What wakes one function. `bus`: for the rules of elsewhere. */
export function wakes(
  { aws }: Platform,
  names: Names,
  { functionName, target, deadLetters, rules }: Wakened,
  bus: aws.cloudwatch.EventBus | undefined,
): void {
  const allowed = new aws.lambda.Permission(`${pascal(functionName)}Permission`, {
    action: 'lambda:InvokeFunction',
    principal: 'events.amazonaws.com',
    sourceArn: ownRules(names),
    function: target.name,
  });
  for (const { called, name, on, elsewhere } of rules) {
    const at = elsewhere && bus ? { eventBusName: bus.name } : {};
    const rule = new aws.cloudwatch.EventRule(called, { name, ...on, ...at });
    new aws.cloudwatch.EventTarget(
      `${called}Target`,
      {
        ...{ rule: rule.name, arn: target.arn, retryPolicy, ...at },
        deadLetterConfig: { arn: deadLetters.arn },
      },
      // A function that it may not call yet, EventBridge does not try again.
      { dependsOn: [allowed] },
    );
  }
}
