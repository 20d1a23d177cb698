/** What Slack shows: calm, the cause first, words as well as colour. Text from outside is escaped and bounded. */
import type { KnownBlock } from '@slack/types';
import { spoken } from './duration.ts';
import { shortDigest } from './image.ts';
import type { ReleaseRecord } from './record.ts';
import { type Outcome, type Release, type ReleaseRequest, requestedAt } from './release.ts';
import type { ScanVerdict } from './scan/verdict.ts';

export interface Message {
  /** For notifications and screen readers. */
  text: string;
  blocks: KnownBlock[];
}

/** Slack's limits: 150 characters in a header, 3000 in a section, 75 on a button. */
const limits = { header: 150, section: 2900, text: 3000 };

const words: Record<Outcome, { mark: string; phrase: string }> = {
  Deployed: { mark: '✅', phrase: 'deployed' },
  NothingToDo: { mark: '➖', phrase: 'nothing to do' },
  Rejected: { mark: '⛔', phrase: 'rejected, nothing changed' },
  Superseded: { mark: '⏭', phrase: 'superseded' },
  RolledBack: { mark: '↩️', phrase: 'rolled back' },
  NeedsHuman: { mark: '🚨', phrase: 'needs a human' },
};

export interface EndedRelease {
  request: ReleaseRequest;
  outcome: Outcome;
  reason: string;
  record: ReleaseRecord;
  /** To the execution. */
  link: string | undefined;
}

export function endedMessage({ request, outcome, reason, record, link }: EndedRelease): Message {
  const { service, environment, push, rollback } = request;
  const { mark, phrase } = words[outcome];
  const headline = `${mark} ${service} ${push.tag}: ${phrase} (${environment})`;
  const seconds = record.endedAt === undefined ? undefined : (record.endedAt - requestedAt(request)) / 1000;
  const context = [
    `digest \`${shortDigest(push.digest)}\``,
    ...(seconds === undefined ? [] : [`${spoken(seconds)} after the ${rollback ? 'request' : 'push'}`]),
    ...(rollback ? [escaped(`rollback by ${rollback.by}: ${rollback.reason}`)] : []),
    ...(link ? [`<${link}|execution>`] : []),
  ];
  return {
    text: cut(escaped(`${headline} – ${reason}`), limits.text),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(headline, limits.header), emoji: true } },
      { type: 'section', text: { type: 'mrkdwn', text: cut(escaped(reason) || '–', limits.section) } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: context.join(' · ') }] },
    ],
  };
}

export interface WantedApproval {
  approvalId: string;
  release: Release;
  scan: ScanVerdict;
  /** ms since the epoch. */
  expiresAt: number;
  link: string | undefined;
}

/** The action ids that a click comes back with; the button's value is the approval id. */
export const approvalActions = { approve: 'approve', reject: 'reject' } as const;

export function approvalMessage({ approvalId, release, scan, expiresAt, link }: WantedApproval): Message {
  const { service, environment, tag, digest, commit } = release;
  const headline = `✋ ${service} ${tag}: waits for approval (${environment})`;
  const { compareUrl, revision } = commit;
  const change = compareUrl
    ? `<${escaped(compareUrl)}|what changed>`
    : revision && `commit \`${escaped(revision.slice(0, 12))}\``;
  const facts = [
    `scan: ${escaped(scan.summary)}`,
    ...(change ? [change] : []),
    ...(commit.author ? [`by ${escaped(commit.author)}`] : []),
  ];
  const until = `<!date^${Math.floor(expiresAt / 1000)}^{date_short_pretty} {time}|${new Date(expiresAt).toISOString()}>`;
  const button = (action: string, label: string, style: 'primary' | 'danger') => ({
    type: 'button' as const,
    action_id: action,
    value: approvalId,
    style,
    text: { type: 'plain_text' as const, text: label },
  });
  return {
    text: cut(escaped(headline), limits.text),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(headline, limits.header), emoji: true } },
      { type: 'section', text: { type: 'mrkdwn', text: cut(facts.join('\n'), limits.section) } },
      {
        type: 'actions',
        block_id: `approval ${approvalId}`,
        elements: [
          button(approvalActions.approve, 'Approve', 'primary'),
          button(approvalActions.reject, 'Reject', 'danger'),
        ],
      },
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            text: [
              `digest \`${shortDigest(digest)}\``,
              `until ${until}`,
              ...(link ? [`<${link}|execution>`] : []),
            ].join(' · '),
          },
        ],
      },
    ],
  };
}

/** Slack's three: without them a label could mention a whole channel or disguise a link. */
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const cut = (text: string, limit: number) => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`);
