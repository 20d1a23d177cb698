/** `tidegate approvals`, `approve`, `reject` and `break-glass`: what waits for people, and their decision, with AWS credentials. */

import type { Action } from '../../core/approval/decide.ts';
import { shortDigest } from '../../core/image.ts';
import type { SeenApproval } from '../../functions/events/on-approval-command.ts';
import type { Command } from '../command.ts';
import { BadUse } from '../mistake.ts';
import { tellTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { moment } from '../times.ts';
import { atTheDoor } from './door.ts';

export const approvals: Command = {
  summary: 'what waits for approval, and who tried to decide it',
  usage: `tidegate approvals [<id>] [options]

Lists the releases that wait for people, with the ids that approve and reject
take. Of one id: all about it, and every attempt to decide it, refused ones too.
Changes nothing.

Exit code:
  0 said
  2 bad use, no such approval, or these credentials may not ask
  3 AWS could not be asked`,
  options: {},
  arguments: ['text'],
  async run({ positionals, values, screen }) {
    const [approvalId, ...others] = positionals;
    if (others.length > 0) throw new BadUse('approvals takes one id, or none');
    const answer = await atTheDoor(approvalId ? { action: 'show', approvalId } : { action: 'list' }, values);
    if (values.json) screen.say(JSON.stringify(answer, null, 2));
    else if (approvalId === undefined) list(answer.approvals, screen);
    else {
      for (const approval of answer.approvals) tell(approval, screen);
      const attempts = answer.audit ?? [];
      if (attempts.length > 0) screen.say();
      tellTable(
        ['when', 'who', 'by', 'what', 'verdict'],
        attempts.map(({ at, actor, door, authenticated, action, reason, verdict }) => [
          ...[new Date(at).toISOString().slice(0, 19), actor, `${door}, ${authenticated}`],
          ...[reason ? `${action}: ${reason}` : action, verdict],
        ]),
        screen,
      );
    }
    return 0;
  },
};

/** Of the three that decide. */
function deciding(action: Action, name: string, summary: string, what: string): Command {
  const needsReason = action !== 'approve';
  return {
    summary,
    usage: `tidegate ${name} <id>${needsReason ? ' --reason <text>' : ' [--reason <text>]'} [options]

${what}
Who you are is what AWS says of whose credentials sign the request: an IAM user,
a role, or a person of IAM Identity Center. The rules of the environment decide
whether that counts. tidegate approvals lists the ids.

  --reason <text>   why; kept with the attempt${needsReason ? '' : ' (optional)'}

Exit code:
  0 it counts: it is decided, or others are needed, too
  1 refused, with the reason
  2 bad use, no such approval, or these credentials may not ask
  3 AWS could not be asked`,
    options: { reason: { type: 'string' } },
    arguments: ['text'],
    async run({ positionals, values, screen }) {
      const [approvalId, ...others] = positionals;
      const { reason } = values.own;
      if (!approvalId || others.length > 0)
        throw new BadUse(`${name} needs an id, such as: tidegate ${name} my-api-production-v1.4.2-0a1b2c3d`);
      if (needsReason && (typeof reason !== 'string' || reason.trim() === ''))
        throw new BadUse('say why: --reason "checkout fails"');
      const said = typeof reason === 'string' && { reason };
      const answer = await atTheDoor({ action, approvalId, ...said }, values);
      const { verdict, says = '', by } = answer;
      const refused = verdict === 'refused';
      if (values.json) screen.say(JSON.stringify(answer, null, 2));
      else {
        screen.tell('', says, 0, refused ? 'red' : 'green');
        screen.tell('  as  ', by, 6);
      }
      return refused ? 1 : 0;
    },
  };
}

export const approve = deciding(
  'approve',
  'approve',
  'approves a release that waits for it',
  'Approves. Where several people are needed, it is counted, and the others are asked.',
);
export const reject = deciding(
  'reject',
  'reject',
  'rejects a release that waits for approval',
  'Rejects: one is enough. The release ends Rejected, and nothing is deployed; where\nECS has paused its deployment, that is taken back.',
);
export const breakGlass = deciding(
  'break glass',
  'break-glass',
  'lets a release through that a gate holds: two people have to, each with a reason',
  `Lets a release through although the scan gate said no, or an approval's rules do
not allow it now. Two people who are named for it have to, each with a reason.
Everybody is told in Slack, and the failing verdict stays in the record.`,
);

function list(approvals: readonly SeenApproval[], screen: Terminal): void {
  if (approvals.length === 0) {
    screen.say('Nothing waits for approval.');
    return;
  }
  tellTable(
    ['id', 'what', 'since', 'until', 'state'],
    approvals.map(({ approvalId, subject, openedAt, expiresAt, held, needs, decisions, paused }) => [
      ...[approvalId, subject ? `${subject.service} ${subject.tag} → ${subject.environment}` : ''],
      ...[moment(openedAt, Date.now()), new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')],
      held ? `held: ${held}` : [paused, needs ?? `${decisions.length} decisions`].filter(Boolean).join(': '),
    ]),
    screen,
  );
}

function tell(approval: SeenApproval, screen: Terminal): void {
  const { approvalId, subject, author, held, decisions, answer, needs, expiresAt, paused } = approval;
  const line = (name: string, text: string | undefined) =>
    text === undefined || screen.tell(`  ${name.padEnd(9)}`, text, 11);
  screen.tell('', screen.paint('bold', approvalId));
  line(
    'what',
    subject && `${subject.service} ${subject.tag} (${shortDigest(subject.digest)}) to ${subject.environment}`,
  );
  line('author', author);
  line('held', held);
  line('paused', paused);
  line('until', new Date(expiresAt).toISOString());
  for (const { action, actor, reason, at } of decisions)
    line(action, `${actor}, ${new Date(at).toISOString()}${reason ? `: ${reason}` : ''}`);
  line('needs', answer ? undefined : needs);
  line('decided', answer && `${answer.decision} by ${answer.by}${answer.reason ? `: ${answer.reason}` : ''}`);
}
