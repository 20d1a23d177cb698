/** What comes into each function's bundle, as SST makes it. `npm run bundle` also starts them. */
import { beforeAll, expect, test } from 'vitest';
import { bundle, type Contents, functionEntries } from '../../bench/bundles/build.ts';
import { bytesByPart, clientsIn, ofTheSdk, ownFiles } from '../../bench/bundles/contents.ts';
import { eventHandlers } from '../../functions/events/table.ts';
import { steps } from '../../functions/steps/table.ts';

/** What each gateway needs of the SDK. */
const clientsOf: Readonly<Record<string, readonly string[]>> = {
  ...{ cloudwatch: ['cloudwatch'], domainEvents: ['eventbridge'], ecr: ['ecr'], ecs: ['ecs'] },
  ...{
    logs: ['cloudwatch-logs'],
    logCounts: ['cloudwatch-logs'],
    states: ['sfn'],
    slack: ['ssm'],
    slackWebhook: ['ssm'],
    slackFiles: ['ssm'],
    slackGroups: ['ssm'],
    tellings: ['dynamodb'],
    slackResponse: [],
    rollbackAsks: ['dynamodb'],
    rollbackWake: ['eventbridge'],
    slackSigningSecret: ['ssm'],
  },
  ...{
    approvalLinks: [],
    approvals: ['dynamodb'],
    audit: ['dynamodb'],
    openReleases: ['dynamodb'],
    executions: ['sfn'],
    pauseHooks: ['ecs'],
    pushes: ['dynamodb'],
    records: ['dynamodb'],
  },
  ...{ scans: ['dynamodb'], slots: ['dynamodb'], turns: ['dynamodb'], waits: ['dynamodb'] },
  endpoints: [],
  // For its credentials.
  mail: ['dynamodb'],
  evidence: ['ecr'],
  signingKeys: ['kms'],
};

/** By the names of their files. */
const functions = new Map<string, { uses: object }>([
  ...Object.values(steps).map((step): [string, typeof step] => [
    step.name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase(),
    step,
  ]),
  ...Object.entries(eventHandlers),
]);
const names = functionEntries.map(({ name }) => name);

let bundles: Map<string, Contents>;
beforeAll(async () => {
  bundles = await bundle(functionEntries);
}, 60_000);
const contentsOf = (name: string): Contents => bundles.get(name) ?? { bytes: 0, files: new Map() };

test('every step and every event handler has a bundle, and nothing else has', () => {
  expect(names.toSorted()).toEqual([...functions.keys()].toSorted());
});

test.each(names)('%s has the clients of the gateways that it names, and no other', (name) => {
  const gateways = Object.keys(functions.get(name)?.uses ?? {});
  // Each step's answer is kept in its release's record.
  const kept = name in eventHandlers ? [] : ['dynamodb'];
  const needed = [...gateways.flatMap((gateway) => clientsOf[gateway] ?? [`unknown ${gateway}`]), ...kept];

  expect(clientsIn(contentsOf(name))).toEqual([...new Set(needed)].toSorted());
});

/** Of what belongs to an environment, which may be in another account. */
const placed = ['cloudwatch', 'ecs', 'logs', 'pauseHooks'];

test.each(names)('%s can take on roles just where it needs them', (name) => {
  const needed = Object.keys(functions.get(name)?.uses ?? {}).some((gateway) => placed.includes(gateway));
  const taking = [...contentsOf(name).files.keys()].filter((file) =>
    /fromTemporaryCredentials|role-credentials/.test(file),
  );

  expect(taking.length > 0).toBe(needed);
});

test.each(names)('%s has nothing of the local world, the tests or the stacks', (name) => {
  const own = ownFiles(contentsOf(name));

  expect(own).toContain('functions/runtime.ts');
  expect(own.filter((file) => !/^(core|aws|functions)\/|^tidegate\.config\.ts$/.test(file))).toEqual([]);
});

/**
 * Certificates, their logs and the proofs of these are verified by Sigstore's own library (100 KB), not by what we would write.
 * Where no signer is keyless it is not called.
 */
const verifying = 1.9;
/** Any number of metrics of any kind, each with a test of its own, and a day of each: one client is no measure for that. */
const judging = 1.7;
const most: Record<string, number> = { 'check-scan': verifying, 'compare-metrics': judging };

test.each(names)('%s is at most six tenths larger than what its clients need alone, or says why', (name) => {
  const bytes = bytesByPart(contentsOf(name));
  const clients = ofTheSdk.reduce((sum, part) => sum + bytes[part], 0);

  expect(contentsOf(name).bytes / clients).toBeLessThan(most[name] ?? 1.6);
});
