/**
 * Somebody clicked "Roll back now", or filled in its dialog: judged by who they are, written down, and handed on to who has more
 * time than the three seconds that Slack gives.
 */
import type { Aws } from '../aws/gateways.ts';
import { reasonField } from '../core/approval/message.ts';
import { slackUserOf } from '../core/approval/person.ts';
import { versionOf } from '../core/approval/rules.ts';
import type { ReleaseRequest } from '../core/release.ts';
import { type Refused, refusalToRollBack, whoMayRollBack } from '../core/roll-back-by-slack.ts';
import { lookingDialog, rollBackCommand, startingDialog } from '../core/roll-back-dialog.ts';
import type { Click, Submission } from '../core/slack-request.ts';

export type RollBackClickAws = Pick<
  Aws,
  | 'audit'
  | 'config'
  | 'now'
  | 'records'
  | 'rollbackAsks'
  | 'rollbackWake'
  | 'slack'
  | 'slackGroups'
  | 'slackResponse'
  | 'states'
>;

interface Attempt {
  /** The release's execution, by its name. */
  release: string;
  /** `slack:U…`. */
  actor: string;
  reason?: string;
}

/** Opens the dialog, or tells who clicked why not. */
export async function clickedRollBack(click: Click, aws: RollBackClickAws): Promise<void> {
  const { value: release, user, responseUrl, triggerId = '' } = click;
  const whisper = (text: string) =>
    responseUrl && aws.slackResponse.whisper(responseUrl, text).catch(() => undefined);
  const actor = `slack:${user}`;
  const { request, refused, rules } = await judged({ release, actor }, aws);
  if (!request) return void (await whisper('Nothing is kept of this release any more.'));
  if (refused) return void (await whisper(refused.says));

  const named = { ...request, tag: request.push.tag };
  const command = `In a terminal: ${rollBackCommand(request)}`;
  const viewId = await aws.slack.ask(triggerId, lookingDialog(release, named)).catch(() => undefined);
  if (viewId === undefined)
    return void (await whisper(`Slack did not open the dialog. Click again. ${command}`));
  try {
    await aws.rollbackAsks.open({
      ...{ viewId, release, by: actor, rules, askedAt: aws.now() },
      ...(responseUrl && { responseUrl }),
    });
    await aws.rollbackWake.wake({ viewId });
  } catch {
    await whisper(`It could not be looked up. Click again. ${command}`);
  }
}

/** What the app answers to a dialog: the next one, or what is wrong at its field. */
export async function submittedRollBack(
  { value: release, user, text, viewId }: Submission,
  aws: RollBackClickAws,
): Promise<object> {
  const wrong = (says: string) => ({ response_action: 'errors', errors: { [reasonField]: says } });
  const reason = text.trim();
  if (reason === '') return wrong('Say why: a reason is needed for this.');
  const actor = `slack:${user}`;
  const ask = await aws.rollbackAsks.of(viewId);
  if (!ask || ask.release !== release || ask.by !== actor)
    return wrong('This dialog is not known any more: close it, and click again.');
  const { request, refused } = await judged({ release, actor, reason }, aws);
  if (!request) return wrong('Nothing is kept of this release any more.');
  if (refused) return wrong(refused.says);

  // Sent twice, it is done once. Woken again: the first may have failed at that.
  await aws.rollbackAsks.submit(viewId, { reason, submittedAt: aws.now() });
  await aws.rollbackWake.wake({ viewId });
  return { response_action: 'update', view: startingDialog(release) };
}

interface Judged {
  /** Undefined where nothing is kept of the release. */
  request: ReleaseRequest | undefined;
  refused: Refused | undefined;
  /** Of who may, told apart where they changed. */
  rules: string;
}

/** Whether they may, by the rules of now. What they may not, and what they really ask for, is written down. */
async function judged({ release, actor, reason }: Attempt, aws: RollBackClickAws): Promise<Judged> {
  const { request } = await aws.records.of(aws.states.arnOf(release));
  if (!request) return { request, refused: undefined, rules: '' };
  const { config } = aws;
  const people = config.people ?? {};
  const environment = config.services[request.service]?.environments.find(
    ({ name }) => name === request.environment,
  );
  const who = environment ? whoMayRollBack(environment) : [];
  const groups = [...new Set(who.flatMap(({ slackGroups }) => slackGroups))];
  const slackGroups = await aws.slackGroups.of(slackUserOf(actor, people), groups);
  const rules = versionOf(who);
  const refused = refusalToRollBack({ id: actor, slackGroups }, who, people, rollBackCommand(request));
  if (refused || reason !== undefined)
    await aws.audit.append({
      ...{ approvalId: release, at: aws.now(), actor, action: 'roll back', door: 'slack' },
      authenticated: 'signed by Slack',
      ...(reason !== undefined && { reason: reason.slice(0, 500) }),
      verdict: refused ? `refused: ${refused.why}` : 'accepted',
      rules,
      digest: request.push.digest,
    });
  return { request, refused, rules };
}
