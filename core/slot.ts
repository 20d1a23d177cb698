/** Who may change an ECS service: one release holds the slot, the newest waiting release is next. */
import * as z from 'zod';
import { releaseRequestSchema } from './release.ts';

const contenderSchema = z.strictObject({
  execution: z.string(),
  /** When its image was pushed, ms since the epoch: the newer push wins. */
  pushedAt: z.number(),
  tag: z.string(),
  digest: z.string(),
  /** Kept by the holder too: an answer that was lost can be given again. */
  taskToken: z.string(),
});
export type Contender = z.infer<typeof contenderSchema>;

export const slotSchema = z.strictObject({
  holder: contenderSchema.optional(),
  waiting: contenderSchema.optional(),
  /** What was deployed last: nothing is deployed after something newer, and the next environment gets it. */
  deployed: contenderSchema
    .pick({ pushedAt: true, tag: true, execution: true })
    .extend({ push: releaseRequestSchema.shape.push })
    .optional(),
  /** The revision that was deployed last and is not proved yet, and the one to return to from it. */
  unproved: z.strictObject({ taskDefinitionArn: z.string(), wayBack: z.string() }).optional(),
});
export type Slot = z.infer<typeof slotSchema>;

/** The later push; of two in one second, as ECR tells time, always the same one. */
export const isNewer = (
  one: Pick<Contender, 'pushedAt' | 'execution'>,
  other: Pick<Contender, 'pushedAt' | 'execution'>,
): boolean =>
  one.pushedAt > other.pushedAt || (one.pushedAt === other.pushedAt && one.execution > other.execution);

/** The tag of what waits for the slot and is to be deployed instead of this release. Another tag of its image is not. */
export function successor(
  { waiting }: Slot,
  release: Pick<Contender, 'pushedAt' | 'execution' | 'digest'>,
): string | undefined {
  return waiting && waiting.digest !== release.digest && isNewer(waiting, release) ? waiting.tag : undefined;
}

/** What the task token of a contender is answered with. */
export const slotAnswerSchema = z.strictObject({
  status: z.enum(['granted', 'superseded']),
  /** The tag that took its place. */
  by: z.string().optional(),
});
export type SlotAnswer = z.infer<typeof slotAnswerSchema>;

/** A change of the slot, and the task tokens to answer once it is written. Answering one twice does nothing. */
export interface SlotChange {
  slot: Slot;
  answers: { execution: string; taskToken: string; answer: SlotAnswer }[];
}

/** A release asks for the slot. Asking again, with a new task token, changes nothing but the token. */
export function ask(slot: Slot, asking: Contender): SlotChange {
  const { holder, waiting, deployed } = slot;
  if (holder?.execution === asking.execution) return grant({ ...slot, holder: asking });

  const others = [holder, waiting?.execution === asking.execution ? undefined : waiting, deployed];
  const newer = others.find((other) => other && isNewer(other, asking));
  if (newer) return { slot, answers: [supersede(asking, newer)] };

  if (!holder) return grant({ ...slot, holder: asking });

  const replaced = waiting && waiting.execution !== asking.execution ? [supersede(waiting, asking)] : [];
  return { slot: { ...slot, waiting: asking }, answers: replaced };
}

/**
 * A release that ended leaves the slot, as holder or as waiter, and the next one gets it. `deployed` where it ended
 * Deployed. May be repeated, also late: then the slot is somebody else's, and nothing changes.
 */
export function leave(slot: Slot, execution: string, deployed?: Slot['deployed']): SlotChange {
  const { holder, waiting, unproved, ...others } = slot;
  const next = waiting?.execution === execution ? undefined : waiting;
  if (holder?.execution !== execution) {
    const rest = { ...others, ...(unproved && { unproved }), ...(next && { waiting: next }) };
    return holder ? grant({ ...rest, holder }) : { slot: rest, answers: [] };
  }
  const rest = deployed ? { ...others, deployed } : { ...others, ...(unproved && { unproved }) };
  return next ? grant({ ...rest, holder: next }) : { slot: rest, answers: [] };
}

const grant = (slot: Slot & { holder: Contender }): SlotChange => ({
  slot,
  answers: [
    { execution: slot.holder.execution, taskToken: slot.holder.taskToken, answer: { status: 'granted' } },
  ],
});

const supersede = (
  { execution, taskToken }: Contender,
  { tag }: Pick<Contender, 'tag'>,
): SlotChange['answers'][number] => ({
  execution,
  taskToken,
  answer: { status: 'superseded', by: tag },
});
