/** Releases as the console would see them: the real state machine, with functions that only say what real ones would. */
import { createHash } from 'node:crypto';
import { compare } from '../../core/judge/compare.ts';
import type { Observation, Point } from '../../core/judge/series.ts';
import { type Call, lambdaError } from '../../local/asl/index.ts';
import type { Clock } from '../../local/clock.ts';
import { type HistoryFeed, historyFeed } from '../../local/console/history-feed.ts';
import type { ConsoleSource, Surroundings } from '../../local/console/source.ts';
import { stepFunctions } from '../../local/console/step-functions.ts';
import { statesService } from '../../local/states/states.ts';
import definition from '../../state-machines/deploy.asl.json' with { type: 'json' };

const prefix = 'arn:aws:states:eu-west-1:123456789012';
const stateMachineArn = `${prefix}:stateMachine:deploy`;

/** What a function answers at its nth call, from 0, after how many ms. `answer` may throw. */
interface Behaviour {
  ms?: number;
  answer?: (call: Call, nth: number) => unknown;
  /** Of a task that waits: what its token is sent, after how many ms. Without it, nobody answers. */
  sent?: { ms: number; output: unknown };
}

export interface Scenario {
  tag: string;
  environment?: string;
  functions?: Record<string, Behaviour>;
}

export interface ConsoleScene {
  source: ConsoleSource;
  feed: HistoryFeed;
  /** Starts a release and answers its ARN. */
  start(scenario: Scenario): string;
  stop(executionArn: string): void;
  surroundings: Surroundings;
}

/** Functions take time of their own here, which a virtual clock has to let pass. */
export async function consoleScene(
  clock: Clock,
  surroundings: Partial<Surroundings> = {},
): Promise<ConsoleScene> {
  const feed = historyFeed();
  const scenarios = new Map<string, Scenario>();
  const calls = new Map<string, number>();
  const shown: Surroundings = { services: [], deadLetters: [], ignoredPushes: [], ...surroundings };

  const { service } = statesService({
    clock: { ...clock, during: (work) => work },
    random: () => 0.5,
    onHistory: feed.publish,
    async invoke(call) {
      const { execution } = call.payload as { execution: string };
      const scenario = scenarios.get(execution) ?? { tag: '' };
      const { ms = 180, answer = () => ({}), sent } = behaviourOf(call.functionName, scenario, clock);
      const key = `${execution} ${call.functionName}`;
      const nth = calls.get(key) ?? 0;
      calls.set(key, nth + 1);
      const { token: taskToken } = call;
      if (taskToken !== undefined && sent) {
        const answering = async () =>
          operations.SendTaskSuccess?.({ taskToken, output: JSON.stringify(sent.output) });
        // It may come too late: the execution was stopped.
        clock.after(ms + sent.ms, () => void answering().catch(() => {}));
      }
      await new Promise<void>((resolve) => clock.after(ms, resolve));
      return answer(call, nth);
    },
  });
  const { operations } = service;
  operations.CreateStateMachine?.({
    name: 'deploy',
    definition: JSON.stringify(definition).replaceAll(/\$\{(\w+)\}/g, '$1'),
    roleArn: 'arn:aws:iam::123456789012:role/tidegate-deploy',
  });

  return {
    feed,
    surroundings: shown,
    source: {
      ...stepFunctions(service, stateMachineArn),
      subscribe: feed.subscribe,
      surroundings: async () => shown,
    },
    start(scenario) {
      const { tag, environment = 'production' } = scenario;
      const eventId = digestOf(tag).slice(0, 8);
      const name = `my-api-${environment}-${tag}-${eventId}`;
      const executionArn = `${prefix}:execution:deploy:${name}`;
      scenarios.set(executionArn, scenario);
      operations.StartExecution?.({
        stateMachineArn,
        name,
        input: JSON.stringify({
          service: 'my-api',
          environment,
          push: { eventId, pushedAt: clock.now(), ...image, tag, digest: `sha256:${digestOf(tag)}` },
        }),
      });
      return executionArn;
    },
    stop: (executionArn) => void operations.StopExecution?.({ executionArn, cause: 'stopped by a test' }),
  };
}

const image = { registryId: '123456789012', region: 'eu-west-1', repository: 'my-api' };

/** 64 hexadecimal digits that a tag always has. */
const digestOf = (tag: string) => createHash('sha256').update(tag).digest('hex');

const analysis = {
  loadBalancer: 'app/my-api/50dc6c495c0c9188',
  targetGroup: 'targetgroup/my-api/6d0ecf831eec9f09',
  baseline: 3600,
  window: 300,
  warmUp: 60,
  period: 60,
  publicationDelay: 60,
  latencyTolerance: 0.5,
  onInconclusive: 'pass' as const,
};

