import { expect, test } from 'vitest';
import { approvalMessage } from '../../core/approval/message.ts';
import { noRules } from '../../core/approval/rules.ts';
import type { Release } from '../../core/release.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const hostile = '<!channel> & <https://evil.example|click>';

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
    scan: { ...scan, findings: [], waived: [], signedBy: 'CI' },
    rules: noRules,
    now: 0,
    expiresAt: 0,
    link: undefined,
  });
  const actions = message.blocks.find(({ type }) => type === 'actions');

  expect(JSON.stringify(actions).match(/"value":"the-approval"/g)).toHaveLength(2);
  expect(JSON.stringify(message)).not.toContain('<!channel>');
  expect(JSON.stringify(message)).toContain('report signed by CI');
});
