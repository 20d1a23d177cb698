/** A repository with one image and what is attached to it, in which any document may be a mutant: whatever points to it follows. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageReferrer } from '@aws-sdk/client-ecr';
import { mutant, type Random } from './mutations.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const read = (file: string) => JSON.parse(readFileSync(join(fixtures, file), 'utf8'));
const blob = (digest: string) => read(`events/registry/blobs/${digest.replace(':', '-')}`);
const { digests } = read('events/registry/manifest-map.json');
const [index, child, attestation] = [digests.index, digests.amd64, digests.attestationAmd64].map(blob);
const imageConfig = blob(digests.configAmd64);
const vulnerable = read('trivy/critical-fixed-low-unfixed-debian-buster.json');
const clean = read('trivy/clean-alpine-3.14.json');

/** What is true of the image. */
export type Truth = 'clean' | 'vulnerable';

export interface Repository {
  /** Everything that has a digest: manifests and blobs. */
  contents: Map<string, Buffer>;
  referrers: Map<string, ImageReferrer[]>;
  /** Of what was pushed. */
  image: string;
  /** What was done to it. */
  done: string[];
}

/** When the image was pushed and its report was made, ms since the epoch. */
export const pushedAt = Date.parse('2026-03-05T10:00:00Z');
const reportType = 'application/vnd.aquasec.trivy.report.v2+json';
const elsewhere = `sha256:${'0'.repeat(64)}`;

export function mutatedRepository(truth: Truth, random: Random): Repository {
  const repository: Repository = { contents: new Map(), referrers: new Map(), image: '', done: [] };
  const { contents, referrers, done } = repository;
  const add = (text: string): { digest: string; size: number } => {
    const bytes = Buffer.from(text);
    const digest = `sha256:${hash('sha256', bytes)}`;
    contents.set(digest, bytes);
    return { digest, size: bytes.length };
  };
  /** As it is, or as a mutant. */
  const maybe = (what: string, document: unknown, chance: number): string => {
    const text = JSON.stringify(document);
    if (random() >= chance) return text;
    const { how, text: mutated } = mutant(text, random);
    done.push(`${what}: ${how}`);
    return mutated;
  };

  const config = add(maybe('config', imageConfig, 0.15));
  const image = add(maybe('manifest', { ...child, config: { ...child.config, ...config } }, 0.2));
  const provenance = add(maybe('attestation', attestation, 0.05));
  const [first, other, attached] = index.manifests;
  const manifests = [{ ...first, ...image }, other, { ...attached, ...provenance }];
  const pushed = random() < 0.5 ? image : add(maybe('index', { ...index, manifests }, 0.25));
  repository.image = pushed.digest;

  /** Attaches a report. `listedAt` and `subject` differ where somebody lies. */
  const attach = (report: unknown, minute: number, mutable: boolean, subject = pushed.digest): void => {
    const layer = add(mutable ? maybe('report', report, 0.3) : JSON.stringify(report));
    const created = new Date(pushedAt + minute * 60_000).toISOString();
    const manifest = {
      ...{ schemaVersion: 2, mediaType: child.mediaType, artifactType: reportType },
      config: { mediaType: 'application/vnd.oci.empty.v1+json', ...add('{}') },
      layers: [{ mediaType: 'application/json', ...layer }],
      subject: { mediaType: child.mediaType, digest: subject, size: 564 },
      annotations: { 'org.opencontainers.image.created': created },
    };
    const { digest } = add(maybe('referrer', manifest, 0.25));
    const listed = referrers.get(pushed.digest) ?? [];
    const about = { mediaType: child.mediaType, size: 564, annotations: manifest.annotations };
    referrers.set(pushed.digest, [...listed, { digest, artifactType: reportType, ...about }]);
  };
  const about = (report: typeof clean, digest: string, createdAt: number) => ({
    ...report,
    ...{ ArtifactType: 'container_image', CreatedAt: new Date(createdAt).toISOString() },
    Metadata: {
      ...report.Metadata,
      ...{ ImageID: '', RepoDigests: [`shop/api@${digest}`], ImageConfig: { architecture: 'amd64' } },
    },
  });

  // What is found in it is not taken out: then nobody could tell.
  attach(
    about(truth === 'clean' ? clean : vulnerable, pushed.digest, pushedAt + 60_000),
    1,
    truth === 'clean',
  );
  // Clean reports that are no evidence, and are newer.
  const day = 86_400_000;
  const lies: Record<string, () => void> = {
    'about another image': () => attach(about(clean, elsewhere, pushedAt + 60_000), 2, true),
    'about no image': () => attach({ ...clean, CreatedAt: new Date(pushedAt).toISOString() }, 2, true),
    'of a file system': () =>
      attach({ ...about(clean, pushed.digest, pushedAt), ArtifactType: 'filesystem' }, 2, false),
    'attached elsewhere': () => attach(about(clean, pushed.digest, pushedAt), 2, false, elsewhere),
    'from last month': () => attach(about(clean, pushed.digest, pushedAt - 30 * day), 2, false),
    'from next week': () => attach(about(clean, pushed.digest, pushedAt + 7 * day), 2, false),
  };
  for (const [name, lie] of Object.entries(lies)) {
    if (random() >= 0.25) continue;
    done.push(`a clean report ${name}`);
    lie();
  }
  return repository;
}
