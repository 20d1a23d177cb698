import { describe, expect, test } from 'vitest';
import { diagnose, explain, type ToldStop } from '../../core/diagnosis/diagnosis.ts';
import { endingCauses } from '../../core/diagnosis/ending.ts';
import type { SeenContainer } from '../../core/diagnosis/fault.ts';
import { standingCauses } from '../../core/diagnosis/standing.ts';
import { startingCauses } from '../../core/diagnosis/starting.ts';

const container = (name: string, seen: Partial<SeenContainer> = {}): SeenContainer => ({
  name,
  essential: true,
  reason: undefined,
  exitCode: undefined,
  unhealthy: false,
  ...seen,
});
const stopped = (stop: Partial<ToldStop>): ToldStop => ({
  task: '0123abcd',
  stopCode: 'ServiceSchedulerInitiated',
  reason: undefined,
  containers: [container('app')],
  log: [],
  ...stop,
});
const around = { target: 'app', events: [] };

/** A task that ECS could not start. */
const unstarted = (reason: string) => stopped({ stopCode: 'TaskFailedToStart', reason });
/** A container that ended by itself. */
const ended = (exitCode: number, log: string[] = [], reason?: string) =>
  stopped({
    stopCode: 'EssentialContainerExited',
    reason: 'Essential container in task exited',
    containers: [container('app', { exitCode, reason })],
    log,
  });
const told = (event: string) => ({ event: `(service my-api) ${event}` });
const unpulled =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ';
const asm = `${unpulled}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:db from secrets manager: `;
const ecr = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-api';

