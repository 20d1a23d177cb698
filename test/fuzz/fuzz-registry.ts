/** The step that reads the registry, over many mutants of what a registry holds and answers. The same seed makes the same ones. */
import { evidence } from '../../aws/evidence/evidence.ts';
import type { Aws } from '../../aws/gateways.ts';
import type { Means } from '../../aws/means.ts';
import { ReleaseRejected, ScanPending, Throttled, Transient } from '../../core/errors.ts';
import type { Release } from '../../core/release.ts';
import { checkScan } from '../../functions/steps/check-scan.ts';
import config from '../../tidegate.config.ts';
import { seeded } from '../support/seeded.ts';
import { disturbedEcr } from './disturbed-ecr.ts';
import { mutatedRepository, pushedAt, type Truth } from './mutated-registry.ts';

/** How a mutant may end, besides by a verdict: all that the state machine knows, and content that is larger than it may be. */
const ways = { rejected: 0, pending: 0, later: 0, stopped: 0, fail: 0, pass: 0 };
type End = keyof typeof ways;

export interface FuzzedRegistry {
  inputs: number;
  ends: Record<End, number>;
  wrong: string[];
}

export async function fuzzRegistry({
  inputs,
  seed,
}: {
  inputs: number;
  seed: number;
}): Promise<FuzzedRegistry> {
  const ends = { ...ways };
  const wrong: string[] = [];
  for (let input = 0; input < inputs; input += 1) {
    const random = seeded(seed * 1_000_033 + input);
    const truth: Truth = random() < 0.5 ? 'vulnerable' : 'clean';
    const repository = mutatedRepository(truth, random);
    const ecr = disturbedEcr(repository, random, random() < 0.5 ? 0.15 : 0);
    const late = random() < 0.3;
    const end = await endOf(ecr, repository.image, pushedAt + (late ? 3600_000 : 120_000));
    if (typeof end === 'string') ends[end] += 1;
    const how = repository.done.join('; ');
    const said = `input ${input} of seed ${seed}, a ${truth} image with ${how || 'nothing changed'}`;
    if (typeof end !== 'string') wrong.push(`${said}: ${end.stack}`);
    else if (end === 'pass' && truth === 'vulnerable') wrong.push(`${said}: it passes`);
    // So that the fuzz itself cannot be one in which all is refused.
    else if (end !== 'pass' && truth === 'clean' && how === '') wrong.push(`${said}: it ends ${end}`);
  }
  return { inputs, ends, wrong };
}

/** An error that nobody expects. */
async function endOf(ecr: Aws['ecr'], digest: string, now: number): Promise<End | Error> {
  const scans = {
    passed: async () => undefined,
    keep: async () => {},
    result: async () => undefined,
    firstSeen: async () => () => now,
  };
  const found = evidence({ open: () => ecr } as unknown as Means);
  const aws = {
    ...{ config, ecr, scans, evidence: found, now: () => now },
    measure: () => {},
  } as unknown as Aws;
  const execution = { arn: 'fuzz', taskToken: '', signal: new AbortController().signal };
  try {
    const verdict = await checkScan.run({ release: releaseOf(digest) }, aws, execution);
    return verdict?.status ?? new Error('it answers nothing');
  } catch (error) {
    if (error instanceof ReleaseRejected) return 'rejected';
    if (error instanceof ScanPending) return 'pending';
    if (error instanceof Throttled || error instanceof Transient) return 'later';
    const { name, message } = error as Error;
    const told = /Exception$/.test(name) || /^larger than \d+ bytes/.test(message);
    return told ? 'stopped' : (error as Error);
  }
}

const releaseOf = (digest: string): Release => ({
  ...{ service: 'my-api', environment: 'production', tag: 'v1', digest, pushedAt, commit: {} },
  image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-api@${digest}`,
  target: { cluster: 'main', service: 'my-api', container: 'app' },
  architecture: 'amd64',
  settings: {
    ...{ approval: false, approvalTimeoutSeconds: 0, releaseTask: false },
    ...{ smokeTests: false, analysis: false },
  },
});
