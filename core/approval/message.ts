/** What Slack shows of an approval: what is asked, of whom, on which grounds, and how it was answered. */
import type { KnownBlock } from '@slack/types';
import { spoken } from '../duration.ts';
import { isGroup } from '../group.ts';
import { shortDigest } from '../image.ts';
import { type HookPause, pausedSentence, pausedShortly } from '../pause-hook.ts';
import type { Release } from '../release.ts';
import type { ScanVerdict } from '../scan/verdict.ts';
import { type Message, section, warningBlocks } from '../slack-blocks.ts';
import { cut, escaped, limits, mentions } from '../slack-text.ts';
import type { Change } from '../task-definition.ts';
import type { ApprovalAnswer } from './answer.ts';
import { type Action, type Decision, glassRule, longestReason, requiredApprovals } from './decide.ts';
import type { Rules } from './rules.ts';

export interface WantedApproval {
  approvalId: string;
  release: Release;
  scan: ScanVerdict;
  rules: Rules;
  /** ms since the epoch. */
  now: number;
  expiresAt: number;
  link: string | undefined;
  held?: string | undefined;
  /** Where the deployment has begun: ECS's pause, what it leads to when nobody decides, and what was measured until then. */
  paused?: { pause: HookPause; otherwise: string; found: readonly string[] } | undefined;
  /** Of the task definition, and the one that is gone back to where it fails. */
  changes?: readonly Change[] | undefined;
  wayBack?: string | undefined;
}

/** The action ids that a click comes back with; the button's value is the approval id. */
export const approvalActions = { approve: 'approve', reject: 'reject', breakGlass: 'break-glass' } as const;

export const actionOf = (actionId: string): Action | undefined =>
  (({ approve: 'approve', reject: 'reject', 'break-glass': 'break glass' }) as const)[actionId];

const mostChanges = 8;

export function approvalMessage(wanted: WantedApproval): Message {
  const { approvalId, release, scan, expiresAt, link, held, paused } = wanted;
  const { service, environment, tag, digest, warnings = [] } = release;
  const headline = held
    ? `🛑 ${service} ${tag}: held by a gate (${environment})`
    : `✋ ${service} ${tag}: ${paused ? `${namedIn(release, paused.pause)}${pausedShortly(paused.pause)}, ` : ''}waits for approval (${environment})`;
  const until = `<!date^${Math.floor(expiresAt / 1000)}^{date_short_pretty} {time}|${new Date(expiresAt).toISOString()}>`;
  const button = (action: string, label: string, style?: 'primary' | 'danger') => ({
    type: 'button' as const,
    action_id: action,
    value: approvalId,
    ...(style && { style }),
    text: { type: 'plain_text' as const, text: label },
  });
  const { approve, reject, breakGlass } = approvalActions;
  const glass = wanted.rules.breakGlass ? [button(breakGlass, 'Break the glass…', 'danger')] : [];
  return {
    text: cut(escaped(headline), limits.text),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(headline, limits.header), emoji: true } },
      ...(held ? [section(`*It is not deployed, because* ${escaped(held)}`)] : []),
      ...pausedBlocks(wanted),
      section(factsOf(release, scan).join('\n')),
      ...deploymentBlocks(wanted),
      ...warningBlocks(warnings),
      {
        type: 'actions',
        block_id: `approval ${approvalId}`,
        elements: held
          ? [...glass, button(reject, 'Leave it rejected…')]
          : [button(approve, 'Approve', 'primary'), button(reject, 'Reject…', 'danger')],
      },
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            text: cut(
              [
                `digest \`${shortDigest(digest)}\``,
                needs(wanted),
                `until ${until}`,
                ...(link ? [`<${link}|execution>`] : []),
                `id \`${escaped(approvalId)}\``,
              ].join(' · '),
              limits.section,
            ),
          },
        ],
      },
    ],
  };
}

/** Of several ECS services each pauses by itself, and is asked about by itself. */
const namedIn = (release: Release, { service }: HookPause): string =>
  isGroup(release) ? `${service} is ` : '';

