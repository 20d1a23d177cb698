/** Tells Slack where a release is: one message that is changed, and answers in its thread. */
import { createHash } from 'node:crypto';
import type { Aws } from '../aws/gateways.ts';
import type { Posted } from '../aws/slack.ts';
import { SlackLimited, SlackRefused } from '../aws/slack-api.ts';
import type { Telling } from '../aws/tellings.ts';
import { tellsSlack } from '../core/config.ts';
import { leftSlot, type ReleaseRecord } from '../core/record.ts';
import type { ReleaseRequest } from '../core/release.ts';
import { type Message, message } from '../core/slack-blocks.ts';
import { releaseMessage } from '../core/telling/release-message.ts';
import { replies } from '../core/telling/thread.ts';
import type { Told } from '../core/telling/told-release.ts';
import { closeApproval } from './close-approval.ts';
import { rollBackOffer } from './roll-back-offer.ts';
import { tellPicture } from './tell-picture.ts';

export type TellingAws = Pick<
  Aws,
  | 'approvals'
  | 'config'
  | 'consoleUrl'
  | 'measure'
  | 'now'
  | 'records'
  | 'slack'
  | 'slackFiles'
  | 'slackWebhook'
  | 'slots'
  | 'tellings'
  | 'wait'
>;

/** Between two changes of a message, and how long a limit of Slack's is waited for here. */
const apartMs = 1500;
const mostPatienceMs = 8000;

/**
 * What is told is what the record says now, whatever woke us: late, twice or out of order, it comes to the same. Answers the
 * request of a release whose end has been told. Rejects where Slack did not take it: may be repeated.
 */
export async function tellRelease(execution: string, aws: TellingAws): Promise<ReleaseRequest | undefined> {
  if (!tellsSlack(aws.config)) return undefined;
  const told = await tellOne(execution, aws);
  // What was deployed before is not gone back from any more: its message loses the button.
  if (told?.replaced && (await aws.tellings.of(told.replaced)).posted)
    await tellOne(told.replaced, aws, { replaced: true });
  return told && leftSlot(told) ? told.request : undefined;
}

/** Answers what was told of it; undefined where somebody else tells it. */
async function tellOne(
  execution: string,
  aws: TellingAws,
  { replaced = false } = {},
): Promise<ReleaseRecord | undefined> {
  let telling = await aws.tellings.take(execution);
  // Who does looks again.
  if (!telling) return undefined;
  try {
    for (;;) {
      const record = await aws.records.of(execution);
      // What it leaves open when it ends; a webhook asked nobody.
      if (aws.config.slack && record.outcome && record.request)
        await closeApproval(execution, record.request, aws);
      const task: Task = { execution, record, telling, replaced };
      telling = aws.config.slack ? await tell(task, aws) : await tellOnce(task, aws);
      if (await aws.tellings.leave(execution)) return record;
    }
  } catch (error) {
    aws.measure('SlackFailures', 1, {});
    await aws.tellings.giveUp(execution).catch(() => undefined);
    throw error;
  }
}

interface Task {
  execution: string;
  record: ReleaseRecord;
  telling: Telling;
  /** It is over, and another was deployed after it: whoever deleted its message is not to get it again. */
  replaced: boolean;
}

async function tell({ execution, record, telling, replaced }: Task, aws: TellingAws): Promise<Telling> {
  const { config, tellings, slack, now } = aws;
  const channel = config.slack?.channel ?? '';
  const pictured = telling.picture?.ended === 'shared';
  const told = { ...toTell(record, aws), pictured, rollBack: await rollBackOffer(record, aws) };
  const root = releaseMessage(told, telling.posted !== undefined);
  if (!root) return telling;
  let { posted, writtenAt = Number.NEGATIVE_INFINITY } = telling;
  let { toldLate = false } = telling;
  const shown = fingerprint(root);
  if (shown !== telling.shown) {
    const wait = writtenAt + apartMs - now();
    if (wait > 0) await aws.wait(wait);
    const before = posted;
    posted =
      (await patiently(aws, () => write(slack, before, replaced ? undefined : channel, root))) ?? posted;
    toldLate ||= !before && record.outcome !== undefined;
    writtenAt = now();
    await tellings.keep(execution, { posted, shown, writtenAt, toldLate });
  }
  if (!posted) return telling;
  const known = new Set(telling.replies);
  for (const { name, message: reply, broadcast } of replies(told, !toldLate)) {
    if (known.has(name)) continue;
    const place = posted;
    await patiently(aws, () => slack.reply(place, reply, { broadcast }));
    known.add(name);
    await tellings.keep(execution, { replies: [...known] });
  }
  const picture = await tellPicture(record, posted, telling.picture, aws);
  const after = { posted, shown, writtenAt, toldLate, replies: [...known], ...(picture && { picture }) };
  // Its characters make room in the message for where the picture is.
  return picture?.ended === 'shared' && !pictured
    ? tell({ execution, record, telling: after, replaced }, aws)
    : after;
}

/** By a webhook: how it ended, with its details below, since there will be no thread. */
async function tellOnce({ execution, record, telling }: Task, aws: TellingAws): Promise<Telling> {
  const told = toTell(record, aws);
  const root = record.outcome === undefined ? undefined : releaseMessage(told, false);
  if (!root || telling.shown !== undefined) return telling;
  const details = replies(told, false).flatMap(({ message }) => message.blocks);
  const whole = message(root.text, [...root.blocks, ...details]);
  await patiently(aws, () => aws.slackWebhook.post(whole));
  const shown = fingerprint(whole);
  await aws.tellings.keep(execution, { shown, writtenAt: aws.now(), toldLate: true });
  return { ...telling, shown };
}

/** Posts, or changes what was posted; posts again where somebody deleted that, unless there is no `channel` to do so. */
async function write(
  slack: Aws['slack'],
  posted: Posted | undefined,
  channel: string | undefined,
  message: Message,
): Promise<Posted | undefined> {
  if (posted) {
    try {
      await slack.update(posted, message);
      return posted;
    } catch (error) {
      if (!(error instanceof SlackRefused && gone.includes(error.code))) throw error;
    }
  }
  return channel === undefined ? undefined : slack.post(channel, message);
}

/** What Slack says of a message that is not there, or of a channel that is another one by now. */
const gone = ['message_not_found', 'channel_not_found', 'cant_update_message', 'edit_window_closed'];

/** Waits as long as Slack asks for, where that is not long. */
async function patiently<Answer>({ wait }: TellingAws, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof SlackLimited) || error.afterSeconds * 1000 > mostPatienceMs) throw error;
    await wait(error.afterSeconds * 1000);
    return call();
  }
}

function toTell(record: ReleaseRecord, { config, consoleUrl }: TellingAws): Told {
  const { service, environment } = record.request ?? {};
  const found = config.services[service ?? '']?.environments.find(({ name }) => name === environment);
  const link = consoleUrl && consoleUrl + record.execution;
  return { record, link, strategy: found?.rollout };
}

const fingerprint = (message: Message) =>
  createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 16);
