/** Releases as people may meet them in Slack, one for each layout: for the preview, and for the test of Slack's limits. */
import type { ReleaseRecord } from '../../core/record.ts';
import type { Outcome, Release, ReleaseRequest } from '../../core/release.ts';
import type { Strategy } from '../../core/strategy.ts';
import type { Told } from '../../core/telling/told-release.ts';

export interface Sample {
  /** What it shows. */
  name: string;
  told: Told;
  /** Whether there was a message of it before. */
  posted: boolean;
}

const account = '123456789012';
const region = 'eu-west-1';
const execution = `arn:aws:states:${region}:${account}:execution:deploy:shop-api-production-v1.4.2-0a1b2c3d`;
const pushedAt = Date.UTC(2026, 0, 5, 9, 12);
const digest = `sha256:${'4f2c9a1b7d3e'.repeat(6).slice(0, 64)}`;
const revision = 'cd29e03e3ba61f0b7a4f5a3f9c1f6d2f8b7f0c11';
const source = 'https://github.com/example/shop-api';
const place = { registryId: account, region, repository: 'shop-api' };

const request: ReleaseRequest = {
  ...{ service: 'shop-api', environment: 'production' },
  push: { eventId: '0a1b2c3d-0000-4000-8000-000000000000', pushedAt, ...place, tag: 'v1.4.2', digest },
};
const release: Release = {
  ...{ service: 'shop-api', environment: 'production', tag: 'v1.4.2', digest, pushedAt },
  image: `${account}.dkr.ecr.${region}.amazonaws.com/shop-api@${digest}`,
  commit: {
    ...{ revision, source, author: 'Ada Lovelace <ada@example.com>' },
    compareUrl: `${source}/compare/8c1f0b7...${revision}`,
  },
  target: { cluster: 'main', service: 'shop-api', container: 'app' },
  architecture: 'arm64',
  runningDigest: `sha256:${'cd29e03e3ba6'.repeat(6).slice(0, 64)}`,
  settings: {
    ...{ approval: true, approvalTimeoutSeconds: 86_400 },
    ...{ releaseTask: false, smokeTests: true, analysis: true },
  },
};

