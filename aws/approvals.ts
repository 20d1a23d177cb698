/** Approvals: what is to be answered, a task token or a pause of ECS, stays here; people and messages only ever see the short approval id. */
import type { KnownBlock } from '@slack/types';
import * as z from 'zod';
import { type ApprovalAnswer, approvalAnswerSchema } from '../core/approval/answer.ts';
import { type Decided, decisionSchema } from '../core/approval/decide.ts';
import { type Links, linkSchema } from '../core/approval/link.ts';
import { noRules, type Rules, rulesSchema } from '../core/approval/rules.ts';
import { keptPlanSchema } from '../core/approval/shown.ts';
import { forgetting } from '../core/forgetting.ts';
import { hookPauseSchema } from '../core/pause-hook.ts';
import { targetSchema } from '../core/release.ts';
import type { Means } from './means.ts';
import { tidegateTable } from './table.ts';

const postedSchema = z.object({
  channel: z.string(),
  ts: z.string(),
  text: z.string(),
  blocks: z.array(z.custom<KnownBlock>()),
});
/** The message that asks, and where Slack has it. */
export type Posted = z.infer<typeof postedSchema>;

const pausedAtSchema = hookPauseSchema.extend({
  /** The ECS service, and the leading one of its release, whose state machine waits. */
  target: targetSchema,
  leading: targetSchema,
});

/** As it is read: what a later version keeps beside is left out. */
const approvalSchema = z.object({
  approvalId: z.string(),
  execution: z.string(),
  /** What is answered: the state that waits, or else a hook that ECS has paused the deployment by. */
  taskToken: z.string().optional(),
  pause: pausedAtSchema.optional(),
  /** When ECS was told, or needed no answer any more, ms since the epoch. */
  settledAt: z.number().optional(),
  /** What it is about, for whoever decides it without Slack. */
  subject: z
    .object({ service: z.string(), environment: z.string(), tag: z.string(), digest: z.string() })
    .optional(),
  /** ms since the epoch. */
  openedAt: z.number().default(0),
  expiresAt: z.number(),
  author: z.string().optional(),
  /** Why a gate holds the release. */
  held: z.string().optional(),
  /** As they were when it was opened. */
  rules: rulesSchema.default(noRules),
  decisions: z.array(decisionSchema).default([]),
  answer: approvalAnswerSchema.optional(),
  /** People have been asked. */
  asked: z.boolean().optional(),
  posted: postedSchema.optional(),
  reminded: z.boolean().optional(),
  /** Of who decides by a link, by their names. */
  links: z.record(z.string(), linkSchema).optional(),
  /** What would change, for who is not asked in Slack. */
  plan: keptPlanSchema.optional(),
  /** When its release looked for the answer last, ms since the epoch. */
  lookedAt: z.number().optional(),
});
export type Approval = z.infer<typeof approvalSchema>;

export interface OpenedApproval
  extends Pick<
    Approval,
    'approvalId' | 'execution' | 'subject' | 'openedAt' | 'expiresAt' | 'author' | 'held'
  > {
  taskToken: string;
  rules: Rules;
}

export interface OpenedPause extends Omit<OpenedApproval, 'approvalId' | 'taskToken' | 'held'> {
  pause: z.infer<typeof pausedAtSchema>;
}

const hookIdsSchema = z.array(z.string()).default([]);
const pauseId = (release: string, number: number) => `${release}.pause-${number}`;
const nameIn = (execution: string) => execution.slice(execution.lastIndexOf(':') + 1);

const parse = (item: Record<string, unknown>): Approval => approvalSchema.parse(item);

/** Of an item of the table whose key begins with `approval`: undefined for what is kept beside, such as a wish. */
export const approvalIn = (item: Record<string, unknown>): Approval | undefined =>
  item.approvalId === undefined ? undefined : parse(item);

