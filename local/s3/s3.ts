/** Amazon S3, as far as it is read: one GET of one object, addressed by its path, with the answers that S3 gives. */
import { createHash, randomUUID } from 'node:crypto';
import { AwsError } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { type Route, under } from '../door/route.ts';
import { callerOf } from '../door/wire.ts';
import { allowing, type Wanted } from '../iam/evaluate.ts';
import type { PermissionListener } from '../iam/permitting.ts';
import type { Principals } from '../iam/principals.ts';

/** Every bucket is in one Region, has versions, and is ours. */
export interface Bucket {
  /** By key, the newest version. */
  objects: Map<string, { bytes: Uint8Array; versionId: string; modifiedAt: number }>;
}

export interface S3 {
  route: Route;
  createBucket(name: string): void;
  /** Answers the version. Throws where there is no such bucket. */
  put(bucket: string, key: string, content: string | Uint8Array): string;
}

export interface S3Options {
  clock: Pick<Clock, 'now'>;
  principals: Pick<Principals, 'of'>;
  region: string;
  onPermission?: PermissionListener | undefined;
}

const prefix = '/s3';

export function s3({ clock, principals, region, onPermission }: S3Options): S3 {
  const buckets = new Map<string, Bucket>();
  let versions = 0;

  async function get(request: Request): Promise<Response> {
    const [, bucketName = '', key = ''] =
      /^\/s3\/([^/]+)\/(.+)$/.exec(decodeURIComponent(new URL(request.url).pathname)) ?? [];
    if (request.method !== 'GET' || key === '') return failed(501, 'NotImplemented', 'Not implemented here');
    const caller = callerOf(request.headers.get('authorization') ?? undefined);
    if (!caller || !request.headers.has('x-amz-content-sha256')) return failed(403, 'AccessDenied', denied);
    if (caller.region !== region) {
      const message = `The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.`;
      return failed(301, 'PermanentRedirect', message, { 'x-amz-bucket-region': region });
    }
    const bucket = buckets.get(bucketName);
    if (!bucket) return failed(404, 'NoSuchBucket', 'The specified bucket does not exist');

    let may: (action: string, resource: string) => boolean;
    try {
      const principal = principals.of(caller.accessKeyId);
      may = (action, resource) => {
        const wanted: Wanted = { action, resource };
        return !principal || allowing(principal.statements, wanted) !== undefined;
      };
      const wanted: Wanted = { action: 's3:GetObject', resource: `arn:aws:s3:::${bucketName}/${key}` };
      const allowed = may(wanted.action, wanted.resource);
      if (principal) onPermission?.(principal.functionName, wanted, allowed);
      if (!allowed) return failed(403, 'AccessDenied', denied);
    } catch (error) {
      if (error instanceof AwsError) return failed(400, 'ExpiredToken', error.message);
      throw error;
    }

    const object = bucket.objects.get(key);
    if (!object) {
      // Who may not list a bucket is not told what is in it.
      return may('s3:ListBucket', `arn:aws:s3:::${bucketName}`)
        ? failed(404, 'NoSuchKey', 'The specified key does not exist.')
        : failed(403, 'AccessDenied', denied);
    }
    const checksum = createHash('sha256').update(object.bytes).digest('base64');
    return new Response(Buffer.from(object.bytes), {
      headers: {
        ...ids(),
        'content-type': 'application/json',
        'content-length': String(object.bytes.length),
        'last-modified': new Date(object.modifiedAt).toUTCString(),
        'x-amz-version-id': object.versionId,
        ...(request.headers.get('x-amz-checksum-mode') === 'ENABLED' && {
          'x-amz-checksum-sha256': checksum,
          'x-amz-checksum-type': 'FULL_OBJECT',
        }),
      },
    });
  }

  return {
    route: under(prefix, get),
    createBucket(name) {
      buckets.set(name, { objects: new Map() });
    },
    put(bucketName, key, content) {
      const bucket = buckets.get(bucketName);
      if (!bucket) throw new Error(`there is no bucket ${bucketName}`);
      versions += 1;
      const versionId = createHash('md5').update(`${versions}`).digest('base64url').slice(0, 32);
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      bucket.objects.set(key, { bytes, versionId, modifiedAt: clock.now() });
      return versionId;
    },
  };
}

const denied = 'Access Denied';
const ids = () => ({
  'x-amz-request-id': randomUUID().slice(0, 16).toUpperCase(),
  'x-amz-id-2': randomUUID(),
});

function failed(status: number, code: string, message: string, headers: Record<string, string> = {}) {
  const { 'x-amz-request-id': id, 'x-amz-id-2': host } = ids();
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${id}</RequestId><HostId>${host}</HostId></Error>`;
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': id, 'x-amz-id-2': host, ...headers },
  });
}
