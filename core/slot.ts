/** Who may change an ECS service: one release holds the slot, and others wait for it as their environment's `queue` says. */
import * as z from 'zod';
import { type Abort, abortOf, abortSchema, abortSentence } from './abort.ts';
import { ContractViolation } from './errors.ts';
import { type Pause, pauseSchema, pauseSentence } from './pause.ts';
import { longestLine, type Queue } from './queue.ts';
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
  /** The next one. Where it is newer, the holder gives way to it. */
  waiting: contenderSchema.optional(),
  /** Those that are next after it, the oldest push first. Nobody gives way to them. */
  line: z.array(contenderSchema).optional(),
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
  /** Nobody gets it but who goes back: others wait until somebody resumes. Who has it keeps it. */
  paused: pauseSchema.optional(),
  /** Releases that somebody wants stopped, until they have left. */
  aborts: z.array(abortSchema).optional(),
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
  { waiting, paused }: Slot,
  release: Pick<Contender, 'pushedAt' | 'execution' | 'digest'>,
): string | undefined {
  // While it is paused nothing would follow.
  if (paused && !waiting?.rollback) return undefined;
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
  status: z.enum(['granted', 'superseded', 'rejected']),
  /** What took its place, or has the slot, as it is `called`. */
  by: z.string().optional(),
  /** Why, where it is not for another release. */
  reason: z.string().optional(),
});
export type SlotAnswer = z.infer<typeof slotAnswerSchema>;

/** A change of the slot, and the task tokens to answer once it is written. Answering one twice does nothing. */
export interface SlotChange {
  slot: Slot;
  answers: { execution: string; taskToken: string; answer: SlotAnswer }[];
}

/** A release asks for the slot. Asking again, with a new task token, changes nothing but the token. */
export function ask(slot: Slot, asking: Contender, queue: Queue = 'newest'): SlotChange {
  const { holder, deployed } = slot;
  if (holder?.execution === asking.execution) return grant({ ...slot, holder: asking });
  const abort = abortOf(slot, asking.execution);
  if (abort)
    return { slot: without(slot, asking.execution), answers: [refuse(asking, abortSentence(abort))] };

  // Who wants an earlier release back does not stand in line behind what it is to replace.
  const how = asking.rollback ? 'newest' : queue;
  const left = without(slot, asking.execution);
  const { waiting, line = [] } = left;
  const newer = [holder, waiting, ...(how === 'fifo' ? [] : line), deployed].find(
    (other) => other && isNewer(other, asking),
  );
  if (newer) return { slot: left, answers: [answer(asking, 'superseded', newer)] };

  const { line: _, waiting: __, ...rest } = left;
  const replaced = () => waitingIn(left).map((other) => answer(other, 'superseded', asking));
  const mayGo = !left.paused || asking.rollback;
  if (!holder && mayGo) {
    // Others wait in a free slot only while it is paused.
    const { slot: granted, answers } = grant({ ...rest, holder: asking });
    return { slot: granted, answers: [...answers, ...replaced()] };
  }
  if (how === 'reject') {
    const refused = holder
      ? answer(asking, 'rejected', holder)
      : refuse(asking, pauseSentence(left.paused as Pause));
    return { slot: left, answers: [refused] };
  }
  if (how === 'newest') return { slot: { ...rest, waiting: asking }, answers: replaced() };
  const inOrder = [...line, asking].sort((one, other) => (isNewer(one, other) ? 1 : -1));
  const tooMany = inOrder.slice(0, -longestLine);
  return {
    slot: { ...left, line: inOrder.slice(-longestLine) },
    answers: tooMany.map((other) => answer(other, 'superseded', asking)),
  };
}

/** Who waits, the next one first. */
export const waitingIn = ({ waiting, line = [] }: Slot): Contender[] => [
  ...(waiting ? [waiting] : []),
  ...line,
];

/** Nobody gets it from now on but who goes back. Who has it keeps it. Done again, the last reason counts. */
export const pause = (slot: Slot, paused: Pause): SlotChange => ({ slot: { ...slot, paused }, answers: [] });

/** Whoever is next gets it. May be repeated. */
export function resume({ paused: _, ...slot }: Slot): SlotChange {
  if (slot.holder) return { slot, answers: [] };
  return passOn(slot);
}

/** Keeps that somebody wants a release stopped. One that waits is out at once; who has the slot finds it where it looks next. */
export function abort(slot: Slot, wanted: Abort): SlotChange {
  const { execution } = wanted;
  const others = (slot.aborts ?? []).filter((one) => one.execution !== execution);
  const aborts = [...others, wanted].slice(-maxAborts);
  const waits = waitingIn(slot).find((one) => one.execution === execution);
  return {
    slot: { ...without(slot, execution), aborts },
    answers: waits ? [refuse(waits, abortSentence(wanted))] : [],
  };
}

/** More than anybody stops at a time. */
const maxAborts = 50;

/** As if it had never waited. */
function without({ waiting, line = [], ...slot }: Slot, execution: string): Slot {
  const left = line.filter((other) => other.execution !== execution);
  return {
    ...slot,
    ...(waiting && waiting.execution !== execution && { waiting }),
    ...(left.length > 0 && { line: left }),
  };
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
  const { holder, aborts, ...others } = slot;
  const open = aborts?.filter((one) => one.execution !== execution) ?? [];
  const kept = { ...others, ...(holder && { holder }), ...(open.length > 0 && { aborts: open }) };
  const left = without(kept, execution);
  if (holder?.execution !== execution)
    return holder ? grant({ ...left, holder }) : { slot: left, answers: [] };

  const { holder: _, unproved, ...settled } = left;
  const rest = deployed
    ? { ...settled, deployed }
    : unproved?.execution === execution
      ? { ...spoil(settled, unproved.since, at), ...(!returned && { unproved: { ...unproved, since: at } }) }
      : { ...settled, ...(unproved && { unproved }) };
  return passOn(rest);
}

/** To the next one that is not older than what was deployed by now. While it is paused, only to who goes back. */
function passOn({ waiting, line = [], ...slot }: Slot): SlotChange {
  const { deployed, paused } = slot;
  const isTooOld = (one: Contender) => deployed !== undefined && isNewer(deployed, one);
  const late = waitingIn({ waiting, line })
    .filter(isTooOld)
    .map((one) => answer(one, 'superseded', deployed));
  const first = waiting && !isTooOld(waiting) ? waiting : undefined;
  const others = line.filter((one) => !isTooOld(one));
  const next = first ?? others[0];
  if (!next) return { slot, answers: late };
  if (paused && !next.rollback) {
    // Each where it was.
    const kept = { ...(first && { waiting: first }), ...(others.length > 0 && { line: others }) };
    return { slot: { ...slot, ...kept }, answers: late };
  }
  const rest = others.filter((one) => one !== next);
  const { slot: granted, answers } = grant({ ...slot, ...(rest.length > 0 && { line: rest }), holder: next });
  return { slot: granted, answers: [...answers, ...late] };
}

const grant = (slot: Slot & { holder: Contender }): SlotChange => ({
  slot,
  answers: [answer(slot.holder, 'granted')],
});

const refuse = ({ execution, taskToken }: Contender, reason: string): SlotChange['answers'][number] => ({
  execution,
  taskToken,
  answer: { status: 'rejected', reason },
});

const answer = (
  { execution, taskToken }: Contender,
  status: SlotAnswer['status'],
  by?: Pick<Contender, 'tag' | 'rollback'>,
): SlotChange['answers'][number] => ({
  execution,
  taskToken,
  answer: { status, ...(by && { by: called(by) }) },
});
