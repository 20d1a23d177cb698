/** Pauses an environment and resumes it, and tells Slack. */
import type { Surroundings } from '../../aws/means.ts';
import { type Opened, openAws } from '../../aws/open.ts';
import { records } from '../../aws/records.ts';
import { slack } from '../../aws/slack.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { named } from '../../core/named.ts';
import type { Pause } from '../../core/pause.ts';
import { pausedMessage, resumedMessage } from '../../core/pause-messages.ts';
import { targetOf } from '../../core/release.ts';
import { called, waitingIn } from '../../core/slot.ts';
import { answerSlot } from '../../functions/answer-slot.ts';
import type { Place } from '../../functions/status/find-releases.ts';
import { nameIn } from '../../functions/status/find-releases.ts';
import { Mistake } from '../mistake.ts';

export interface Changed extends Place {
  paused: Pause | null;
  /** Before. */
  was: Pause | null;
  /** The release that has the slot and goes on. */
  goesOn?: string;
  /** Those that wait, or waited and go on now. */
  waiting: string[];
  /** Why Slack could not be told. */
  untold?: string;
}

export interface WantedChange extends Place {
  by: string;
  reason: string;
  dryRun?: boolean | undefined;
}

const uses = { records, slack, slots, states };
export type PauseAws = Opened<typeof uses>;
export const openFor = (surroundings: Surroundings): PauseAws => openAws(surroundings, uses);

/** May be repeated: the last reason counts. */
export async function pause({ dryRun, ...wanted }: WantedChange, aws: PauseAws): Promise<Changed> {
  const { place, target, slot } = await lookAt(wanted, aws);
  const paused: Pause = { by: wanted.by.slice(0, 300), reason: wanted.reason.slice(0, 500), at: aws.now() };
  const changed: Changed = {
    ...{ ...place, paused, was: slot.paused ?? null },
    ...(slot.holder && { goesOn: called(slot.holder) }),
    waiting: waitingIn(slot).map(({ execution }) => nameIn(execution)),
  };
  if (dryRun) return changed;
  await aws.slots.pause(target, paused);
  return { ...changed, ...(await told(pausedMessage(place, paused), aws)) };
}

/** May be repeated. Throws a `Mistake` where nothing is paused. */
export async function resume(
  { dryRun, by, reason, ...where }: WantedChange,
  aws: PauseAws,
): Promise<Changed> {
  const { place, target, slot } = await lookAt(where, aws);
  if (!slot.paused) throw new Mistake(`${place.service}/${place.environment} is not paused`);
  const waiting = waitingIn(slot).map(({ execution }) => nameIn(execution));
  const changed: Changed = { ...place, paused: null, was: slot.paused, waiting };
  if (dryRun) return changed;
  await answerSlot(aws, await aws.slots.resume(target));
  return { ...changed, ...(await told(resumedMessage(place, { by, reason, waiting: waiting.length }), aws)) };
}

async function lookAt({ service: name, environment: at }: Place, aws: PauseAws) {
  const { service, environment } = named(aws.config, name, at);
  const target = targetOf(service, environment);
  return { place: { service: name, environment: at }, target, slot: await aws.slots.look(target) };
}

/** It is done whether or not Slack hears of it. */
async function told(
  message: ReturnType<typeof pausedMessage>,
  { config, slack: door }: PauseAws,
): Promise<{ untold?: string }> {
  if (!config.slack) return {};
  try {
    await door.post(config.slack.channel, message);
    return {};
  } catch (error) {
    return { untold: (error as Error).message };
  }
}
