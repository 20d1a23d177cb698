import { expect, test } from 'vitest';
import { approvalMessage, endedMessage } from '../../core/messages.ts';
import type { Release, ReleaseRequest } from '../../core/release.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const request: ReleaseRequest = {
  service: 'my-api',
  environment: 'production',
  push: {
    eventId: 'e',
    pushedAt: 0,
    registryId: '123456789012',
    region: 'eu-west-1',
    repository: 'my-api',
    tag: 'v1',
    digest,
  },
};
const hostile = '<!channel> & <https://evil.example|click>';
const ended = {
  request,
  outcome: 'RolledBack',
  record: { execution: 'e', steps: {}, endedAt: 65_000 },
  link: 'https://console/e',
} as const;

test('text from outside can neither mention a channel nor disguise a link', () => {
  const message = JSON.stringify(endedMessage({ ...ended, reason: hostile }));

  expect(message).not.toContain('<!channel>');
  expect(message).not.toContain('<https://evil');
  expect(message).toContain('&lt;!channel&gt;');
});

test('the outcome is said in words, the reason first, the time since the push beside it', () => {
  const { text, blocks } = endedMessage({ ...ended, reason: '5xx rose' });

  expect(text).toContain('my-api v1: rolled back (production)');
  expect(JSON.stringify(blocks[1])).toContain('5xx rose');
  expect(JSON.stringify(blocks[2])).toContain('1 min 5 s after the push');
});

test('a long reason is cut with a mark, within the limits of Slack', () => {
  const { text, blocks } = endedMessage({ ...ended, reason: '&'.repeat(5000) });
  const section = blocks[1];

  expect(text.length).toBeLessThanOrEqual(3000);
  expect(section?.type === 'section' && section.text?.text.length).toBeLessThanOrEqual(3000);
  expect(section?.type === 'section' && section.text?.text.endsWith('…')).toBe(true);
});

test('a request for approval has two buttons that carry the approval id, never a task token', () => {
  const release = {
    service: 'my-api',
    environment: 'production',
    tag: 'v1',
    digest,
    commit: { author: hostile, compareUrl: 'https://github.com/a/b/compare/1...2' },
  } as unknown as Release;
  const scan = { status: 'pass', summary: 'clean', findings: [], waived: [] } as const;
  const message = approvalMessage({
    approvalId: 'the-approval',
    release,
    scan: { ...scan, findings: [], waived: [] },
    expiresAt: 0,
    link: undefined,
  });
  const actions = message.blocks.find(({ type }) => type === 'actions');

  expect(JSON.stringify(actions).match(/"value":"the-approval"/g)).toHaveLength(2);
  expect(JSON.stringify(message)).not.toContain('<!channel>');
});