const resolved = { ResolveRelease: { decision: 'deploy', release } };
const scanned = { ...resolved, CheckScan: { status: 'pass', summary: 'no CRITICAL with a fix' } };
const approved = { ...scanned, RequestApproval: { decision: 'approved', by: 'slack:U012AB3CD' } };
const granted = {
  ...approved,
  AcquireSlot: { status: 'granted' },
  PlanDeployment: {
    ...{ decision: 'deploy', warnings: [] },
    runningTaskDefinitionArn: `arn:aws:ecs:${region}:${account}:task-definition/shop-api:41`,
    changes: [
      { path: 'containerDefinitions.app.image', before: 'a', after: 'b' },
      { path: 'containerDefinitions.app.environment.ORDERS_TABLE.value', before: '(hidden)', after: '' },
    ],
  },
};
const started = { ...granted, StartDeployment: { status: 'started', startedAt: pushedAt + 90_000 } };
const stable = {
  ...started,
  AwaitDeployment: { status: 'stable', at: pushedAt + 200_000, reason: '', stoppedTasks: [] },
};
const endpoints = (passed: boolean) => [
  { url: 'https://shop.example.com/healthz', status: 200, passed: true, attempts: 3, last: 'answered 200' },
  {
    ...{ url: 'https://shop.example.com/api/orders', status: 200, passed, attempts: 18 },
    last: passed ? 'answered 200 after 41 ms' : 'answered 502 after 38 ms',
  },
];
const tested = {
  ...stable,
  RunSmokeTests: {
    ...{ status: 'pass', sentence: 'All 2 endpoints answered well' },
    endpoints: endpoints(true),
  },
};
/** Minutes of 600 requests, an hour of them before the deployment. */
const curvesOf = (worse: boolean) => {
  const minutes = Array.from({ length: 63 }, (_, index) => pushedAt + (index - 58) * 60_000);
  const of = (before: number, after: number) =>
    minutes.map((at) => [at, at < started.StartDeployment.startedAt || !worse ? before : after]);
  return { periodSeconds: 60, requests: of(600, 600), errors: of(1, 33), p99Milliseconds: of(61, 480) };
};
const compared = (status: string, metrics: { status: string; sentence: string }[]) => ({
  ...tested,
  CompareMetrics: {
    ...{ status, decision: status === 'fail' ? 'take back' : status === 'continue' ? 'look again' : 'keep' },
    ...{ headline: metrics[0]?.sentence ?? '', metrics, series: curvesOf(status === 'fail') },
  },
});
const good = compared('pass', [
  { status: 'pass', sentence: '5xx 0.10 % (6 of 6 122), before 0.10 % (70 of 70 816)' },
  { status: 'pass', sentence: 'p99 62 ms, before 61 ms' },
]);
const bad = compared('fail', [
  {
    status: 'fail',
    sentence:
      '5xx rose from 0.10 % (70 of 70 816) to 5.4 % (63 of 1 166): chance of that without a change < 0.001 %',
  },
  { status: 'fail', sentence: 'p99 rose from 61 ms to 480 ms: chance of that without a change 0.04 %' },
]);
const takenBack = {
  ...bad,
  RollBack: { method: 'previous revision deployed', startedAt: pushedAt + 330_000 },
};
const unsure = compared('inconclusive', [
  { status: 'inconclusive', sentence: '5xx not judged: 12 requests in 15 min, at least 120 are needed' },
  { status: 'pass', sentence: 'p99 62 ms, before 61 ms' },
]);
const crashed = {
  ...started,
  AwaitDeployment: {
    ...{ status: 'failed', cause: 'circuit breaker', at: pushedAt + 200_000, reason: 'x' },
    stoppedTasks: [
      {
        ...{ task: '0a1b2c3d4e5f67890a1b2c3d4e5f6789', stopCode: 'EssentialContainerExited' },
        ...{ reason: 'Essential container in task exited', container: 'app', exitCode: 1 },
        logTail: [
          '09:14:52 starting shop-api 1.4.2',
          '09:14:52 reading settings',
          'fatal: ORDERS_TABLE is not set',
        ],
      },
    ],
    diagnosis: {
      ...{ cause: 'SettingMissing', sentence: 'app misses a setting, ORDERS_TABLE' },
      advice: 'Set ORDERS_TABLE in the task definition, and push again.',
      evidence: [],
    },
  },
};
const scanFailed = {
  ...resolved,
  CheckScan: {
    ...{
      status: 'fail',
      summary: '2 CRITICAL with a fix: CVE-2021-44906 in minimist 1.2.5 → 1.2.6, and 1 more',
    },
    upgrades: ['upgrade minimist to 1.2.6 (1 CRITICAL)', 'upgrade openssl to 3.0.13 (1 CRITICAL)'],
    findings: [
      {
        ...{ id: 'CVE-2021-44906', severity: 'CRITICAL', package: 'minimist' },
        ...{ installed: '1.2.5', fixed: '1.2.6' },
      },
      {
        ...{ id: 'CVE-2023-5363', severity: 'CRITICAL', package: 'openssl' },
        ...{ installed: '3.0.11', fixed: '3.0.13' },
      },
    ],
  },
};

const canary: Strategy = { strategy: 'CANARY', percent: 10, canaryBakeTime: 600, bakeTime: 600 };
const link = `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${execution}`;

type Steps = ReleaseRecord['steps'];
const told = (steps: Steps, more: Partial<ReleaseRecord> = {}, strategy?: Strategy): Told => ({
  record: { execution, request, steps, ...more },
  link,
  strategy: strategy ?? { strategy: 'ROLLING' },
});
const ended = (outcome: Outcome, reason: string, seconds: number, startedAt?: number) => ({
  ...{ outcome, reason, endedAt: pushedAt + seconds * 1000 },
  ...(startedAt !== undefined && { startedAt }),
});

/** At a tenth of the users, before the others come. */
const paused = {
  ...tested,
  ResolveRelease: {
    ...{ decision: 'deploy' },
    release: { ...release, settings: { ...release.settings, approval: false, asksAtPauses: true } },
  },
  AwaitDeployment: {
    ...{ status: 'paused', at: pushedAt + 900_000, reason: '', stoppedTasks: [] },
    pauses: [
      {
        ...{
          service: 'shop-api',
          hookId: 'ecs-pause-e7tK9G',
          stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
          percent: 10,
        },
        serviceDeploymentArn: `arn:aws:ecs:${region}:${account}:service-deployment/main/shop-api/0EYSiB0qap8xf0N76FsbE`,
      },
    ],
  },
};

