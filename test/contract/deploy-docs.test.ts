/** What docs/deploy.md and the Slack app's manifest say, held against the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { obstacles, type Preflight } from '../../core/preflight.ts';
import manifest from '../../examples/slack-app.json' with { type: 'json' };

const root = new URL('../../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');
const textsIn = (folder: string) =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(`${folder}/${file}`));
const page = read('docs/deploy.md');

/** The first cells of the table below a headline. */
function firstCells(headline: string): string[] {
  const [, rest = ''] = page.split(`${headline}\n`);
  const [section = ''] = rest.split(/^#/m);
  return [...section.matchAll(/^\| (.*?) \|/gm)].map(([, cell = '']) => cell).slice(2);
}

const allWrong: Preflight = {
  ...{ status: 'DRAINING', deploymentController: 'CODE_DEPLOY', schedulingStrategy: 'DAEMON' },
  ...{ desiredCount: 0, first: false },
  rollout: { strategy: 'CANARY', minimumHealthyPercent: 0, maximumPercent: 100 },
  wanted: { rollout: { strategy: 'ROLLING' }, hook: true },
  underWay: { arn: 'service-deployment/1', status: 'IN_PROGRESS' },
  firing: ['my-api-5xx'],
  ...{ previousRevisionStatus: 'INACTIVE', previousImageExists: false },
  ...{ family: { running: 'old', configured: 'my-api' }, unnamedRoles: ['task'] },
  ...{ architecture: 'arm64', imageArchitectures: ['amd64'] },
};

/** Others' own messages say whose they are. */
const messages = firstCells('### By message')
  .filter((cell) => !/\((SST|AWS)\)$/.test(cell))
  .map((cell) => /^`(.*?)`/.exec(cell)?.[1] ?? cell);

test('every message that is explained is one of ours', () => {
  const code = ['core', 'aws', 'functions', 'stacks'].flatMap(textsIn).join('\n');
  const unknown = messages.filter((message) =>
    message
      .replace(/(?<=Slack refused …: ).*/, '')
      .split('…')
      .map((part) => part.trim())
      .some((part) => !code.includes(part)),
  );

  expect(messages.length).toBeGreaterThan(30);
  expect(unknown).toEqual([]);
});

test('every reason why a service cannot be released is explained', () => {
  const patterns = messages.map(
    (message) =>
      new RegExp(
        message
          .split('…')
          .map((part) => RegExp.escape(part.trim()))
          .join('.*'),
      ),
  );
  const reasons = [
    ...obstacles('my-api', allWrong),
    ...obstacles('my-api', { ...allWrong, desiredCount: 2, rollout: { maximumPercent: 100 } }),
  ];

  expect(reasons.filter((reason) => !patterns.some((pattern) => pattern.test(reason)))).toEqual([]);
  expect(new Set(reasons.map((reason) => reason.slice(0, 30))).size).toBeGreaterThan(10);
});

test('every output that is explained is one of the stack, and the other way round', () => {
  const [, answer = ''] = /return \{\n([\s\S]*?)\n {2}\};\n\}/.exec(read('stacks/tidegate.ts')) ?? [];
  const outputs = [...answer.matchAll(/^\s*(?:\.\.\.\(\w+ && \{ )?(\w+):/gm)].map(([, name]) => name);
  const [, steps = ''] = page.split('## First deploy\n');
  const explained = [...steps.matchAll(/^ +\| `(\w+)` \|/gm)].map(([, name]) => name);

  expect(explained.toSorted()).toEqual(outputs.toSorted());
});

test("the Slack app's manifest asks for just what is used", () => {
  const needed: Record<string, string[]> = {
    'chat.postMessage': ['chat:write'],
    'chat.update': ['chat:write'],
    'files.completeUploadExternal': ['files:write'],
    'files.getUploadURLExternal': ['files:write'],
    'usergroups.users.list': ['usergroups:read'],
    // Of no scope: who clicks may be asked something.
    'views.open': [],
    'views.update': [],
  };
  const methods = textsIn('aws').flatMap((text) =>
    [...text.matchAll(/\bcall\('([a-z]+\.[\w.]+)'/g)].map(([, method = '']) => method),
  );

  expect(methods).not.toEqual([]);
  expect(manifest.oauth_config.scopes.bot).toEqual(
    [...new Set(methods.flatMap((method) => needed[method] ?? ['unknown']))].toSorted(),
  );
  expect(manifest.settings.interactivity.is_enabled).toBe(true);
});

test('the policy for who decides from a terminal lets nobody invoke the function past its address', () => {
  const [, policy = ''] = /```json\n(\{\s+"Version"[\s\S]+?)```/.exec(read('docs/approvals.md')) ?? [];
  const invoking = JSON.parse(policy).Statement.filter(({ Action }: { Action: string | string[] }) =>
    [Action].flat().includes('lambda:InvokeFunction'),
  );

  expect(invoking).toHaveLength(1);
  // Otherwise they would write the event themselves, with anybody's identity in it.
  expect(invoking[0].Condition).toEqual({ Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } });
});
