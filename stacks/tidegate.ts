/** All of Tidegate in one account and Region. */
import { accessOf } from '../core/access/access.ts';
import { asksPeople, sendsLinks } from '../core/config.ts';
import { checkAt } from '../core/installed.ts';
import { releaseChanges, schedules } from '../core/triggers.ts';
import definition from '../state-machines/deploy.asl.json' with { type: 'json' };
import config from '../tidegate.config.ts';
import { deadLetters } from './dead-letters.ts';
import { taskNames } from './definition.ts';
import { otherBus } from './event-bus.ts';
import { lambdaFunction } from './functions.ts';
import { lifecycleHook } from './lifecycle-hook.ts';
import { namesFor, type Where } from './names.ts';
import { observability } from './observability.ts';
import type { Platform } from './platform.ts';
import { readChanges } from './release-changes.ts';
import { secrets } from './secrets.ts';
import { stateMachine } from './state-machine.ts';
import { storage } from './storage.ts';
import { rulesOf, wakes } from './triggers.ts';

/** Lambda's own attempts beside the first, where a schedule does not say otherwise. */
const usualRetries = 2;

/** Answers what `sst deploy` prints at its end. */
export async function tidegate(platform: Platform) {
  const where = await whereIs(platform);
  checkAt(config, where);
  const names = namesFor(platform.app, where, config);
  const access = accessOf(config, names);
  const table = storage(platform, names);
  secrets(platform, names);

  const steps = taskNames(definition);
  const arns = steps.map((name) => {
    const step = lambdaFunction(platform, names, { name, folder: 'steps', access: access[name] });
    return [name, step.arn] as const;
  });
  const machine = stateMachine(platform, names, Object.fromEntries(arns));

  readChanges(platform, names, { table, access: access[releaseChanges.function] });

  // Where links lead that are sent by mail.
  const page = sendsLinks(config)
    ? lambdaFunction(platform, names, {
        ...{ name: 'on-approval-page', folder: 'events', access: access['on-approval-page'] },
        url: 'none',
      })
    : undefined;

  const allRules = rulesOf(config, names);
  const bus = allRules.some(({ elsewhere }) => elsewhere) ? otherBus(platform, config, names) : undefined;
  const rulesByFunction = Map.groupBy(allRules, (rule) => rule.function);
  for (const [name, rules] of rulesByFunction) {
    const queue = deadLetters(platform, names, name);
    const schedule = Object.values(schedules).find((one) => one.function === name);
    const target = lambdaFunction(platform, names, {
      ...{ name, folder: 'events', access: access[name] },
      events: { retries: schedule?.maximumRetryAttempts ?? usualRetries, deadLetters: queue },
      ...(page && name === 'mail-approval' && { environment: { APPROVAL_PAGE_URL: page.url } }),
    });
    wakes(platform, names, { functionName: name, target, deadLetters: queue, rules }, bus);
  }
  const approvals = config.slack
    ? lambdaFunction(platform, names, {
        ...{ name: 'on-approval', folder: 'events', access: access['on-approval'] },
        url: 'none',
      })
    : undefined;
  if (asksPeople(config)) {
    const command = lambdaFunction(platform, names, {
      ...{ name: 'on-approval-command', folder: 'events', access: access['on-approval-command'] },
      url: 'iam',
    });
    // Where the command line finds it.
    new platform.aws.ssm.Parameter('ApprovalCommandUrl', {
      ...{ name: names.approvalCommandParameter, type: 'String', value: command.url },
    });
  }

  const hook = lifecycleHook(platform, names, config, access['on-lifecycle-hook']);

  const observed = {
    names,
    config,
    steps,
    eventFunctions: [...rulesByFunction.keys(), releaseChanges.function],
  };
  const { topic, dashboardUrl } = observability(platform, observed);
  return {
    stateMachine: machine.arn,
    // Where Slack sends what people click.
    ...(approvals && { approvalsUrl: approvals.url }),
    // What the ECS services name whose new versions are tested before users get them.
    ...(hook && { lifecycleHook: hook }),
    alarms: topic.arn,
    dashboard: dashboardUrl,
  };
}

async function whereIs({ aws }: Platform): Promise<Where> {
  const [{ accountId: account }, { region }, { partition }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getRegion(),
    aws.getPartition(),
  ]);
  return { account, region, partition };
}