/** In the order in which people meet them. */
export function samples(): Sample[] {
  const at = pushedAt + 90_000;
  const rollback = { by: 'slack:U012AB3CD', reason: 'checkout fails', requestedAt: pushedAt, to: execution };
  const latest: Release = {
    ...release,
    warnings: ['deployed as latest: nobody can tell which version it is'],
  };
  return [
    sample('waits for its scan', told(resolved)),
    sample('waits for approval', told(scanned)),
    sample('waits for its turn', told(approved, { queuedAt: at })),
    sample('being prepared', told(granted)),
    sample('being deployed', { ...told(started), rollBack: 'button' }),
    sample('being deployed, as a canary', told(started, {}, canary)),
    sample('being tested', told(stable)),
    sample('a canary has a tenth of the users', {
      ...told(
        {
          ...tested,
          AwaitDeployment: {
            ...{ status: 'serving', at, reason: '', stoppedTasks: [] },
            targetGroups: { old: 'a', new: 'b', newPercent: 10 },
          },
        },
        {},
        canary,
      ),
    }),
    sample('paused by ECS, and somebody has to let it go on', told(paused, {}, canary)),
    sample('being compared', told(tested)),
    sample('being watched', told({ ...good, ConfirmRelease: { status: 'continue', reason: 'x' } })),
    sample('deployed', {
      ...told(good, ended('Deployed', '4 of 4 tasks run 4f2c9a1b7d3e; nothing got worse', 541, at)),
      rollBack: 'button',
    }),
    sample('deployed, and is rolled back in a terminal', {
      ...told(good, ended('Deployed', '4 of 4 tasks run 4f2c9a1b7d3e; nothing got worse', 541, at)),
      rollBack: 'command',
    }),
    sample(
      'deployed, and the metrics say too little',
      told(unsure, ended('Deployed', '4 of 4 tasks run 4f2c9a1b7d3e', 1141, at)),
    ),
    sample(
      'deployed, with a warning',
      told(
        { ...good, ResolveRelease: { decision: 'deploy', release: latest } },
        ended('Deployed', '4 of 4 tasks run 4f2c9a1b7d3e', 541, at),
      ),
    ),
    sample(
      'a rollback by hand',
      told(good, {
        ...ended('Deployed', '4 of 4 tasks run 4f2c9a1b7d3e', 141, at),
        request: { ...request, rollback },
      }),
    ),
    sample(
      'rejected by the scan',
      told(scanFailed, ended('Rejected', String(scanFailed.CheckScan.summary), 21)),
    ),
    sample(
      'rejected by a person',
      told(
        { ...scanned, RequestApproval: { decision: 'rejected', by: 'slack:U012AB3CD', reason: 'freeze' } },
        ended('Rejected', 'rejected by slack:U012AB3CD: not before the sale is over', 1321),
      ),
    ),
    sample('being rolled back', told(bad)),
    sample('rolled back by its metrics', {
      ...told(takenBack, ended('RolledBack', bad.CompareMetrics.headline, 391, at)),
      pictured: true,
    }),
    sample(
      'rolled back by its metrics, and Slack takes no picture',
      told(takenBack, ended('RolledBack', bad.CompareMetrics.headline, 391, at)),
    ),
    sample(
      'rolled back by its endpoints',
      told(
        {
          ...stable,
          RunSmokeTests: { status: 'fail', sentence: 'x', endpoints: endpoints(false) },
        },
        ended(
          'RolledBack',
          'https://shop.example.com/api/orders answered 502 after 38 ms; it had 1 min 30 s to answer with 200, 3 times in a row',
          291,
          at,
        ),
      ),
    ),
    sample(
      'rolled back because its tasks crash',
      told(
        crashed,
        ended(
          'RolledBack',
          '3 of 3 allowed task failures: app misses a setting, ORDERS_TABLE → Set ORDERS_TABLE in the task definition, and push again.',
          251,
          at,
        ),
      ),
    ),
    sample(
      'superseded',
      told(
        { ...approved, AcquireSlot: { status: 'superseded', by: 'v1.4.3' } },
        {
          ...ended('Superseded', 'v1.4.3, pushed later, took its place', 201),
          queuedAt: at,
        },
      ),
    ),
    sample(
      'needs a human',
      told(
        { ...bad, RollBack: { method: 'previous revision deployed', startedAt: at } },
        ended(
          'NeedsHuman',
          `${bad.CompareMetrics.headline}; the previous revision is not back after 30 min: 0 of 4 tasks`,
          2391,
          at,
        ),
      ),
    ),
    sample('nothing to do after all', told(approved, ended('NothingToDo', '4f2c9a1b7d3e runs already', 31))),
    {
      ...sample(
        'told late, since Slack was away',
        told(crashed, ended('RolledBack', 'tasks crash', 251, at)),
      ),
      posted: false,
    },
  ];
}

const sample = (name: string, one: Told): Sample => ({ name, told: one, posted: true });
