/** What scans came to: the last result of each image in each environment, whether it passed, and when findings were first seen. */
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { forgetAttribute, forgetting } from '../core/forgetting.ts';
import type { EcrRepository } from '../core/image.ts';
import type { Release } from '../core/release.ts';
import type { ScanResult } from '../core/scan/finding.ts';
import { type FirstSeen, firstSeenIn, firstSeenSchema, seeing } from '../core/scan/first-seen.ts';
import { type KeptResult, keptResultSchema, smaller } from '../core/scan/kept.ts';
import { type ScanVerdict, scanVerdictSchema } from '../core/scan/verdict.ts';
import type { Means } from './means.ts';
import { tidegateTable } from './table.ts';

/** Of an index, the image for another architecture is another one. */
type Scanned = Pick<Release, 'service' | 'environment' | 'digest' | 'architecture'>;

/** An item of DynamoDB has room for 400 KB, the verdict with it. */
const mostBytes = 250_000;
/** It is written again when nothing is new, too, or it would be forgotten while it is still asked for. */
const renewedAfterDays = 30;

const passedSchema = z.object({
  passed: z.literal(true),
  execution: z.string(),
  /** ms since the epoch. */
  at: z.number(),
  verdict: scanVerdictSchema,
});
export type PassedScan = z.infer<typeof passedSchema>;

export function scans({ open }: Means) {
  const table = open(tidegateTable);
  const keyOf = ({ service, environment, digest, architecture }: Scanned) =>
    `scan ${service}/${environment} ${digest} ${architecture}`;

  return {
    /** How this image passed in this environment before; undefined where it did not. */
    async passed(scanned: Scanned): Promise<PassedScan | undefined> {
      return passedSchema.safeParse(await table.read(keyOf(scanned))).data;
    },

    /** Keeps a verdict and all it was made from. What passed stays: then nothing is written. May be repeated. */
    async keep(
      scanned: Scanned,
      { verdict, result, ...by }: { execution: string; at: number; verdict: ScanVerdict; result: ScanResult },
    ): Promise<void> {
      // What the policy only warned of is judged again once it does more.
      const passed = verdict.status === 'pass' && !verdict.onlyWarned;
      await table.setFirst(keyOf(scanned), 'passed', {
        ...{ ...by, verdict, result: packed(result), passed: passed || undefined },
        ...forgetting('scan', by.at),
      });
    },

    /** What was found in this image when it was judged last in this environment; undefined where nothing is kept. */
    async result(scanned: Scanned): Promise<KeptResult | undefined> {
      const { result } = (await table.read(keyOf(scanned))) ?? {};
      return result instanceof Uint8Array ? unpacked(result) : undefined;
    },

    /** Notes what is seen now, and answers when each was first seen in the repository, ms since the epoch. May be repeated. */
    firstSeen(
      repository: EcrRepository,
      ids: readonly string[],
      now: number,
    ): Promise<(id: string) => number> {
      return table.change(seenIn(repository), (item) => {
        const { known, news } = seeing(knownIn(item), ids, now);
        const answer = firstSeenIn(known);
        const fresh = forgetting('seen', now);
        const renewed =
          fresh[forgetAttribute] - Number(item[forgetAttribute] ?? 0) > renewedAfterDays * 86_400;
        return news || renewed ? { item: { known, ...fresh }, answer } : { answer };
      });
    },
  };
}

/** The same for who only looks: what is remembered is read, and nothing is added to it. */
export function scansAsTheyAre({ open }: Means): ReturnType<typeof scans> {
  const table = open(tidegateTable);
  return {
    ...open(scans),
    async keep() {},
    async firstSeen(repository, ids, now) {
      return firstSeenIn(seeing(knownIn((await table.read(seenIn(repository))) ?? {}), ids, now).known);
    },
  };
}

const seenIn = ({ registryId, region, repository }: EcrRepository) =>
  `seen ${registryId}/${region}/${repository}`;
const knownIn = ({ known }: Record<string, unknown>): FirstSeen => firstSeenSchema.parse(known ?? {});

function packed(result: ScanResult): Uint8Array {
  for (let attempt = 0; ; attempt += 1) {
    const bytes = gzipSync(JSON.stringify(smaller(result, attempt)));
    if (bytes.length <= mostBytes) return bytes;
  }
}

/** Undefined where it was kept by another version. */
function unpacked(bytes: Uint8Array): KeptResult | undefined {
  return keptResultSchema.safeParse(JSON.parse(gunzipSync(bytes).toString())).data;
}