/** What goes well unless the scenario says otherwise. */
function behaviourOf(functionName: string, scenario: Scenario, clock: Clock): Behaviour {
  return { ...well(scenario, clock)[functionName], ...scenario.functions?.[functionName] };
}

function well({ tag, environment = 'production' }: Scenario, clock: Clock): Record<string, Behaviour> {
  const now = () => clock.now();
  const taskDefinition = (revision: number) =>
    `arn:aws:ecs:eu-west-1:123456789012:task-definition/my-api:${revision}`;
  return {
    ResolveRelease: {
      ms: 640,
      answer: () => ({
        decision: 'deploy',
        soakSeconds: 0,
        release: {
          ...{ service: 'my-api', environment, tag, digest: `sha256:${digestOf(tag)}` },
          image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-api@sha256:${digestOf(tag)}`,
          pushedAt: now(),
          commit: {
            revision: digestOf(tag).slice(8, 48),
            author: 'Ada Moreno',
            source: 'https://github.com/example/my-api',
            compareUrl: 'https://github.com/example/my-api/compare/1f3c9aa...8be2d07',
          },
          target: { cluster: 'main', service: 'my-api', container: 'app' },
          architecture: 'amd64',
          settings: {
            approval: environment === 'production-eu',
            approvalTimeoutSeconds: 86_400,
            releaseTask: false,
            smokeTests: true,
            analysis: true,
          },
        },
      }),
    },
    CheckScan: {
      ms: 410,
      answer(_, nth) {
        if (nth < 2) throw pending(3 * (nth + 1));
        return {
          status: 'pass',
          summary: 'no CRITICAL with a fix among 1 vulnerability',
          counts: { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 1, UNKNOWN: 0 },
          findings: [],
          waived: [],
          scanner: { name: 'Trivy', version: '0.69.1' },
          reportCreatedAt: now() - 5000,
        };
      },
    },
    RequestApproval: { answer: () => ({ waiting: true }) },
    AcquireSlot: { ms: 90, sent: { ms: 20, output: { status: 'granted' } } },
    PlanDeployment: {
      ms: 520,
      answer: () => ({
        runningTaskDefinitionArn: taskDefinition(41),
        changes: [
          {
            path: 'containerDefinitions.app.image',
            before: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-api@sha256:${digestOf('v0.9.0')}`,
            after: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-api@sha256:${digestOf(tag)}`,
          },
        ],
      }),
    },
    RegisterTaskDefinition: { ms: 230, answer: () => ({ taskDefinitionArn: taskDefinition(42) }) },
    StartDeployment: { ms: 310, answer: () => ({ status: 'started', startedAt: now() }) },
    AwaitDeployment: {
      sent: {
        ms: 48_000,
        output: {
          status: 'stable',
          at: now() + 48_000,
          reason: 'the service deployment is SUCCESSFUL',
          stoppedTasks: [],
        },
      },
    },
    RunSmokeTests: {
      ms: 700,
      answer: (_, nth) =>
        nth === 0
          ? {
              status: 'continue',
              sentence: 'http://my-api/ answers, but not 3 times in a row yet',
              endpoints: [],
            }
          : { status: 'pass', sentence: 'both endpoints answered well 3 times in a row', endpoints: [] },
    },
    CompareMetrics: { ms: 450, answer: (call) => comparison(call, now(), 0, 1) },
    ConfirmRelease: {
      answer: () => ({ status: 'confirmed', reason: `2 of 2 tasks run ${digestOf(tag).slice(0, 12)}` }),
    },
    RollBack: { answer: () => ({ method: 'previous revision deployed', startedAt: now() }) },
    AwaitRollback: {
      sent: { ms: 37_000, output: { status: 'back', reason: '2 of 2 tasks run my-api:41' } },
    },
    RecordOutcome: {
      answer({ payload }) {
        const { outcome, failure } = payload as { outcome: string; failure: { Cause?: string } | null };
        const said = failure?.Cause
          ? (JSON.parse(failure.Cause) as { errorMessage: string }).errorMessage
          : '';
        return { outcome, reason: said || (reasons[outcome] ?? ''), promotes: false };
      },
    },
  };
}

const reasons: Record<string, string> = {
  Deployed:
    '2 of 2 tasks run cd29e03e3ba6; Nothing got worse: 0.10 % of requests fail, 0.10 % before; p99 latency is 62 ms, 61 ms before',
  RolledBack: '5.1 % of requests fail, 0.10 % before',
  Rejected: '1 CRITICAL with a fix: CVE-2021-44906 in minimist 1.2.5 → 1.2.6',
  Superseded: 'v1.4.2, pushed later, took its place',
  NothingToDo: 'cd29e03e3ba6 runs already',
};

const thrown = (errorType: string, errorMessage: string) =>
  lambdaError({
    errorType,
    errorMessage,
    trace: [
      `${errorType}: ${errorMessage}`,
      '    at calling (file:///var/task/aws/calling.ts:21:11)',
      '    at async Object.run (file:///var/task/functions/steps/plan-deployment.ts:24:21)',
    ],
  });

const pending = (seconds: number) => thrown('ScanPending', `no scan report yet, ${seconds} s after the push`);

/** A real verdict on made-up traffic: so much of it fails after the deployment, and latency is so many times what it was. */
export function comparison(
  { payload }: Pick<Call, 'payload'>,
  now: number,
  errorRate: number,
  slower: number,
) {
  const { deployment, rollout } = payload as unknown as {
    deployment: { startedAt: number };
    rollout: { at: number };
  };
  const { startedAt } = deployment;
  const from = Math.ceil((startedAt - 3_600_000) / 60_000) * 60_000;
  const series: Record<'requests' | 'errors' | 'p99', Point[]> = { requests: [], errors: [], p99: [] };
  for (let at = from; at + 120_000 <= now; at += 60_000) {
    const wave = Math.sin(at / 700_000) + 0.4 * Math.sin(at / 97_000);
    const requests = Math.round(1200 + 130 * wave);
    const bad = at >= startedAt;
    series.requests.push([at, requests]);
    const errors = Math.round(requests * (0.001 + (bad ? errorRate : 0)) + (wave > 1.1 ? 1 : 0));
    if (errors > 0) series.errors.push([at, errors]);
    series.p99.push([at, (0.061 + 0.004 * wave) * (bad ? slower : 1)]);
  }
  return compare({
    series: { ...series, balancerErrors: [] } satisfies Observation['series'],
    policy: analysis,
    startedAt,
    stableAt: rollout.at,
    now,
  });
}

/** One of each, oldest first. */
export const scenarios = {
  deployed: { tag: 'v1.3.0' },
  nothingToDo: {
    tag: 'v1.3.0-again',
    functions: {
      ResolveRelease: {
        answer: () => ({
          decision: 'skip',
          soakSeconds: 0,
          reason: 'cd29e03e3ba6 runs already',
          release: { settings: { approvalTimeoutSeconds: 60 } },
        }),
      },
    },
  },
  rejected: {
    tag: 'v1.4.0',
    functions: {
      CheckScan: {
        answer: () => ({
          status: 'fail',
          summary: reasons.Rejected,
          counts: { CRITICAL: 1, HIGH: 0, MEDIUM: 0, LOW: 1, UNKNOWN: 0 },
          findings: [
            {
              id: 'CVE-2021-44906',
              severity: 'CRITICAL',
              package: 'minimist',
              installed: '1.2.5',
              fixed: '1.2.6',
              title: 'minimist: prototype pollution',
              url: 'https://avd.aquasec.com/nvd/cve-2021-44906',
            },
          ],
          waived: [
            {
              id: 'CVE-2024-0001',
              statement: 'not reachable: the parser is never given input from outside',
              owner: 'platform',
              expires: '2027-03-31',
            },
          ],
          scanner: { name: 'Trivy', version: '0.69.1' },
        }),
      },
    },
  },
  superseded: {
    tag: 'v1.4.1-hotfix',
    functions: {
      AcquireSlot: { ms: 90, sent: { ms: 21_000, output: { status: 'superseded', by: 'v1.4.2' } } },
    },
  },
  needsHuman: {
    tag: 'v1.4.2',
    functions: {
      PlanDeployment: {
        answer() {
          throw thrown(
            'AccessDeniedException',
            'User: arn:aws:sts::123456789012:assumed-role/tidegate-plan-deployment is not authorized to perform: ecs:DescribeTaskDefinition',
          );
        },
      },
    },
  },
  waiting: { tag: 'v1.5.0', environment: 'production-eu' },
  running: { tag: 'v1.5.1' },
} satisfies Record<string, Scenario>;

/** A release whose errors rise after its deployment. */
export const failing = (clock: Clock): Scenario => ({
  tag: 'v1.4.1',
  functions: { CompareMetrics: { ms: 450, answer: (call) => comparison(call, clock.now(), 0.05, 1.15) } },
});
