/** examples/github-actions: what a user copies must be pinned, may do little, and deploys nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import role from '../../examples/github-actions/role.json' with { type: 'json' };
import { readWorkflow } from '../support/workflow.ts';

const root = new URL('../../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');
const text = read('examples/github-actions/deploy.yml');
const script = read('examples/push.sh');
const { permissions, jobs } = readWorkflow(text);
const steps = Object.values(jobs).flatMap(({ steps }) => steps);
const runs = steps.flatMap(({ run }) => run ?? []);

test('the jobs and their steps are all seen', () => {
  expect(Object.keys(jobs)).toEqual(['test', 'audit', 'build', 'push']);
  expect(steps.length).toBe(text.match(/^ {6}- /gm)?.length);
  expect(steps.every(({ uses, run }) => (uses === undefined) !== (run === undefined))).toBe(true);
});

test('every action is pinned by its commit, with the version beside it, the same everywhere', () => {
  const uses = [...text.matchAll(/uses:(.*)$/gm)].map(([, what = '']) => what);
  const commits = new Map<string, Set<string>>();
  for (const each of uses) {
    const [, name = '', commit = ''] = /^ ([\w-]+\/[\w-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$/.exec(each) ?? [];
    expect(commit, each).not.toBe('');
    commits.set(name, (commits.get(name) ?? new Set()).add(commit));
  }

  expect(uses.length).toBe(steps.filter(({ uses }) => uses).length);
  expect([...commits.values()].every(({ size }) => size === 1)).toBe(true);
});

test('images are pinned by digest, and tools by checksum before they are unpacked or run', () => {
  const images = [...text.matchAll(/image: (.*)$/gm)].map(([, image]) => image);
  const downloads = runs.filter((run) => run.includes('curl '));

  expect(images.length).toBe(2);
  expect(images.filter((image) => !/:[\w.-]+@sha256:[0-9a-f]{64}$/.test(image ?? ''))).toEqual([]);
  expect(downloads.length).toBe(3);
  for (const run of downloads) {
    expect(inOrder(run, /curl /, /sha256sum --check --strict/, /tar -x|chmod \+x/)).toBe(true);
  }
  expect(text.match(/^ {10}SHA256: [0-9a-f]{64}$/gm)?.length).toBe(3);
});

test('the releases of Trivy that were malware are not used, nor its actions', () => {
  const [, version] = /^ {10}TRIVY: (\S+)$/m.exec(text) ?? [];

  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(['0.69.4', '0.69.5', '0.69.6']).not.toContain(version);
  expect(text).not.toMatch(/uses: aquasecurity\//);
});

test('a job has no permission but those it names, and only the one that pushes gets a token', () => {
  expect(permissions).toBe('{}');
  expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]))).toEqual({
    test: { contents: 'read' },
    audit: { contents: 'read' },
    build: { contents: 'read' },
    push: { 'id-token': 'write' },
  });
  expect(text.match(/permissions:/g)?.length).toBe(5);
  expect(text).not.toMatch(/secrets\.|aws-access-key-id|AWS_SECRET/);
});

test('the job that pushes runs nothing of the service, no build and no scanner', () => {
  const { push } = jobs;

  expect(push?.text).toMatch(/^ {4}needs: \[test, build\]$/m);
  expect(push?.text).toMatch(/^ {4}if: github\.event_name == 'push'$/m);
  expect(push?.text).not.toMatch(/checkout|npm |buildx|trivy (image|convert)/);
  expect(push?.steps.flatMap(({ uses }) => uses?.split('@')[0] ?? [])).toEqual([
    'actions/download-artifact',
    'aws-actions/configure-aws-credentials',
    'aws-actions/amazon-ecr-login',
  ]);
});

test('what others chose, such as the name of a tag, is in no script', () => {
  expect(runs.length).toBeGreaterThan(15);
  expect(runs.filter((run) => run.includes('${{'))).toEqual([]);
});

test.each([
  ['the workflow', runs.join('\n')],
  ['the script', script],
])('%s deploys nothing', (_, commands) => {
  expect(commands).not.toMatch(
    /\becs\b|update-service|register-task|codedeploy|cloudformation|lambda|\bsst\b/i,
  );
});

test.each([
  ['the workflow', runs.join('\n')],
  ['the script', script],
])('%s scans without a filter, and attaches the report before the tag', (_, commands) => {
  const [scan = ''] = commands.match(/trivy image .*/) ?? [];
  const [, type = ''] = /--artifact-type (\S+)/.exec(commands) ?? [];

  expect(scan).toMatch(/--input image --format json --show-suppressed --output trivy\.json$/);
  expect(commands).not.toMatch(
    /--severity|--ignore|--vex|--skip|--pkg-types|--exit-code|--scanners|TRIVY_\w+=|trivyignore"/,
  );
  expect(gate().includes(`'${type}'`)).toBe(true);
  expect(inOrder(commands, /trivy image/, /oras cp/, /oras attach/, /oras tag/)).toBe(true);
});

/** Is each found, the first time after the one before? */
function inOrder(where: string, ...what: RegExp[]): boolean {
  const places = what.map((each) => where.search(each));
  return places.every((place, at) => place > (places[at - 1] ?? -1));
}

/** Where the gate looks for reports. */
function gate(): string {
  return ['aws', 'core', 'functions']
    .flatMap((folder) =>
      readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => read(`${folder}/${file}`)),
    )
    .join('\n');
}

test('the role is for pushes of one repository, from its branch and its version tags', () => {
  const { AssumeRolePolicyDocument: trust, Policies } = role.Resources.Role.Properties;
  const [{ Condition } = { Condition: undefined }] = trust.Statement;
  const subjects = Condition?.StringLike['token.actions.githubusercontent.com:sub'].map(
    (each) => each['Fn::Sub'],
  );

  expect(Condition?.StringEquals).toEqual({ 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' });
  expect(subjects?.map((each) => each.replace(/\$\{(\w+)\}/g, '<$1>'))).toEqual([
    '<SubjectPrefix>:ref:refs/heads/<Branch>',
    '<SubjectPrefix>:ref:refs/tags/v*',
  ]);
  const [login, push, ...more] = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  expect(more).toEqual([]);
  expect(login).toMatchObject({ Action: 'ecr:GetAuthorizationToken', Resource: '*' });
  expect(push?.Action).toEqual([
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:CompleteLayerUpload',
    'ecr:GetDownloadUrlForLayer',
    'ecr:InitiateLayerUpload',
    'ecr:PutImage',
    'ecr:UploadLayerPart',
  ]);
  expect(push?.Resource).toMatchObject({
    'Fn::Sub': expect.stringMatching(/:repository\/\$\{Repository\}$/),
  });
});

test.each([
  ['repo:my-org/shop-api', true],
  ['repo:my-org@123456/shop-api@456789', true],
  ['repo:my-org/*', false],
  ['repo:*', false],
  ['repo:my-org/shop-api:pull_request', false],
  ['my-org/shop-api', false],
])('the role takes %s for a repository: %s', (prefix, taken) => {
  const { AllowedPattern } = role.Parameters.SubjectPrefix;

  expect(new RegExp(`^${AllowedPattern}$`).test(prefix)).toBe(taken);
});
