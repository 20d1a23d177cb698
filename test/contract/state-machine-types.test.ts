/** Breaks the real state machine on purpose: for each mistake, tsc must report the error that belongs to it, and no other. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDefinition } from '../../state-machines/definition.ts';
import { generated } from '../../state-machines/generate.ts';
import { writeContract } from '../../state-machines/write-contract.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where in the state machine, and what stands there instead; undefined takes it away. */
type Change = [path: string, to: unknown];

interface Mutant {
  it: string;
  changes: Change[];
  /** Each error as its code and the state that it is reported in. */
  errors: string[];
}

const mutants: Mutant[] = [
  { it: 'nothing is changed', changes: [], errors: [] },
  {
    it: 'a Retry misspells an error',
    changes: [['CheckScan.Retry.2.ErrorEquals.0', 'ScanPendign']],
    errors: ['TS2322 CheckScan'],
  },
  {
    it: 'a Catch names an error that its step never throws',
    changes: [['AcquireSlot.Catch.0.ErrorEquals.0', 'ReleaseRejected']],
    errors: ['TS2322 AcquireSlot'],
  },
  {
    it: 'a payload lacks an input',
    changes: [['RollBack.Arguments.Payload.plan', undefined]],
    errors: ['TS2741 RollBack'],
  },
  {
    it: 'a payload has an input that the step does not know',
    changes: [['RollBack.Arguments.Payload.extra', '{% $release %}']],
    errors: ['TS2353 RollBack'],
  },
  {
    it: 'a payload holds one thing in the place of another',
    changes: [['Promote.Arguments.Payload.request', '{% $recorded %}']],
    errors: ['TS2741 Promote'],
  },
  {
    it: 'a payload reads a field that is not there',
    changes: [['RunSmokeTests.Arguments.Payload.release', '{% $release.release %}']],
    errors: ['TS2339 RunSmokeTests'],
  },
  {
    it: 'an Assign reads a field that the step does not answer',
    changes: [['CheckScan.Assign.ignored', '{% $states.result.Payload.verdict %}']],
    errors: ['TS2339 CheckScan'],
  },
  {
    it: 'an Assign reads a field that the step may leave out',
    changes: [['ResolveRelease.Assign.reason', '{% $states.result.Payload.reason %}']],
    errors: ['TS2322 ResolveRelease'],
  },
  {
    it: 'a payload uses a variable that is assigned nowhere',
    changes: [['RollBack.Arguments.Payload.plan', '{% $paln %}']],
    errors: ['TS2304 RollBack'],
  },
  {
    it: 'a payload uses a variable that the way of an error has not assigned',
    changes: [['RollBack.Arguments.Payload.plan', '{% $deployment %}']],
    errors: ['TS2304 RollBack'],
  },
  {
    it: 'a way goes around the state that assigns a variable',
    changes: [['ScanPassed.Default', 'RegisterTaskDefinition']],
    errors: [
      'TS2304 RegisterTaskDefinition',
      'TS2304 StartDeployment',
      'TS2304 RequestContinuation',
      'TS2304 RollBack',
      'TS2304 AwaitRollback',
    ],
  },
  {
    it: 'a catcher leads to where the result is expected',
    changes: [['AwaitDeployment.Catch.0.Next', 'Stable']],
    errors: [
      'TS2304 Stable',
      'TS2304 RunSmokeTests',
      'TS2304 SmokeTestsPassed',
      'TS2304 CompareMetrics',
      'TS2304 MetricsHeld',
    ],
  },
  {
    it: 'a choice rule assigns, and the others do not',
    changes: [
      ['Begin.Assign.outcome', undefined],
      ['ToDeploy.Assign', { outcome: 'NeedsHuman' }],
      ['Reject.Assign', {}],
    ],
    errors: ['TS2304 RecordOutcome'],
  },
  {
    it: 'a condition can never hold',
    changes: [['ScanPassed.Choices.0.Condition', "{% $scan.status = 'failed' %}"]],
    errors: ['TS2367 ScanPassed'],
  },
  {
    it: 'a condition always holds',
    changes: [['ScanPassed.Choices.0.Condition', "{% $scan.status != 'failed' %}"]],
    errors: ['TS2367 ScanPassed'],
  },
  {
    it: 'a condition reads a field that is not there',
    changes: [['Ended.Choices.0.Condition', "{% $recorded.outcom = 'Deployed' %}"]],
    errors: ['TS2339 Ended'],
  },
  {
    it: 'an outcome is misspelt',
    changes: [['Reject.Assign.outcome', 'Rejectd']],
    errors: ['TS2322 RecordOutcome'],
  },
  {
    it: 'a timeout is no number',
    changes: [['RequestApproval.TimeoutSeconds', '{% $release.digest %}']],
    errors: ['TS1360 RequestApproval'],
  },
  {
    it: 'a Wait waits for no number',
    changes: [['WaitForMetrics.Seconds', '{% $comparison.decision %}']],
    errors: ['TS1360 WaitForMetrics'],
  },
  {
    it: 'a cause is no text',
    changes: [['WasRejected.Cause', '{% $recorded.promotes %}']],
    errors: ['TS1360 WasRejected'],
  },
  {
    it: 'a Task state has no step',
    changes: [
      ['Promote.Catch.0.Next', 'Unheard'],
      ['Unheard', 'copy of Promote'],
    ],
    errors: ['TS2344 Unheard'],
  },
];