/** Who decides sees what the new version has shown, before or while it has users. */
function pausedBlocks({ paused, release }: WantedApproval): KnownBlock[] {
  if (!paused) return [];
  const { pause, otherwise, found } = paused;
  const { smokeTests, analysis } = release.settings;
  const nothing =
    smokeTests || analysis ? 'nothing yet' : 'nothing: no smoke tests and no analysis are configured';
  const lines = found.length > 0 ? found : [nothing];
  return [
    section(
      `*${namedIn(release, pause) || 'ECS is '}${escaped(pausedSentence(pause))}.* ${escaped(otherwise)}`,
    ),
    section(
      ['*Found on the new version*', ...lines.map((line) => `• ${escaped(cut(line, 300))}`)].join('\n'),
    ),
  ];
}

function factsOf({ commit }: Release, scan: ScanVerdict): string[] {
  const { compareUrl, revision, author } = commit;
  const change = compareUrl
    ? `<${escaped(compareUrl)}|what changed>`
    : revision && `commit \`${escaped(revision.slice(0, 12))}\``;
  const waived = scan.waived.slice(0, 3).map(({ id, statement, owner, expires }) => {
    return `• waived: ${escaped(id)} by ${escaped(owner)} until ${expires}: ${escaped(statement)}`;
  });
  const more = scan.waived.length > 3 ? [`• and ${scan.waived.length - 3} more waivers`] : [];
  return [
    `scan: ${escaped(scan.summary)}`,
    ...(scan.signedBy ? [`report signed by ${escaped(scan.signedBy)}`] : []),
    ...waived,
    ...more,
    ...(change ? [change] : []),
    ...(author ? [`by ${escaped(author)}`] : []),
  ];
}

/** What would change, what it was proved by before, and where it would go back to. */
function deploymentBlocks({ changes = [], wayBack, release: { before }, now }: WantedApproval): KnownBlock[] {
  const lines = changes.slice(0, mostChanges).map(({ path, before: from, after: to }) => {
    const value = (text: string) =>
      text === '' ? 'nothing' : `\`${cut(escaped(text.replaceAll('`', "'")), 160)}\``;
    return `• \`${escaped(path.replaceAll('`', "'"))}\`: ${value(from)} → ${value(to)}`;
  });
  const more = changes.length > mostChanges ? [`• and ${changes.length - mostChanges} more`] : [];
  const found = before
    ? [
        `*In ${escaped(before.environment)}* it has run for ${spoken((now - before.deployedAt) / 1000)}`,
        ...before.found.map((sentence) => `• ${escaped(sentence)}`),
      ]
    : [];
  return [
    ...(found.length > 0 ? [section(found.join('\n'))] : []),
    ...(lines.length > 0 ? [section(['*What changes*', ...lines, ...more].join('\n'))] : []),
    ...(wayBack ? [section(`*If it fails,* it goes back to ${escaped(wayBack)}`)] : []),
  ];
}

function needs({ rules, release, held }: WantedApproval): string {
  if (held) return glassRule;
  const required = requiredApprovals({ author: release.commit.author }, rules);
  const groups = Object.keys(rules.policy.requireFrom).map((name) => `one from ${escaped(name)}`);
  const own = rules.policy.selfApproval === 'deny' ? ['not by the author'] : [];
  return [`${required} approval${required === 1 ? '' : 's'}`, ...groups, ...own].join(', ');
}

/** The message that asked, while others are needed, too: it keeps its buttons. */
export function progressMessage(
  { text, blocks }: Message,
  decisions: readonly Decision[],
  says: string,
): Message {
  const lines = decisions.map(
    ({ action, actor, reason }) =>
      `${action === 'approve' ? 'Approved' : 'Glass broken'} by ${mentions(escaped(actor))}${reason ? `: ${escaped(reason)}` : ''}`,
  );
  const at = blocks.findIndex(({ type }) => type === 'actions');
  const shown = section([...lines, says].join('\n'));
  return { text, blocks: [...blocks.slice(0, at), shown, ...blocks.slice(at)] };
}

