/** Blobs on their way into the registry: in one request, in chunks, or mounted from another repository. */
import type { Clock } from '../clock.ts';
import { type Bytes, isDigest, sha256 } from './manifest.ts';
import { RegistryError } from './registry-errors.ts';
import { readBody } from './request-body.ts';
import type { EcrStore, Repository } from './store.ts';

/** An upload nobody went on with for this long is forgotten, with its bytes. */
const forgottenAfter = 3_600_000;

interface Upload {
  repository: Repository;
  chunks: Bytes[];
  size: number;
  touchedAt: number;
}

interface Uploading {
  store: EcrStore;
  clock: Clock;
  random: (length: number) => Buffer;
  /** Of one blob, in bytes. */
  limit: number;
}

export function blobUploads({ store, clock, random, limit }: Uploading) {
  const uploads = new Map<string, Upload>();

  function forgetOld() {
    for (const [id, { touchedAt }] of uploads)
      if (clock.now() - touchedAt > forgottenAfter) uploads.delete(id);
  }

  function uploadOf(repository: Repository, id: string): Upload {
    const upload = uploads.get(id);
    if (upload?.repository !== repository) {
      throw new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', `there is no upload ${id} to this repository`);
    }
    return upload;
  }

  function locationOf({ name }: Repository, id: string, { size }: Upload, status: number): Response {
    const headers = { location: `/v2/${name}/blobs/uploads/${id}`, 'docker-upload-uuid': id };
    return new Response(null, { status, headers: { ...headers, range: `0-${Math.max(0, size - 1)}` } });
  }

  function created({ name }: Repository, digest: string): Response {
    const headers = { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest };
    return new Response(null, { status: 201, headers });
  }

  function finish(repository: Repository, bytes: Bytes, digest: string): Response {
    if (!isDigest(digest)) throw new RegistryError(400, 'DIGEST_INVALID', `${digest} is not a sha256 digest`);
    const actual = sha256(bytes);
    if (actual !== digest) {
      throw new RegistryError(400, 'DIGEST_INVALID', `the content has digest ${actual}, not ${digest}`);
    }
    store.addBlob(repository, digest, bytes);
    return created(repository, digest);
  }

  /** Adds the request's body. A chunk that does not begin where the last one ended is 416 with where to go on. */
  async function append(upload: Upload, request: Request) {
    const start = upload.size;
    const claimed = /^(?:bytes )?(\d+)-(\d+)/.exec(request.headers.get('content-range') ?? '');
    const outOfOrder = () =>
      new RegistryError(416, 'RANGE_INVALID', `the upload goes on at byte ${upload.size}`, {
        range: `0-${Math.max(0, upload.size - 1)}`,
      });
    if (claimed && Number(claimed[1]) !== start) throw outOfOrder();

    const bytes = await readBody(request, limit - start);
    if (upload.size !== start) throw outOfOrder(); // another chunk came in meanwhile
    if (claimed && Number(claimed[2]) - start + 1 !== bytes.length) {
      throw new RegistryError(
        400,
        'SIZE_INVALID',
        `the chunk has ${bytes.length} bytes, not those of its range`,
      );
    }
    upload.chunks.push(bytes);
    upload.size += bytes.length;
    upload.touchedAt = clock.now();
  }

  return {
    async start(repository: Repository, request: Request, query: URLSearchParams): Promise<Response> {
      const digest = query.get('digest');
      if (digest !== null) return finish(repository, await readBody(request, limit), digest);

      const mounted = mountable(store, query);
      if (mounted) {
        store.addBlob(repository, mounted.digest, mounted.bytes);
        return created(repository, mounted.digest);
      }
      forgetOld();
      const id = random(16).toString('hex');
      const upload: Upload = { repository, chunks: [], size: 0, touchedAt: clock.now() };
      uploads.set(id, upload);
      return locationOf(repository, id, upload, 202);
    },

    async goOn(
      repository: Repository,
      id: string,
      request: Request,
      query: URLSearchParams,
    ): Promise<Response> {
      const upload = uploadOf(repository, id);
      if (request.method === 'GET') return locationOf(repository, id, upload, 204);
      if (request.method === 'DELETE') {
        uploads.delete(id);
        return new Response(null, { status: 204 });
      }
      await append(upload, request);
      if (request.method === 'PATCH') return locationOf(repository, id, upload, 202);
      const answer = finish(repository, Buffer.concat(upload.chunks, upload.size), query.get('digest') ?? '');
      uploads.delete(id);
      return answer;
    },
  };
}

/** As ECR does: a blob is mounted once an image in the other repository needs it; else the client uploads it. */
function mountable(store: EcrStore, query: URLSearchParams) {
  const [digest, from] = [query.get('mount'), query.get('from')];
  const other = store.repositories().find(({ name }) => name === from);
  const bytes = digest !== null && other && store.isReferenced(other, digest) && store.contents.get(digest);
  return bytes ? { digest, bytes } : undefined;
}