let folder: string;
let reported: Map<string, string[]>;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'contract-')));
  const source = await readFile(join(root, 'state-machines/deploy.asl.json'), 'utf8');
  const contracts = mutants.map(({ changes }) => {
    const asl = JSON.parse(source);
    for (const change of changes) apply(asl.States, change);
    return writeContract(readDefinition(asl), join(root, 'state-machines/contract.ts'));
  });
  await Promise.all(contracts.map((text, index) => writeFile(join(folder, `${index}.mts`), text)));
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(root, 'node_modules/@types')] },
      include: ['*.mts'],
      exclude: [],
    }),
  );
  reported = await compile(contracts);
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

test.each(mutants.map((mutant, index) => ({ ...mutant, index })))(
  'tsc reports exactly $errors when $it',
  ({ index, errors }) => {
    expect(reported.get(`${index}.mts`) ?? []).toEqual(errors);
  },
);

test('nothing but the mutants is wrong', () => {
  expect([...reported.keys()].filter((file) => !/^\d+\.mts$/.test(file))).toEqual([]);
});

test('the generated files are those of the state machine as it is', async () => {
  const asl: unknown = JSON.parse(await readFile(join(root, 'state-machines/deploy.asl.json'), 'utf8'));

  for (const [path, text] of Object.entries(generated(asl))) {
    expect(await readFile(join(root, path), 'utf8'), `${path} is stale: npm run generate`).toBe(text);
  }
});

/** The same error in other words: with a guess what was meant, or for several fields at once. */
const sameAs: Record<string, string> = {
  TS2552: 'TS2304',
  TS2551: 'TS2339',
  TS2820: 'TS2322',
  TS2739: 'TS2741',
  TS2740: 'TS2741',
};

/** One run of tsc for all: each file's errors, once for each code and state. */
function compile(contracts: string[]): Promise<Map<string, string[]>> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [tsc, '-p', folder, '--pretty', 'false'],
      { cwd: folder },
      (_error, stdout) => {
        const errors = [...stdout.matchAll(/^(.+?)\((\d+),\d+\): error (TS\d+)/gm)].map(
          ([, file = '', line, code = '']) => {
            const above = contracts[Number.parseInt(file, 10)]?.split('\n').slice(0, Number(line)) ?? [];
            const state = above.findLast((text) => text.startsWith('export'))?.match(/function (\w+)/)?.[1];
            return { file, error: `${sameAs[code] ?? code} ${state}` };
          },
        );
        const byFile = Map.groupBy(errors, ({ file }) => file);
        resolve(
          new Map([...byFile].map(([file, all]) => [file, [...new Set(all.map(({ error }) => error))]])),
        );
      },
    );
  });
}

function apply(states: Record<string, unknown>, [path, to]: Change): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = states;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (to === undefined) delete at[last];
  else
    at[last] =
      typeof to === 'string' && to.startsWith('copy of ') ? structuredClone(states[to.slice(8)]) : to;
}
