import { describe, expect, test } from 'vitest';
import { approvalMessage } from '../../core/approval/message.ts';
import { noRules } from '../../core/approval/rules.ts';
import { endedMessage } from '../../core/messages.ts';
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

test('what the scan stopped is told with what to upgrade, a line each, disarmed', () => {
  const CheckScan = { status: 'fail', upgrades: ['upgrade minimist to 1.2.6 (2 CRITICAL)', hostile] };
  const told = (of: object, outcome: 'Rejected' | 'RolledBack' = 'Rejected') =>
    endedMessage({ ...ended, outcome, reason: 'x', record: { ...ended.record, steps: { CheckScan: of } } })
      .blocks;

  expect(told(CheckScan)[2]).toMatchObject({
    text: {
      text: expect.stringMatching(/^• upgrade minimist to 1\.2\.6 \(2 CRITICAL\)\n• &lt;!channel&gt; /),
    },
  });
  expect(told(CheckScan)).toHaveLength(4);
  expect(told({ ...CheckScan, status: 'pass' })).toHaveLength(3);
  expect(told(CheckScan, 'RolledBack')).toHaveLength(3);
});

test('a release that its metrics took back is shown with a chart in characters', () => {
  const minute = 60_000;
  const curve = (after: number) =>
    Array.from({ length: 30 }, (_, index) => [index * minute, index < 20 ? 0 : after] as [number, number]);
  const series = {
    periodSeconds: 60,
    requests: curve(600).map(([at]) => [at, 600]),
    errors: curve(60),
    p99Milliseconds: [],
  };
  const steps = {
    StartDeployment: { status: 'started', startedAt: 20 * minute },
    CompareMetrics: { status: 'fail', decision: 'take back', headline: '5xx rose', series },
  };
  const blocksOf = (outcome: 'RolledBack' | 'Deployed', more: object = {}) =>
    JSON.stringify(
      endedMessage({
        ...ended,
        outcome,
        reason: '5xx rose',
        record: { ...ended.record, steps: { ...steps, ...more } },
      }).blocks,
    );

  expect(blocksOf('RolledBack')).toMatch(
    /Errors {8}▁+█+ +10 %\\n +d\\n +00:00 +00:30\\n```\\nd deployment; times are UTC/,
  );
  expect(blocksOf('Deployed')).not.toContain('█');
  expect(blocksOf('RolledBack', { CompareMetrics: { decision: 'keep', series } })).not.toContain('█');
});

test('what everybody should know of a release is said loudly, and disarmed', () => {
  const ResolveRelease = { release: { warnings: ['deployed as latest', hostile] } };
  const { blocks } = endedMessage({
    ...ended,
    reason: 'x',
    record: { ...ended.record, steps: { ResolveRelease } },
  });

  expect(JSON.stringify(blocks)).toContain('⚠️ *deployed as latest*');
  expect(JSON.stringify(blocks)).toContain('⚠️ *&lt;!channel&gt;');
});

test('a long reason is cut with a mark, within the limits of Slack', () => {
  const { text, blocks } = endedMessage({ ...ended, reason: '&'.repeat(5000) });
  const section = blocks[1];

  expect(text.length).toBeLessThanOrEqual(3000);
  expect(section?.type === 'section' && section.text?.text.length).toBeLessThanOrEqual(3000);
  expect(section?.type === 'section' && section.text?.text.endsWith('…')).toBe(true);
});

describe('where tasks failed', () => {
  const advice = 'Set DATABASE_URL.';
  const task = {
    task: '0123456789abcdef',
    stopCode: 'EssentialContainerExited',
    reason: 'x',
    container: 'app',
  };
  const steps = (logTail: string[]) => ({
    PlanDeployment: {
      decision: 'deploy',
      runningTaskDefinitionArn: 'arn',
      changes: Array.from({ length: 12 }, (_, index) => ({
        path: `environment.${index}`,
        before: 'secret',
        after: 'b',
      })),
    },
    RunReleaseTask: { status: 'pass', sentence: 's', taskArn: 'arn', logTail: ['migrated'] },
    AwaitDeployment: {
      status: 'failed',
      stoppedTasks: [{ ...task, logTail }],
      diagnosis: { cause: 'SettingMissing', sentence: 'app misses a setting', advice, evidence: [] },
    },
  });
  const told = (logTail: string[]) =>
    endedMessage({
      ...ended,
      reason: `(3 of 3 allowed task failures): app misses a setting → ${advice}`,
      record: { ...ended.record, steps: steps(logTail) },
    }).blocks;
  const texts = (logTail: string[]) =>
    told(logTail).flatMap((block) => (block.type === 'section' ? (block.text?.text ?? '') : []));

  test('cause, what to do, last lines, changes, and what is not undone each have a section', () => {
    expect(texts(['Error: DATABASE_URL is not set'])).toEqual([
      '(3 of 3 allowed task failures): app misses a setting',
      `*What to do:* ${advice}`,
      'Last lines of `app` in task `01234567`\n```\nError: DATABASE_URL is not set\n```',
      expect.stringMatching(/^Changed: `environment.0`, .*`environment.9` and 2 more$/),
      expect.stringContaining('not rolled back'),
    ]);
    expect(JSON.stringify(told([]))).not.toContain('secret');
  });

  test('many long lines are cut to the last ones, and the code block is closed', () => {
    const text = texts(Array.from({ length: 20 }, (_, index) => `${index} ${'&'.repeat(290)}`))[2] ?? '';

    expect(text.length).toBeLessThanOrEqual(3000);
    expect(text).toContain('19 &amp;');
    expect(text.endsWith('\n```')).toBe(true);
    expect(text).not.toContain('…');
  });

  test('a line can neither end the code block nor mention a channel', () => {
    const text = texts([`\`\`\` ${hostile}`])[2] ?? '';

    expect(text.match(/```/g)).toHaveLength(2);
    expect(text).not.toContain('<!channel>');
  });

  test('a version that works has no such sections', () => {
    expect(
      endedMessage({
        ...ended,
        outcome: 'Deployed',
        reason: 'x',
        record: { ...ended.record, steps: steps([]) },
      }).blocks,
    ).toHaveLength(3);
  });
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
