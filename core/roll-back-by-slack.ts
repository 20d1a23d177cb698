/** Who may roll an environment back by a button in Slack: people whom its configuration names, and nobody else. */
import * as z from 'zod';
import { type Actor, isAmong, type People, type Who, whoSchema } from './approval/person.ts';
import type { ApprovalPolicy } from './approval/rules.ts';
import type { Config } from './config.ts';

const known = ({ slackUsers, slackGroups }: Who) => slackUsers.length + slackGroups.length > 0;

export const rollbackPolicySchema = z.strictObject({
  /** Who may by the button in Slack. On the command line IAM decides. */
  who: whoSchema.refine(known, {
    error: 'names nobody whom Slack knows: give slackUsers or slackGroups',
  }),
});
export type RollbackPolicy = z.output<typeof rollbackPolicySchema>;

/** What wakes the function that looks it up and does it. */
export const slackEventSource = 'tidegate.slack';
export const rollbackAskedType = 'Rollback Asked';
export const rollbackAskedSchema = z.looseObject({
  /** Of the dialog: what was asked is kept under it. */
  viewId: z.string().min(1).max(100),
});
export type RollbackAsked = z.infer<typeof rollbackAskedSchema>;

interface Settings {
  rollback?: RollbackPolicy | undefined;
  approval?: Pick<ApprovalPolicy, 'who' | 'requireFrom'> | undefined;
}

/** Unless it is said, those who are named to approve there. Empty where nobody is named: then nobody may. */
export function whoMayRollBack({ rollback, approval }: Settings): Who[] {
  if (rollback) return [rollback.who];
  const { who, requireFrom = {} } = approval ?? {};
  return [...(who ? [who] : []), ...Object.values(requireFrom)].filter(known);
}

/** Whether anybody may anywhere. */
export const rollsBackBySlack = ({ slack, services }: Pick<Config, 'services' | 'slack'>): boolean =>
  slack !== undefined &&
  Object.values(services).some(({ environments }) =>
    environments.some((environment) => whoMayRollBack(environment).length > 0),
  );

export interface Refused {
  why: 'nobody' | 'not allowed' | 'unknown';
  says: string;
}

/** Undefined where they may. `command`: what does the same in a terminal. */
export function refusalToRollBack(
  actor: Actor,
  who: readonly Who[],
  people: People,
  command: string,
): Refused | undefined {
  const instead = `In a terminal: ${command}`;
  if (who.length === 0)
    return {
      why: 'nobody',
      says: `Nobody is named who may roll back from Slack here: rollback.who of the environment in tidegate.config.ts does. ${instead}`,
    };
  if (who.some((some) => isAmong(actor, some, people))) return undefined;
  if (actor.slackGroups === undefined && who.some(({ slackGroups }) => slackGroups.length > 0))
    return {
      why: 'unknown',
      says: `Slack does not say just now which user groups you belong to. Try again in a minute. ${instead}`,
    };
  return { why: 'not allowed', says: `You are not among those who may roll back here. ${instead}` };
}
