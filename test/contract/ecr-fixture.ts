/** ECR on virtual time for the tests of this folder, and the recorded image to put into it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type VirtualClock, virtualClock } from '../../local/clock.ts';
import { type Ecr, type EcrOptions, ecr } from '../../local/ecr/ecr.ts';
import type { Emit } from '../../local/event.ts';

export const address = 'http://127.0.0.1:4747';
const fixtures = new URL('../fixtures/ecr/', import.meta.url);

export interface World extends Ecr {
  clock: VirtualClock;
  events: Parameters<Emit>[0][];
  /** Calls the AWS API; the answer as it goes over the wire, dates in epoch seconds. Throws its `AwsError`. */
  // biome-ignore lint/suspicious/noExplicitAny: wire answers are compared with recorded ones
  call(operation: string, input: object): any;
  /** Calls the registry, logged in. */
  http(
    method: string,
    path: string,
    init?: { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> },
  ): Promise<Response>;
  /** Uploads a blob of any content; answers its digest. */
  upload(repository: string, content: string | Uint8Array<ArrayBuffer>): Promise<string>;
}

export function world(options: Partial<EcrOptions> = {}): World {
  const clock = virtualClock();
  const events: World['events'] = [];
  const model = ecr({ clock, emit: (event) => events.push(event), address: () => address, ...options });

  const http: World['http'] = (method, path, { body, headers = {} } = {}) => {
    const login = { authorization: `Basic ${btoa('AWS:any')}` };
    return model.fetch(
      new Request(new URL(path, address), {
        method,
        headers: { ...login, ...headers },
        ...(body !== undefined && { body }),
      }),
    );
  };
  return {
    ...model,
    clock,
    events,
    http,
    call(operation, input) {
      const run = model.service.operations[operation];
      if (!run) throw new Error(`there is no operation ${operation}`);
      return wire(run(input));
    },
    async upload(repository, content) {
      const digest = digestOf(content);
      const path = `/v2/${repository}/blobs/uploads/?digest=${digest}`;
      const { status } = await http('POST', path, { body: content });
      if (status !== 201) throw new Error(`the upload was answered ${status}`);
      return digest;
    },
  };
}

/** As AWS JSON has it: a time is a number of seconds. */
function wire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(wire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, wire(each)]));
}

export const digestOf = (content: string | Uint8Array) =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndex = 'application/vnd.oci.image.index.v1+json';

// biome-ignore lint/suspicious/noExplicitAny: recorded answers are compared, not read
export const recorded = (file: string): any => JSON.parse(readFileSync(new URL(file, fixtures), 'utf8'));

export const { digests } = recorded('manifest-map.json') as { digests: Record<string, string> };

export const bytesOf = (digest: string) =>
  new Uint8Array(readFileSync(new URL(`blobs/${digest.replace(':', '-')}`, fixtures)));

/** What is a manifest among the recorded blobs, children before what refers to them. */
export const manifests = {
  children: ['amd64', 'arm64', 'attestationAmd64', 'attestationArm64'],
  referrers: [
    'referrerSbom',
    'referrerTrivyRawIndex',
    'referrerSigned',
    'referrerSignedTampered',
    'referrerSignedReplayOtherSubject',
    'referrerTrivyRawForeignReport',
    'referrerTrivyRawArm64',
  ],
};

/** A repository with all recorded blobs in it, uploaded as a client does, and no manifest yet. */
export async function worldWithBlobs(options: Partial<EcrOptions> = {}): Promise<World> {
  const made = world(options);
  made.createRepository('shop/api');
  for (const file of readdirSync(new URL('blobs', fixtures)))
    await made.upload('shop/api', bytesOf(file.replace('-', ':')));
  // The recorded image's file systems were not kept: only their digests and sizes matter to a registry.
  for (const name of ['amd64', 'arm64', 'legacyDockerV2NoLabels']) {
    const { layers } = JSON.parse(new TextDecoder().decode(bytesOf(digests[name] ?? ''))) as {
      layers: { digest: string }[];
    };
    for (const { digest } of layers)
      made.store.addBlob(made.store.repository('shop/api'), digest, new Uint8Array());
  }
  return made;
}

/** Pushes a recorded manifest by its name in `manifest-map.json`, with a tag or by its digest. */
export async function pushRecorded(made: World, name: string, tag?: string): Promise<Response> {
  const digest = digests[name] ?? '';
  const body = bytesOf(digest);
  const { mediaType } = JSON.parse(new TextDecoder().decode(body)) as { mediaType: string };
  const answer = await made.http('PUT', `/v2/shop/api/manifests/${tag ?? digest}`, {
    body,
    headers: { 'content-type': mediaType },
  });
  if (answer.status !== 201) throw new Error(`${name} was answered ${answer.status}: ${await answer.text()}`);
  return answer;
}

export async function worldWithImage(options: Partial<EcrOptions> = {}): Promise<World> {
  const made = await worldWithBlobs(options);
  for (const child of manifests.children) await pushRecorded(made, child);
  await pushRecorded(made, 'index', '1.8.3');
  return made;
}

/** Puts the smallest image into a repository; `content` tells images apart. Answers its digest. */
export async function pushSmallImage(
  made: World,
  repository: string,
  content: string,
  tag?: string,
): Promise<string> {
  const config = await made.upload(repository, JSON.stringify({ content }));
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: ociManifest,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config, size: 1 },
    layers: [],
  });
  const digest = digestOf(manifest);
  const headers = { 'content-type': ociManifest };
  const answer = await made.http('PUT', `/v2/${repository}/manifests/${tag ?? digest}`, {
    body: manifest,
    headers,
  });
  if (answer.status !== 201)
    throw new Error(`the push was answered ${answer.status}: ${await answer.text()}`);
  return digest;
}
