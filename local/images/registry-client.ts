/** The little of an OCI registry client that a push needs. */
import { type Blob, blobOf } from './build-image.ts';

export interface RegistryAccess {
  /** Where the registry answers, such as `http://127.0.0.1:4747`. */
  address: string;
  repository: string;
  /** Instead of the global one, for tests and rehearsals. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
}

export type RegistryClient = ReturnType<typeof registryClient>;

export function registryClient({
  address,
  repository,
  fetch: send = (request) => fetch(request),
}: RegistryAccess) {
  const base = new URL(`/v2/${repository}/`, address);

  /** Throws with the registry's own words for any other status than `expected`. */
  async function call(method: string, url: URL, expected: number[], body?: Blob): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Basic ${btoa('AWS:local')}` };
    if (body) headers['content-type'] = body.mediaType;
    const response = await send(new Request(url, { method, headers, ...(body && { body: body.bytes }) }));
    if (expected.includes(response.status)) return response;
    const said = messageOf(await response.text());
    throw new Error(`${method} ${url.pathname} was answered ${response.status}${said && `: ${said}`}`);
  }

  return {
    /** Uploads it unless it is there already; answers whether it was uploaded. May be repeated. */
    async putBlob(blob: Blob): Promise<boolean> {
      const found = await call('HEAD', new URL(`blobs/${blob.digest}`, base), [200, 404]);
      if (found.status === 200) return false;
      // All at once; a registry that does not know this way only opens an upload.
      const bytes = { ...blob, mediaType: 'application/octet-stream' };
      const start = new URL(`blobs/uploads/?digest=${blob.digest}`, base);
      const started = await call('POST', start, [201, 202], bytes);
      if (started.status === 201) return true;
      const upload = new URL(started.headers.get('location') ?? '', base);
      upload.searchParams.set('digest', blob.digest);
      await call('PUT', upload, [201], bytes);
      return true;
    },

    /** `reference` is a tag, or the manifest's digest for one without a tag. */
    async putManifest(manifest: Blob, reference: string): Promise<void> {
      await call('PUT', new URL(`manifests/${reference}`, base), [201], manifest);
    },

    async manifest(reference: string): Promise<Blob> {
      const response = await call('GET', new URL(`manifests/${reference}`, base), [200]);
      const mediaType = response.headers.get('content-type') ?? '';
      return blobOf(mediaType, new Uint8Array(await response.arrayBuffer()));
    },
  };
}

function messageOf(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors: { message: string }[] };
    return errors.map(({ message }) => message).join('; ');
  } catch {
    return text;
  }
}