const cases: Record<string, (ToldStop | { event: string })[]> = {
  PlatformMismatch: [
    unstarted(
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'`,
    ),
    ended(255, ['exec /usr/local/bin/docker-entrypoint.sh: exec format error']),
  ],
  RegistryUnreachable: [
    unstarted(
      `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to do request: Head "https://${ecr}": dial tcp 10.0.0.1:443: i/o timeout`,
    ),
    unstarted(
      `${unpulled}unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout. Please check your task network configuration.`,
    ),
    unstarted(
      'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration.',
    ),
    unstarted(
      'ResourceInitializationError: unable to pull secrets or registry auth: pull command failed: : signal: killed',
    ),
  ],
  RegistryThrottled: [
    unstarted(
      'CannotPullContainerError: inspect image has been retried 5 time(s): httpReadSeeker: failed open: unexpected status code 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.',
    ),
  ],
  PullDenied: [
    unstarted(
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    ),
    unstarted(
      `CannotPullContainerError: Error response from daemon: denied: User: arn:aws:sts::123456789012:assumed-role/ecsTaskExecutionRole is not authorized to perform: ecr:BatchGetImage on resource: ${ecr}`,
    ),
    unstarted(
      `${unpulled}unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User: x is not authorized to perform: ecr:GetAuthorizationToken`,
    ),
  ],
  ImageNotFound: [
    unstarted(
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${ecr}:v9: ${ecr}:v9: not found`,
    ),
    unstarted(
      `CannotPullContainerError: Error response from daemon: manifest for ${ecr}:v9 not found: manifest unknown`,
    ),
  ],
  PullFailed: [
    unstarted(
      'CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: unexpected EOF',
    ),
  ],
  SecretsUnreachable: [
    unstarted(
      `${unpulled}unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret x from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded`,
    ),
  ],
  SecretDenied: [
    unstarted(
      `${asm}AccessDeniedException: User: x is not authorized to perform: secretsmanager:GetSecretValue on resource: y`,
    ),
    unstarted(
      `${unpulled}unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: x is not authorized to perform: ssm:GetParameters on resource: y`,
    ),
  ],
  SecretMissing: [
    unstarted(`${asm}ResourceNotFoundException: Secrets Manager can't find the specified secret.`),
    unstarted(
      `${unpulled}unable to retrieve secrets from ssm: service call has been retried 1 time(s): Fetching secret data from SSM Parameter Store in eu-west-1: invalid parameters: /db`,
    ),
    unstarted(
      `${unpulled}unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key password`,
    ),
  ],
  SecretFailed: [
    unstarted(`${unpulled}unable to retrieve secret from asm: service call has been retried 1 time(s): x`),
  ],
  LogGroupMissing: [
    unstarted(
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
    ),
  ],
  RoleNotAssumable: [
    told(
      "failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::123456789012:role/x' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).",
    ),
  ],
  VolumeMountFailed: [
    unstarted(
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: Connection timed out'",
    ),
  ],
  NoNetworkInterface: [
    told('was unable to place a task. Reason: RESOURCE:ENI.'),
    unstarted('Timeout waiting for network interface provisioning to complete.'),
    unstarted(
      'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet subnet-1: InsufficientFreeAddressesInSubnet',
    ),
  ],
  QuotaReached: [
    told(
      "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
    ),
  ],
  CapacityUnavailable: [
    told(
      'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
    ),
    told('was unable to place a task because no container instance met all of its requirements.'),
  ],
  SizeNotOffered: [
    told(
      'failed to launch a task with (error No Fargate configuration exists for given values: 300 CPU, 512 memory.).',
    ),
  ],
  SubnetNotSupported: [told('was unable to place a task. Reason: Internal error.')],
  NoCommand: [unstarted('CannotStartContainerError: Error response from daemon: No command specified')],
  CommandNotFound: [
    unstarted(
      'CannotStartContainerError: failed to create shim task: OCI runtime create failed: exec: "migrate": executable file not found in $PATH',
    ),
    ended(127, ['sh: migrate: not found']),
  ],
  CommandNotRunnable: [
    unstarted('CannotStartContainerError: OCI runtime create failed: exec: "/app/run.sh": permission denied'),
    ended(126),
  ],
  DependencyFailed: [
    unstarted(
      'CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [init(alpine) (STOPPED->RUNNING) - Exit: 1] for target [app(x) (NONE->RUNNING)] as dependency did not exit successfully.',
    ),
  ],
  StartTimedOut: [
    unstarted('ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 3m0s'),
  ],
  StartFailed: [unstarted('CannotStartContainerError: failed to get container status: x')],
  OutOfMemory: [
    ended(137, [], 'OutOfMemoryError: Container killed due to memory usage'),
    ended(134, ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory']),
  ],
  PortInUse: [ended(1, ['Error: listen EADDRINUSE: address already in use :::8080'])],
  SettingMissing: [
    ended(1, [
      'Error: DATABASE_URL is not set',
      '    at Object.<anonymous> (/app/server.js:1:7)',
      'Node.js v24.11.0',
    ]),
    ended(1, ['Traceback (most recent call last):', "KeyError: 'DATABASE_URL'"]),
  ],
  BackendUnreachable: [ended(1, ['Error: connect ECONNREFUSED 10.0.0.1:5432'])],
  ModuleMissing: [ended(1, ["Error: Cannot find module 'express'"])],
  PermissionDenied: [
    ended(1, ['AccessDeniedException: User: x is not authorized to perform: dynamodb:GetItem']),
  ],
  Killed: [ended(137, ['got SIGTERM', 'connect ECONNREFUSED'])],
  SegmentationFault: [ended(139)],
  Aborted: [ended(134, ['Assertion failed'])],
  EndedByItself: [ended(0, ['done, error count 0'])],
  Terminated: [ended(143)],
  ExitedWithError: [ended(3, ['something else'])],
  TargetGroupMissing: [
    told('failed to register targets in (target-group x) with (error TARGET GROUP IS NOT FOUND)'),
  ],
  ZoneNotEnabled: [
    told(
      '(port 80) is unhealthy in (target-group x) due to (reason Target is in an Availability Zone that is not enabled for the load balancer)',
    ),
  ],
  HealthCheckStatus: [
    told(
      '(instance i-1) (port 80) is unhealthy in (target-group x) due to (reason Health checks failed with these codes: [503]).',
    ),
  ],
  HealthCheckTimeout: [told('(port 80) is unhealthy in (target-group x) due to (reason Request timed out)')],
  HealthCheckRefused: [
    told('(port 80) is unhealthy in (target-group x) due to (reason Health checks failed)'),
  ],
  HealthCheckFailed: [
    stopped({ reason: 'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x)' }),
  ],
  ContainerUnhealthy: [
    stopped({
      reason: 'Task failed container health checks',
      containers: [container('app', { unhealthy: true })],
    }),
  ],
  DiscoveryUnhealthy: [stopped({ reason: 'Task failed Route 53 health checks' })],
  DeploymentStalled: [
    told(
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    ),
  ],
  ScaleInProtected: [
    told('was unable to scale in due to (reason: protected tasks are more than the desired count of tasks)'),
  ],
  ApiThrottled: [told('operations are being throttled on elb. Will try again later.')],
  SpotInterrupted: [stopped({ stopCode: 'SpotInterruption', reason: 'Your Spot Task was interrupted.' })],
  HostRetired: [
    stopped({
      stopCode: 'TerminationNotice',
      reason: 'ECS is performing maintenance on the underlying infrastructure',
    }),
  ],
  StoppedByHand: [stopped({ stopCode: 'UserInitiated', reason: 'Task stopped by user' })],
  StartsImpaired: [
    told(
      'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    ),
  ],
};

describe('the cause is recognised', () => {
  test.each(
    Object.entries(cases).flatMap(([cause, seen]) =>
      seen.map((one) => ({ cause, one, n: JSON.stringify(one).slice(0, 60) })),
    ),
  )('$cause: $n', ({ cause, one }) => {
    const found =
      'event' in one ? diagnose([], { target: 'app', events: [one.event] }) : explain(one, around);

    expect(found?.cause).toBe(cause);
    expect(`${found?.sentence} ${found?.advice}`).not.toMatch(/[{}]|undefined/);
    expect(found?.evidence.length).toBeGreaterThan(0);
  });

  test('each known one has a case here', () => {
    const names = [...startingCauses, ...endingCauses, ...standingCauses].map(({ name }) => name);

    expect(names.filter((name) => !(name in cases))).toEqual([]);
    expect(names.length).toBeGreaterThan(20);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('what is said', () => {
  test('names container, exit code and the line that tells, and what to do', () => {
    const log = ['listening', 'Error: DATABASE_URL is not set', '    at main.js:1:1', 'Node.js v24.11.0'];

    expect(explain(ended(1, log), around)).toMatchObject({
      cause: 'SettingMissing',
      sentence: 'app misses a setting, DATABASE_URL (exit code 1; log: Error: DATABASE_URL is not set)',
      advice: expect.stringMatching(/^Set DATABASE_URL in the task definition/),
    });
  });

  test('is the last line where nothing in it is known', () => {
    expect(explain(ended(3, ['a', 'b']), around).sentence).toBe(
      'app ended with an error (exit code 3; last line: b)',
    );
  });

  test('keeps the words of ECS where it has none of its own', () => {
    const found = explain(stopped({ reason: 'Brand-new reason: xyz' }), around);

    expect(found).toMatchObject({ cause: 'Unknown', evidence: ['Brand-new reason: xyz'] });
    expect(found.sentence).toContain('Brand-new reason: xyz');
  });
});

describe('who is at fault', () => {
  const exited = (containers: SeenContainer[]) =>
    explain(stopped({ stopCode: 'EssentialContainerExited', containers }), around).container;

  test.each([
    [
      'the essential container, not the sidecar that ended with an error',
      [container('log', { essential: false, exitCode: 1 }), container('app', { exitCode: 0 })],
      'app',
    ],
    [
      'the one that ended, not a sidecar without an exit code',
      [container('log'), container('app', { exitCode: 1 })],
      'app',
    ],
    [
      'the sidecar that ended, not the app that was told to',
      [container('app', { exitCode: 143 }), container('proxy', { exitCode: 1 })],
      'proxy',
    ],
    [
      'the sidecar that ended with 0, not the app that was told to',
      [container('app', { exitCode: 143 }), container('proxy', { exitCode: 0 })],
      'proxy',
    ],
    [
      'the one with a reason',
      [
        container('app', { exitCode: 1 }),
        container('proxy', {
          exitCode: 137,
          reason: 'OutOfMemoryError: Container killed due to memory usage',
        }),
      ],
      'proxy',
    ],
    [
      "the service's own, where both ended alike",
      [container('proxy', { exitCode: 1 }), container('app', { exitCode: 1 })],
      'app',
    ],
  ])('is %s', (_, containers, name) => {
    expect(exited(containers)).toBe(name);
  });

  test('is the one that was waited for in vain', () => {
    const reason =
      'CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [migrate(alpine) (STOPPED->RUNNING) - Exit: 1] for target [app(x) (NONE->RUNNING)] as dependency did not exit successfully.';
    const containers = [
      container('app', { exitCode: 143, reason }),
      container('migrate', { essential: false, exitCode: 1 }),
    ];
    const found = explain(
      stopped({ stopCode: 'TaskFailedToStart', reason: 'Task failed to start', containers }),
      around,
    );

    expect(found).toMatchObject({ container: 'migrate', cause: 'DependencyFailed' });
  });

  test('is nobody where ECS shows no container', () => {
    expect(
      explain(
        stopped({
          stopCode: 'TaskFailedToStart',
          reason: 'CannotPullContainerError: x: not found',
          containers: [],
        }),
        around,
      ),
    ).toMatchObject({ cause: 'ImageNotFound', container: undefined });
  });
});

describe('of a deployment', () => {
  test('what stopped most tasks counts, and what is nobody’s fault last', () => {
    const spot = stopped({ stopCode: 'SpotInterruption' });

    expect(diagnose([spot, spot, ended(0), ended(139), ended(139)], around)?.cause).toBe('SegmentationFault');
    expect(diagnose([spot], around)?.cause).toBe('SpotInterrupted');
  });

  test('an event of the service that names the task says more than the task', () => {
    const stop = stopped({ reason: 'Task failed ELB health checks in (target-group x)' });
    const event = `(service s) (task ${stop.task}) (port 80) is unhealthy in (target-group x) due to (reason Health checks failed with these codes: [503])`;

    expect(diagnose([stop], { target: 'app', events: [event] })).toMatchObject({
      cause: 'HealthCheckStatus',
      sentence: expect.stringContaining('got 503'),
    });
  });

  test('an event that names a task of another version says nothing', () => {
    const event = '(service s) (task ffff0000) failed ELB health checks in (target-group x).';

    expect(diagnose([], { target: 'app', events: [event] })).toBeUndefined();
  });

  test('nothing is said where nothing is known', () => {
    expect(diagnose([], around)).toBeUndefined();
  });
});
