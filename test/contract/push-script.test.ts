/** examples/push.sh, with git and jq as they are, and docker, trivy, oras and aws replaced by what writes down how it was called. */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const script = fileURLToPath(new URL('../../examples/push.sh', import.meta.url));
const systemPath = '/usr/local/bin:/usr/bin:/bin';
const has = (program: string) => {
  try {
    execFileSync(program, ['--version'], { env: { PATH: systemPath }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const ready = ['bash', 'git', 'jq', 'sha256sum'].every(has);

const stand: Record<string, string> = {
  docker: `
    [ "$1 $2" = 'buildx version' ] && exit 0
    echo "docker $*" >> "$CALLS"
    for each in "$@"; do case $each in
      VERSION=*) version=\${each#VERSION=} ;;
      type=oci,dest=*) out=\${each#type=oci,dest=}; out=\${out%,tar=false} ;;
    esac; done
    mkdir -p "$out/blobs/sha256"
    blob() { sum=$(printf %s "$1" | sha256sum | cut -d' ' -f1); printf %s "$1" > "$out/blobs/sha256/$sum"; }
    blob "{\\"config\\":{\\"Labels\\":{\\"org.opencontainers.image.version\\":\\"\${LABEL:-$version}\\"}}}"
    blob "{\\"config\\":{\\"digest\\":\\"sha256:$sum\\"},\\"layers\\":[]}"
    printf '{"manifests":[{"digest":"sha256:%s"}]}' "$sum" > "$out/index.json"`,
  trivy: `
    [ "$1" = --version ] && echo "Version: \${TRIVY_RELEASE:-0.74.0}" && exit 0
    echo "trivy $*; severity=\${TRIVY_SEVERITY:-} cache=\${TRIVY_CACHE_DIR:-} $(ls -A | tr '\\n' ' ')" >> "$CALLS"
    for each in "$@"; do last=$each; done
    echo '{}' > "$last"`,
  oras: `
    [ "$1" = resolve ] && { [ -n "\${THERE:-}" ] && echo "$THERE"; exit; }
    [ "$1" = login ] && cat > /dev/null
    echo "oras $*" >> "$CALLS"`,
  aws: `echo "aws $*" >> "$CALLS"; echo password`,
};

function workplace() {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-push-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [bin, service, calls] = [join(folder, 'bin'), join(folder, 'service'), join(folder, 'calls')];
  mkdirSync(bin);
  mkdirSync(service);
  writeFileSync(calls, '');
  for (const [name, body] of Object.entries(stand)) {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  // What would filter the report, had anybody to do with it.
  for (const file of ['Dockerfile', '.trivyignore', 'trivy.yaml']) writeFileSync(join(service, file), file);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', service, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args]);
  git('init', '--quiet');
  git('remote', 'add', 'origin', 'https://ada:token@git.example.com/shop.git');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'feat: the shop');

  const push = (args: string[], env: Record<string, string> = {}) => {
    const options = {
      cwd: service,
      env: { PATH: `${bin}:${systemPath}`, HOME: folder, CALLS: calls, ...env },
    };
    return new Promise<{ code: number; said: string; calls: string[] }>((resolve) => {
      execFile('bash', [script, ...args], options, (error, stdout, stderr) => {
        const lines = readFileSync(calls, 'utf8').trim().split('\n').filter(Boolean);
        resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr, calls: lines });
      });
    });
  };
  return { push, service, bin };
}

const local = '127.0.0.1:4747/shop-api';

describe.skipIf(!ready)('push.sh', () => {
  test('builds, scans, pushes by digest, attaches the report, and tags last', async () => {
    const { push } = workplace();

    const { code, calls, said } = await push([local, 'v1.2.3']);

    expect(said).toContain(`Pushed ${local}:v1.2.3`);
    expect(code).toBe(0);
    const [, digest = ''] = /as (sha256:[0-9a-f]{64})/.exec(said) ?? [];
    expect(calls.map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      'docker buildx',
      'trivy image',
      'oras cp',
      'oras attach',
      'oras tag',
    ]);
    expect(calls[0]).toMatch(
      /VERSION=v1\.2\.3 --build-arg REVISION=[0-9a-f]{40} --build-arg SOURCE=https:\/\/git\.example\.com\/shop\.git /,
    );
    expect(calls[2]).toContain(` ${local}@${digest}`);
    expect(calls[3]).toContain(` ${local}@${digest} trivy.json:application/json`);
    expect(calls[4]).toBe(`oras tag --plain-http ${local}@${digest} v1.2.3`);
  });

  test('scans without the filters of the machine and of the folder', async () => {
    const { push } = workplace();

    const { calls } = await push([local, 'v1.2.3'], { TRIVY_SEVERITY: 'LOW', TRIVY_CACHE_DIR: '/cache' });

    expect(calls[1]).toMatch(/severity= cache=\/cache image $/);
  });

  test('logs in to ECR, in the Region of the repository', async () => {
    const { push } = workplace();

    const { calls } = await push(['111111111111.dkr.ecr.eu-west-1.amazonaws.com/shop-api', 'v1.2.3']);

    expect(calls.slice(0, 2).toSorted()).toEqual([
      'aws ecr get-login-password --region eu-west-1',
      'oras login --username AWS --password-stdin 111111111111.dkr.ecr.eu-west-1.amazonaws.com',
    ]);
    expect(calls.at(-1)).not.toContain('plain-http');
  });

  test.each([
    {
      it: 'a tag that is there already',
      args: [local, 'v1'],
      env: { THERE: 'sha256:00' },
      says: /is there already/,
    },
    { it: 'the tag latest', args: [local, 'latest'], says: /never released/ },
    { it: 'what no image can be tagged with', args: [local, 'v1/2'], says: /cannot have the tag/ },
    { it: 'a repository without a registry', args: ['shop-api', 'v1'], says: /no repository/ },
    { it: 'an option that there is not', args: ['--force', local, 'v1'], says: /no option --force/ },
    {
      it: 'a Trivy that was malware',
      args: [local, 'v1'],
      env: { TRIVY_RELEASE: '0.69.4' },
      says: /malware/,
    },
    {
      it: 'an image with an old label',
      args: [local, 'v1'],
      env: { LABEL: 'v0' },
      says: /says that it is v0/,
    },
  ])('refuses $it, and pushes nothing', async ({ args, env, says }) => {
    const { push } = workplace();

    const { code, said, calls } = await push(args, env);

    expect(said).toMatch(says);
    expect(code).toBe(1);
    expect(calls.filter((call) => call.startsWith('oras'))).toEqual([]);
  });

  test('builds only what is committed, unless it is told otherwise', async () => {
    const { push, service } = workplace();
    writeFileSync(join(service, 'new.ts'), '');

    const refused = await push([local, 'v1']);
    const forced = await push(['--allow-dirty', local, 'v1']);

    expect(refused.said).toMatch(/not committed/);
    expect([refused.code, forced.code]).toEqual([1, 0]);
  });

  test('says at once everything that is not installed', async () => {
    const { push, bin } = workplace();
    for (const name of ['oras', 'trivy']) rmSync(join(bin, name));

    const { code, said } = await push([local, 'v1'], { PATH: `${bin}:/usr/bin:/bin` });

    expect(code).toBe(1);
    expect(said).toMatch(/not installed:\n {2}oras: .*\n {2}trivy: /);
  });
});