/** The message that asked, after it was answered: without buttons, and with who it was. */
export function decidedMessage(
  { text, blocks }: Message,
  { decision, by, reason, brokenGlass }: ApprovalAnswer,
): Message {
  const because = reason ? `: ${escaped(reason)}` : '';
  const who = by === 'nobody' ? '' : ` by ${mentions(escaped(by))}`;
  const sentence = {
    approved: brokenGlass ? `🚨 Glass broken${who}${because}` : `✅ Approved${who}${because}`,
    rejected: `⛔ Rejected${who}${because}`,
    expired: `⌛ Expired${because}`,
    superseded: `⏭ Superseded${because}`,
  }[decision];
  const words = {
    approved: brokenGlass ? 'let through' : 'approved',
    rejected: 'rejected',
    expired: 'nobody decided',
    superseded: 'superseded',
  }[decision];
  const kept = blocks
    .filter(({ type }) => type !== 'actions')
    .map((block) =>
      block.type === 'header'
        ? {
            ...block,
            text: { ...block.text, text: cut(decidedHeadline(block.text.text, words), limits.header) },
          }
        : block,
    );
  return { text: cut(decidedHeadline(text, words), limits.text), blocks: [...kept, section(sentence)] };
}

/** It does not say that it waits any more. Its sign stays, and tells it from the release's own message. */
const decidedHeadline = (headline: string, words: string): string =>
  headline.replace(
    /: (?:([\w-]+ )is )?(?:paused [^(]*, )?(?:waits for approval|held by a gate) \(/,
    (_, service = '') => `: ${service}${words} (`,
  );

/** Below the message that asked, before its time is over. */
export function reminderMessage({ text }: Message, leftSeconds: number): Message {
  const sentence = `⏳ ${text}: nobody has decided yet, and there are ${spoken(leftSeconds)} left`;
  return { text: cut(sentence, limits.text), blocks: [section(sentence)] };
}

/** A message of its own, for everybody: a gate had said no, and people let it through. */
export function brokenGlassMessage(
  {
    service,
    environment,
    tag,
    digest,
  }: { service: string; environment: string; tag: string; digest: string },
  { by, reason = '' }: ApprovalAnswer,
  held: string | undefined,
): Message {
  const headline = `🚨 ${service} ${tag}: the glass is broken (${environment})`;
  return {
    text: cut(escaped(headline), limits.text),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(headline, limits.header), emoji: true } },
      section(`<!channel> It is deployed by ${mentions(escaped(by))}: ${escaped(reason)}`),
      section(held ? `*The gate had said:* ${escaped(held)}` : 'The rules of its approval were passed over.'),
      { type: 'context', elements: [{ type: 'mrkdwn', text: `digest \`${shortDigest(digest)}\`` }] },
    ],
  };
}

/** A dialog that asks for a reason. Its answer comes back with the action and the approval id. */
export function reasonDialog(approvalId: string, actionId: string, { text }: Pick<Message, 'text'>) {
  const rejects = actionId === approvalActions.reject;
  const plain = (words: string) => ({ type: 'plain_text' as const, text: words });
  return {
    type: 'modal' as const,
    callback_id: actionId,
    private_metadata: approvalId,
    title: plain(rejects ? 'Reject' : 'Break the glass'),
    submit: plain(rejects ? 'Reject' : 'Break the glass'),
    close: plain('Cancel'),
    blocks: [
      section(cut(text, limits.section)),
      {
        type: 'input' as const,
        block_id: reasonField,
        label: plain(rejects ? 'Why is it not to be deployed?' : 'Why has it to be deployed all the same?'),
        element: {
          type: 'plain_text_input' as const,
          action_id: reasonField,
          multiline: true,
          max_length: longestReason,
        },
      },
    ],
  };
}
/** Of the dialog's field. */
export const reasonField = 'reason';
