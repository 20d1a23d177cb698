/** The rules of an approval: who decides, how many of them, and when. A snapshot of them is kept with each approval. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { durationSchema } from '../duration.ts';
import { freezeSchema, hoursSchema, timeZoneSchema } from './hours.ts';
import { type People, type Who, whoSchema } from './person.ts';

/** Each look at an approval that is waited for writes six events, and an execution has room for 25,000. */
const atMost = (limit: string) =>
  durationSchema.refine((seconds) => seconds <= durationSchema.parse(limit), {
    error: `must be at most ${limit}: an execution has no room for more events of waiting`,
  });

/** How many people these are at most; undefined where only Slack or IAM knows. */
function mostPeople(some: readonly Who[]): number | undefined {
  if (some.some(({ slackGroups, principals }) => slackGroups.length + principals.length > 0))
    return undefined;
  return new Set(some.flatMap(({ slackUsers }) => slackUsers)).size;
}

export const approvalPolicySchema = z
  .strictObject({
    /** Before anything changes; or in the deployment, whenever a hook of the ECS service pauses it, and not before. */
    at: z.enum(['start', 'pause']).default('start'),
    /** How long people have, all pauses of a release together; then `onExpiry`. */
    timeout: atMost('5d').default(86_400),
    /** `approve` where silence is consent: then it goes on, unless it is frozen or outside of the hours. */
    onExpiry: z.enum(['reject', 'approve']).default('reject'),
    /** So long before the timeout those who were asked are reminded. */
    reminder: durationSchema.optional(),
    /** How many people have to approve. One rejection is enough. */
    approvals: z.int().min(1).max(10).default(1),
    /** Who may. Everybody who sees the message, gets a link, or may call the function behind the command line, unless given. */
    who: whoSchema.optional(),
    /** Of each, by a name of your own, one person has to approve, and each another. */
    requireFrom: z
      .record(z.string().min(1).max(60), whoSchema)
      .default({})
      .refine((groups) => Object.keys(groups).length <= 5, { error: 'must be at most five' }),
    /** `deny`: the commit's author does not approve it; where nobody knows for sure who that is, two people have to. */
    selfApproval: z.enum(['allow', 'deny']).default('allow'),
    /** `label`: what an image's label says of its author is believed, though whoever can build may write anything there. */
    authorTrust: z.enum(['signed', 'label']).default('signed'),
    /** Nobody approves sooner: time to look. */
    waitTimer: durationSchema.optional(),
    /** Of `hours` and `freezes`. */
    timeZone: timeZoneSchema.default('UTC'),
    hours: hoursSchema.optional(),
    freezes: z.array(freezeSchema).max(50).default([]),
    /** Who decides by a link in a mail, too. A link proves that somebody reads a mailbox, not who they are. */
    links: z
      .strictObject({
        /** Names in `people`, each with an `email`. */
        to: z
          .array(z.string().min(1).max(60))
          .min(1)
          .max(20)
          .refine((names) => new Set(names).size === names.length, { error: 'names somebody twice' }),
      })
      .optional(),
  })
  .superRefine(({ timeout, reminder = 0, waitTimer = 0, approvals, who, requireFrom }, context) => {
    const reject = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (reminder >= timeout)
      reject('reminder', 'must be shorter than timeout: it is counted back from there');
    if (waitTimer >= timeout) reject('waitTimer', 'must be shorter than timeout, or nobody could approve');
    const most = who ? mostPeople([who, ...Object.values(requireFrom)]) : undefined;
    if (most !== undefined && most < approvals)
      reject('approvals', `is more than the people who may approve: who and requireFrom name ${most}`);
  });
export type ApprovalPolicy = z.output<typeof approvalPolicySchema>;

export const breakGlassSchema = z.strictObject({
  /** Two of them have to, each with a reason. */
  who: whoSchema.refine((who) => (mostPeople([who]) ?? 2) >= 2, {
    error: 'names one person, and it takes two to break the glass',
  }),
  /** How long a release that a gate holds waits for that. */
  timeout: atMost('1d').default(3600),
});
export type BreakGlass = z.output<typeof breakGlassSchema>;

/** As they were when people were asked. */
export interface Rules {
  policy: Omit<ApprovalPolicy, 'at' | 'timeout' | 'reminder'>;
  breakGlass?: Pick<BreakGlass, 'who'> | undefined;
  people: People;
}

/** What was checked once is not checked again: another version may have other rules for what it writes. */
export const rulesSchema = z.custom<Rules>(
  (value) => typeof value === 'object' && value !== null && 'policy' in value,
);

/** Anybody, once: the rules where nothing is said. */
export const noRules: Rules = { policy: approvalPolicySchema.parse({}), people: {} };

export function rulesFrom(
  { approval, breakGlass }: { approval?: ApprovalPolicy | undefined; breakGlass?: BreakGlass | undefined },
  people: People | undefined,
): Rules {
  const { at: _, timeout: __, reminder: ___, ...policy } = approval ?? approvalPolicySchema.parse({});
  return { policy, ...(breakGlass && { breakGlass: { who: breakGlass.who } }), people: people ?? {} };
}

/** By which attempts of the audit are told apart where the rules changed between them. */
export const versionOf = (rules: object): string =>
  createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 12);

/** Whom Slack has to be asked about. */
export const groupsIn = ({ policy: { who, requireFrom }, breakGlass }: Rules): string[] => [
  ...new Set([who, ...Object.values(requireFrom), breakGlass?.who].flatMap((one) => one?.slackGroups ?? [])),
];
