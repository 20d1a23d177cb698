/** ECR's second door: the OCI distribution API, that `docker push`, `podman`, `skopeo` and `oras` speak. */
import { type ImageId, invalidParameter } from './errors.ts';
import { isDigest, manifestLimit } from './manifest.ts';
import { ranged } from './ranged.ts';
import { errorResponse, RegistryError } from './registry-errors.ts';
import { readBody } from './request-body.ts';
import type { EcrStore, Image, Repository } from './store.ts';
import type { blobUploads } from './uploads.ts';

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const routes = [
  { path: /^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/, kind: 'uploads' },
  { path: /^\/v2\/(.+)\/blobs\/([^/]+)$/, kind: 'blobs' },
  { path: /^\/v2\/(.+)\/manifests\/([^/]+)$/, kind: 'manifests' },
  { path: /^\/v2\/(.+)\/referrers\/([^/]+)$/, kind: 'referrers' },
  { path: /^\/v2\/(.+)\/tags\/(list)$/, kind: 'tags' },
] as const;

interface Registry {
  store: EcrStore;
  uploads: ReturnType<typeof blobUploads>;
  address: () => string;
}

export function registryApi({ store, uploads, address }: Registry) {
  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (!isLoggedIn(request)) throw unauthorized(address());
    if (pathname === '/v2/' || pathname === '/v2') return Response.json({});
    for (const { path, kind } of routes) {
      const [, name = '', reference = ''] = path.exec(pathname) ?? [];
      if (name) return handlers[kind](request, store.repository(name), reference, searchParams);
    }
    throw new RegistryError(404, 'UNSUPPORTED', `there is nothing at ${pathname}`);
  }

  const handlers = {
    async uploads(request: Request, repository: Repository, id: string, query: URLSearchParams) {
      if (id === '' && request.method === 'POST') return uploads.start(repository, request, query);
      if (id === '') throw notAllowed(request);
      return uploads.goOn(repository, id, request, query);
    },

    async blobs(request: Request, { blobs, name }: Repository, digest: string) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw notAllowed(request);
      const bytes = blobs.has(digest) && store.contents.get(digest);
      if (!bytes) throw new RegistryError(404, 'BLOB_UNKNOWN', `there is no blob ${digest} in ${name}`);
      const headers = { 'content-type': 'application/octet-stream', 'docker-content-digest': digest };
      return ranged(request, bytes, headers);
    },

    async manifests(request: Request, repository: Repository, reference: string) {
      const id: ImageId = reference.includes(':') ? { imageDigest: reference } : { imageTag: reference };
      if (request.method === 'PUT') return put(request, repository, id);

      const image = store.find(repository, id);
      if (!image) throw new RegistryError(404, 'MANIFEST_UNKNOWN', 'Requested image not found');
      if (request.method === 'DELETE') {
        const [parent] = store.parentsOf(repository, image.digest);
        if (parent)
          throw new RegistryError(405, 'UNSUPPORTED', `the image is referenced by ${parent.digest}`);
        store.deleteImage(repository, image, id.imageTag);
        return new Response(null, { status: 202 });
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') throw notAllowed(request);
      return ranged(request, image.bytes, {
        'content-type': image.manifest.mediaType,
        ...digestHeader(image),
      });
    },

    async referrers(request: Request, repository: Repository, digest: string, query: URLSearchParams) {
      if (request.method !== 'GET') throw notAllowed(request);
      if (!isDigest(digest))
        throw new RegistryError(400, 'DIGEST_INVALID', `${digest} is not a sha256 digest`);
      const type = query.get('artifactType');
      const all = store.referrersOf(repository, digest);
      const manifests = all
        .filter(({ manifest }) => type === null || manifest.artifactType === type)
        .map(descriptor);
      const mediaType = 'application/vnd.oci.image.index.v1+json';
      const headers = {
        'content-type': mediaType,
        ...(type !== null && { 'oci-filters-applied': 'artifactType' }),
      };
      return new Response(JSON.stringify({ schemaVersion: 2, mediaType, manifests }), { headers });
    },

    async tags(request: Request, { name, tags }: Repository, _list: string, query: URLSearchParams) {
      if (request.method !== 'GET') throw notAllowed(request);
      const last = query.get('last') ?? '';
      const rest = [...tags.keys()].sort().filter((tag) => tag > last);
      const size = Math.min(Number(query.get('n') ?? 1000) || 0, 1000);
      const page = rest.slice(0, size);
      const next = new URLSearchParams({ n: `${size}`, last: page.at(-1) ?? '' });
      const link = { link: `</v2/${name}/tags/list?${next}>; rel="next"` };
      const more = page.length > 0 && page.length < rest.length;
      return Response.json({ name, tags: page }, { headers: more ? link : {} });
    },
  };

  async function put(request: Request, repository: Repository, { imageDigest, imageTag }: ImageId) {
    if (imageTag !== undefined && !tagPattern.test(imageTag)) {
      throw invalidParameter(
        'imageTag',
        `must satisfy regular expression '${tagPattern.source.slice(1, -1)}'`,
      );
    }
    const bytes = await readBody(request, manifestLimit);
    const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim();
    const image = store.putImage(repository, { bytes, mediaType, tag: imageTag, digest: imageDigest });
    const subject = image.manifest.subject?.digest;
    const headers = {
      location: `/v2/${repository.name}/manifests/${image.digest}`,
      ...digestHeader(image),
      ...(subject !== undefined && { 'oci-subject': subject }),
    };
    return new Response(null, { status: 201, headers });
  }

  /** Never rejects for what a client did. */
  return async (request: Request): Promise<Response> => {
    const response = await answer(request).catch(errorResponse);
    response.headers.set('docker-distribution-api-version', 'registry/2.0');
    return response;
  };
}

const digestHeader = ({ digest }: Image) => ({ 'docker-content-digest': digest });

const descriptor = ({ digest, bytes, manifest }: Image) => ({
  mediaType: manifest.mediaType,
  digest,
  size: bytes.length,
  ...(manifest.artifactType !== undefined && { artifactType: manifest.artifactType }),
  ...(manifest.annotations && { annotations: manifest.annotations }),
});

const notAllowed = ({ method, url }: Request) =>
  new RegistryError(405, 'UNSUPPORTED', `${method} is not possible at ${new URL(url).pathname}`);

/** ECR takes no anonymous request; here any user with any password will do. Some clients send an empty login for none. */
function isLoggedIn(request: Request): boolean {
  const [, encoded = ''] = /^Basic (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  return /^[^:]+:.+$/.test(Buffer.from(encoded, 'base64').toString());
}

const unauthorized = (address: string) =>
  new RegistryError(401, 'UNAUTHORIZED', 'no basic auth credentials', {
    'www-authenticate': `Basic realm="${address}/",service="ecr.amazonaws.com"`,
  });