export function approvals({ open }: Means) {
  const table = open(tidegateTable);
  const keyOf = (approvalId: string) => `approval ${approvalId}`;
  const pausesKey = (release: string) => keyOf(`pauses ${release}`);
  /** Every write is conditional on the state that it was made from: a decision is never written over. */
  const write = (approvalId: string, attributes: (approval: Approval) => Partial<Approval> | undefined) =>
    table.change(keyOf(approvalId), (item) => {
      const approval = parse(item);
      const changed = attributes(approval);
      return changed
        ? { item: { ...item, ...changed }, answer: { ...approval, ...changed } }
        : { answer: approval };
    });

  return {
    /** Opens an approval. Opening it again, with a new task token, keeps its deadline, its rules and what was decided. */
    async open(opened: OpenedApproval): Promise<Approval> {
      return table.change(keyOf(opened.approvalId), (before) => {
        const { taskToken, openedAt: lookedAt } = opened;
        const item =
          before.approvalId === undefined
            ? { ...opened, ...forgetting('approval', opened.expiresAt) }
            : { ...before, taskToken, lookedAt };
        return { item, answer: parse(item) };
      });
    },

    /**
     * Opens the approval of a pause, once, however often and by whomever it is found. Its id is the release's name and the pause's number.
     */
    async openPause(opened: OpenedPause): Promise<Approval> {
      const release = nameIn(opened.execution);
      const forgotten = forgetting('approval', opened.expiresAt);
      const number = await table.change(pausesKey(release), ({ hookIds, ...item }) => {
        const known = hookIdsSchema.parse(hookIds);
        const place = known.indexOf(opened.pause.hookId) + 1;
        if (place > 0) return { answer: place };
        const more = [...known, opened.pause.hookId];
        return { item: { ...item, hookIds: more, ...forgotten }, answer: more.length };
      });
      const approvalId = pauseId(release, number);
      return table.change(keyOf(approvalId), (before) => {
        const item =
          before.approvalId === undefined
            ? { approvalId, ...opened, ...forgotten }
            : { ...before, lookedAt: opened.openedAt };
        return { item, answer: parse(item) };
      });
    },

    /** Of all pauses of a release, by its execution's name, in the order in which they were found. */
    async ofPauses(release: string): Promise<Approval[]> {
      const { hookIds } = (await table.read(pausesKey(release))) ?? {};
      const known = hookIdsSchema.parse(hookIds);
      return this.ofAll(known.map((_, index) => pauseId(release, index + 1)));
    },

    /** Notes that people were asked or reminded, where, and of what; and that nobody has to answer any more. */
    mark: (
      approvalId: string,
      marks: Pick<Approval, 'asked' | 'plan' | 'posted' | 'reminded' | 'settledAt'>,
    ) => write(approvalId, () => marks),

    /** Keeps what `change` makes of the links, from the newest state. Answers the approval as it is then. */
    changeLinks: (approvalId: string, change: (approval: Approval) => Links) =>
      write(approvalId, (approval) => ({ links: { ...change(approval) } })),

    /** Somebody's attempt: what counts of it is written at once with what it leads to. Answers the approval as it is then. */
    async attempt(
      approvalId: string,
      decide: (approval: Approval) => Decided,
    ): Promise<{ approval: Approval; decided: Decided }> {
      let decided: Decided | undefined;
      const approval = await write(approvalId, (before) => {
        decided = decide(before);
        if (decided.verdict === 'refused') return undefined;
        const { decisions, answer, links } = decided;
        return { decisions, ...(answer && { answer }), ...(links && { links: { ...links } }) };
      });
      if (!decided) throw new Error(`nobody asked whether ${approvalId} is decided`);
      return { approval, decided };
    },

    /** Ends it without a person. The first answer stays; answers the one that counts. */
    async end(approvalId: string, answer: ApprovalAnswer): Promise<Approval> {
      return write(approvalId, (before) => (before.answer ? undefined : { answer }));
    },

    /** Somebody does not want to wait for what it would be asked after. May be repeated. */
    wish: (approvalId: string, at: number) =>
      table.put(keyOf(`wish ${approvalId}`), { at, ...forgetting('approval', at) }),
    wished: async (approvalId: string): Promise<boolean> =>
      (await table.read(keyOf(`wish ${approvalId}`))) !== undefined,

    async of(approvalId: string): Promise<Approval | undefined> {
      const item = await table.read(keyOf(approvalId));
      return item && approvalIn(item);
    },

    /** Of those there are, in their order. */
    async ofAll(approvalIds: readonly string[]): Promise<Approval[]> {
      const items = await table.readAll(approvalIds.map(keyOf));
      return items.flatMap((item) => (item ? [parse(item)] : []));
    },
  };
}
