/** Who may change an ECS service: one release holds the slot, the newest waiting release is next. */
import * as z from 'zod';
import { ContractViolation } from './errors.ts';
import { releaseRequestSchema } from './release.ts';

const contenderSchema = z.strictObject({
  execution: z.string(),
  /** When its image was pushed, ms since the epoch: the newer push wins. */
  pushedAt: z.number(),
  tag: z.string(),
  digest: z.string(),
  /** Of an earlier release, asked for by a person. */
  rollback: z.literal(true).optional(),
  /** Kept by the holder too: an answer that was lost can be given again. */
  taskToken: z.string(),
});
export type Contender = z.infer<typeof contenderSchema>;

/** ms since the epoch. */
const spanSchema = z.strictObject({ from: z.int(), to: z.int() });
export type Span = z.infer<typeof spanSchema>;
/** More than fit into the longest baseline that anybody looks at. */
const maxSpoiled = 50;

const unprovedSchema = z.strictObject({ taskDefinitionArn: z.string(), wayBack: z.string() });
/** A revision that was deployed and is not proved yet, and the one to return to from it. */
export type Unproved = z.infer<typeof unprovedSchema>;

export const slotSchema = z.strictObject({
  holder: contenderSchema.optional(),
  waiting: contenderSchema.optional(),
  /** What was deployed last: nothing is deployed after something newer, and the next environment gets it. */
  deployed: contenderSchema
    .pick({ pushedAt: true, tag: true, execution: true, rollback: true })
    .extend({ push: releaseRequestSchema.shape.push })
    .optional(),
  /** The revision that was deployed last and is not proved yet, and the one to return to from it. */
  unproved: unprovedSchema
    .extend({
      /** The execution that deployed it. */
      execution: z.string(),
      /** Since when it may serve, ms since the epoch. */
      since: z.int(),
      /** Of which ECS service, where it is not the leading one. */
      service: z.string().optional(),
      /** Of other ECS services of the same release, by their names. */
      others: z.record(z.string(), unprovedSchema).optional(),
    })
    .optional(),
  /** When something served that was never proved, the oldest first: no time to compare with. */
  spoiled: z.array(spanSchema).optional(),
});
export type Slot = z.infer<typeof slotSchema>;

/** What an ECS service is set to though it was never proved, if it is. The slot is called after the `leading` one. */
export function unprovedOf({ unproved }: Slot, service: string, leading: string): Unproved | undefined {
  if (!unproved) return undefined;
  const { taskDefinitionArn, wayBack, service: first = leading, others = {} } = unproved;
  return service === first ? { taskDefinitionArn, wayBack } : others[service];
}

/** The later push; of two in one second, as ECR tells time, always the same one. */
export const isNewer = (
  one: Pick<Contender, 'pushedAt' | 'execution'>,
  other: Pick<Contender, 'pushedAt' | 'execution'>,
): boolean =>
  one.pushedAt > other.pushedAt || (one.pushedAt === other.pushedAt && one.execution > other.execution);

/** What waits for the slot and is to be deployed instead of this release, as it is `called`. Another tag of its image is not. */
export function successor(
  { waiting }: Slot,
  release: Pick<Contender, 'pushedAt' | 'execution' | 'digest'>,
): string | undefined {
  return waiting && waiting.digest !== release.digest && isNewer(waiting, release)
    ? called(waiting)
    : undefined;
}

const rollbackTo = 'the rollback to ';

/** What takes a release's place is called by its tag. */
export const called = ({ tag, rollback }: Pick<Contender, 'tag' | 'rollback'>): string =>
  rollback ? rollbackTo + tag : tag;

/** `by`: as it is `called`. */
export const takesItsPlace = (by: string): string =>
  `${by}, ${by.startsWith(rollbackTo) ? 'asked for' : 'pushed'} later, takes its place`;

/** What the task token of a contender is answered with. */
export const slotAnswerSchema = z.strictObject({
  status: z.enum(['granted', 'superseded']),
  /** What took its place, as it is `called`. */
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
 * The holder is about to deploy `unproved`. Throws where the slot is somebody else's by now: an execution that was stopped
 * may still have a function running. `serves`: what an earlier release left unproved does so until now. May be repeated.
 */
export function begin(
  slot: Slot,
  execution: string,
  unproved: Omit<NonNullable<Slot['unproved']>, 'execution'>,
  serves: boolean,
): Slot {
  const { unproved: left } = heldBy(execution, slot);
  const spoilt = serves && left && left.since < unproved.since;
  return {
    ...(spoilt ? spoil(slot, left.since, unproved.since) : slot),
    unproved: { ...unproved, execution },
  };
}

/** Throws where somebody else holds the slot by now. */
export function heldBy(execution: string, slot: Slot): Slot {
  if (slot.holder?.execution === execution) return slot;
  throw new ContractViolation(
    `the slot belongs to ${slot.holder?.execution ?? 'nobody'}: nothing is changed`,
  );
}

const spoil = (slot: Slot, from: number, to: number): Slot => ({
  ...slot,
  spoiled: [...(slot.spoiled ?? []), { from, to: Math.max(from, to) }].slice(-maxSpoiled),
});

/** How a release left its service. */
export interface Leaving {
  /** ms since the epoch. */
  at: number;
  /** Where it ended Deployed. */
  deployed?: Slot['deployed'];
  /** What it deployed does not serve any more. */
  returned?: boolean;
}

/**
 * A release that ended leaves the slot, as holder or as waiter, and the next one gets it. May be repeated, also late: then
 * the slot is somebody else's, and nothing changes.
 */
export function leave(slot: Slot, execution: string, { at, deployed, returned }: Leaving): SlotChange {
  const { holder, waiting, unproved, ...others } = slot;
  const next = waiting?.execution === execution ? undefined : waiting;
  if (holder?.execution !== execution) {
    const rest = { ...others, ...(unproved && { unproved }), ...(next && { waiting: next }) };
    return holder ? grant({ ...rest, holder }) : { slot: rest, answers: [] };
  }
  const rest = deployed
    ? { ...others, deployed }
    : unproved?.execution === execution
      ? { ...spoil(others, unproved.since, at), ...(!returned && { unproved: { ...unproved, since: at } }) }
      : { ...others, ...(unproved && { unproved }) };
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
  newer: Pick<Contender, 'tag' | 'rollback'>,
): SlotChange['answers'][number] => ({
  execution,
  taskToken,
  answer: { status: 'superseded', by: called(newer) },
});
