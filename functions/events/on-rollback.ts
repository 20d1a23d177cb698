/**
 * Somebody asked in Slack to go back from a release: looks up what that comes to, and tells them in their dialog; once they have
 * said why, does it. The event only wakes: what is to be done, and for whom, is in what was kept of the ask.
 */
import * as z from 'zod';
import { audit } from '../../aws/audit.ts';
import type { Opened } from '../../aws/open.ts';
import { type RollbackAsk, type RollbackClaim, rollbackAsks } from '../../aws/rollback-asks.ts';
import { slack } from '../../aws/slack.ts';
import { slackResponse } from '../../aws/slack-response.ts';
import { ContractViolation, ReleaseRejected } from '../../core/errors.ts';
import { Mistake } from '../../core/mistake.ts';
import { rollbackAskedSchema, rollbackAskedType } from '../../core/roll-back-by-slack.ts';
import { rollBackDialog, saidDialog } from '../../core/roll-back-dialog.ts';
import { escaped, link, mentions } from '../../core/slack-text.ts';
import { defineEventHandler, onEvent } from '../event.ts';
import { rollbackUses } from '../go-back.ts';
import { startExecution } from '../start-execution.ts';
import { nameIn } from '../status/find-releases.ts';
import { abortUses, stop } from '../stop-release.ts';
import { shownOf, wayBackNow } from '../way-back-now.ts';

const uses = { ...rollbackUses, ...abortUses, audit, rollbackAsks, slack, slackResponse };
type AskedAws = Opened<typeof uses>;

const eventSchema = z.looseObject({
  'detail-type': z.literal(rollbackAskedType),
  detail: rollbackAskedSchema,
});

/** Longer than Lambda's own repetitions take. What was not done by then must not be done behind anybody's back. */
const tooLateMs = 300_000;

export const onRollback = defineEventHandler({
  name: 'on-rollback',
  uses,
  run: async (event, aws): Promise<{ said: string }> => {
    const parsed = eventSchema.safeParse(event);
    if (!parsed.success)
      throw new ContractViolation(`nobody asks for a rollback by this: ${z.prettifyError(parsed.error)}`);
    const ask = await aws.rollbackAsks.of(parsed.data.detail.viewId);
    if (!ask || ask.done) return { said: 'nothing' };
    try {
      return { said: ask.reason === undefined ? await lookUp(ask, aws) : await carryOut(ask, aws) };
    } catch (error) {
      const again = 'It is tried again within three minutes, and told here.';
      await tell(ask, `That did not work yet: ${escaped((error as Error).message)} ${again}`, aws);
      throw error;
    }
  },
});

/** May be repeated. */
async function lookUp({ viewId, release, by }: RollbackAsk, aws: AskedAws): Promise<string> {
  const execution = aws.states.arnOf(release);
  try {
    const found = await wayBackNow({ execution, by, reason: 'to be said' }, aws);
    const { request } = found;
    await aws.rollbackAsks.show(
      viewId,
      found.kind === 'stop' ? { kind: 'stop' } : { kind: 'rollback', to: found.prepared.to.execution },
    );
    const dialog = rollBackDialog(release, { ...request, tag: request.push.tag }, await shownOf(found, aws));
    // They may have closed it.
    await aws.slack.askAgain(viewId, dialog).catch(() => undefined);
    return found.kind;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await aws.slack.askAgain(viewId, saidDialog(release, escaped(sentence(error)))).catch(() => undefined);
    return error.message;
  }
}

/** May be repeated: a rollback has one name, which is kept before it is started, and a release that is stopped stays so. */
async function carryOut(ask: RollbackAsk, aws: AskedAws): Promise<string> {
  const done = await begin(ask, aws).catch((error) => {
    if (isRefusal(error)) return { refused: error.message, says: `Not done: ${escaped(error.message)}` };
    throw error;
  });
  await aws.audit.append({
    ...{ approvalId: ask.release, at: aws.now(), actor: ask.by, action: 'roll back', door: 'slack' },
    authenticated: 'signed by Slack',
    ...(ask.reason && { reason: ask.reason.slice(0, 500) }),
    verdict: 'refused' in done ? `refused: ${done.refused}`.slice(0, 300) : 'decided',
    rules: ask.rules,
  });
  await aws.rollbackAsks.finish(ask.viewId);
  await tell(ask, mentions(done.says), aws);
  return done.says;
}

async function begin(ask: RollbackAsk, aws: AskedAws): Promise<{ says: string }> {
  const { release, by, reason = '', shown, viewId, submittedAt = 0 } = ask;
  const before = await aws.rollbackAsks.claimOf(release);
  if (aws.now() - submittedAt > tooLateMs)
    throw new Mistake('it could not be done within five minutes; look at what runs, and click again');
  if (before?.viewId === viewId) return start(before, aws);

  const execution = aws.states.arnOf(release);
  const to = shown?.kind === 'rollback' ? shown.to : undefined;
  const found = await wayBackNow({ execution, to, by, reason }, aws);
  const { push } = found.request;
  if (found.kind === 'stop') {
    const { becomes, later } = await stop({ words: [execution], by, reason }, aws);
    const wait = later ? ' It finds that out at its next look, within 15 minutes.' : '';
    return { says: `${escaped(push.tag)} ${becomes}.${wait} The channel is told how it goes on.` };
  }
  if (shown?.kind !== 'rollback')
    throw new Mistake(`${push.tag} was deployed meanwhile: click again to see what it would go back to`);
  if (before && (await isOn(before, aws)))
    throw new Mistake(`${before.by} has asked for it already, and it is under way`);
  const { request, execution: started } = found.prepared;
  const wanted = { viewId, by, at: aws.now(), request, execution: started };
  const claim = await aws.rollbackAsks.claim(release, wanted, before);
  if (claim.viewId !== viewId) throw new Mistake(`${claim.by} was quicker, and it is under way`);
  return start(claim, aws);
}

async function start({ request }: RollbackClaim, aws: AskedAws): Promise<{ says: string }> {
  const { name } = await startExecution(request, aws);
  const { service, push } = request;
  const watch = aws.consoleUrl ? ` ${link(aws.consoleUrl + aws.states.arnOf(name), 'Watch it')}, or` : '';
  return {
    says: `*${escaped(service)}* goes back to *${escaped(push.tag)}*.${watch} read on in the channel: ${escaped(name)}`,
  };
}

/** The rollback that somebody asked for has not ended. What was kept and never started is over after a minute. */
async function isOn({ execution, at }: RollbackClaim, aws: AskedAws): Promise<boolean> {
  const seen = await aws.states.look(nameIn(execution));
  return seen ? seen.status === 'RUNNING' : aws.now() - at < 60_000;
}

/** In their dialog; where they have closed it, below the message, and to them alone. */
async function tell(
  { viewId, release, responseUrl }: RollbackAsk,
  says: string,
  aws: AskedAws,
): Promise<void> {
  try {
    await aws.slack.askAgain(viewId, saidDialog(release, says));
  } catch {
    if (responseUrl) await aws.slackResponse.whisper(responseUrl, says).catch(() => undefined);
  }
}

/** What is not to be tried again. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof Mistake || error instanceof ReleaseRejected;

const sentence = ({ message }: Error) => message.slice(0, 1).toUpperCase() + message.slice(1);

export const handler = onEvent(onRollback);
